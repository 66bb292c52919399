"""How long invitations and tokens are good for. Pure."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

INVITATION_LASTS = dt.timedelta(days=14)
TOKEN_LASTS_AT_MOST = dt.timedelta(days=365)


class InvitationState(StrEnum):
    OPEN = "open"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    USED = "used"


def invitation_state(
    *, accepted_at: dt.datetime | None, withdrawn_at: dt.datetime | None, expires_at: dt.datetime, at: dt.datetime
) -> InvitationState:
    """What has become of an invitation at the moment `at`."""
    if accepted_at is not None:
        return InvitationState.USED
    if withdrawn_at is not None:
        return InvitationState.WITHDRAWN
    return InvitationState.OPEN if at < expires_at else InvitationState.EXPIRED
