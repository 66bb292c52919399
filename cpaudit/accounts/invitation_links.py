"""The link in an invitation's e-mail: made from the invitation whenever it is needed, stored nowhere."""

from __future__ import annotations

from django.core.signing import Signer
from django.utils.crypto import constant_time_compare

from cpaudit.accounts.models import Invitation

_signer = Signer(salt="cpaudit.accounts.invitation")


def key_of(invitation: Invitation) -> str:
    """What proves that somebody read the e-mail; another nonce, another key."""
    return _signer.signature(f"{invitation.pk}:{invitation.nonce}")


def key_fits(invitation: Invitation, key: str) -> bool:
    return constant_time_compare(key_of(invitation), key)
