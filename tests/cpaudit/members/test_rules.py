import datetime as dt

import pytest

from cpaudit.members.rules import InvitationState, invitation_state

AT = dt.datetime(2026, 11, 21, 8, tzinfo=dt.UTC)
EARLIER, LATER = AT - dt.timedelta(seconds=1), AT + dt.timedelta(seconds=1)


@pytest.mark.parametrize(
    ("accepted_at", "withdrawn_at", "expires_at", "state"),
    [
        (None, None, LATER, InvitationState.OPEN),
        (None, None, AT, InvitationState.EXPIRED),
        (None, None, EARLIER, InvitationState.EXPIRED),
        (None, EARLIER, LATER, InvitationState.WITHDRAWN),
        (EARLIER, None, LATER, InvitationState.USED),
        (EARLIER, None, EARLIER, InvitationState.USED),
    ],
)
def test_state_of_an_invitation(accepted_at, withdrawn_at, expires_at, state):
    found = invitation_state(accepted_at=accepted_at, withdrawn_at=withdrawn_at, expires_at=expires_at, at=AT)

    assert found is state
