"""Who keeps the register of auditors."""

from __future__ import annotations

from cpaudit.accounts.models import User
from cpaudit.accounts.roles import BodyKind, Permission
from cpaudit.rulebook.errors import NotAllowed
from cpaudit.rulebook.findings import _


def check_can_keep_register(user: User) -> None:
    """Until the full procedure exists, the national centre enters auditors, registrations and organisations."""
    if user.body is None or user.body.kind != BodyKind.CENTRE or not user.may(Permission.KEEP_REGISTRATIONS):
        raise NotAllowed(_("Only the registrar of the national centre keeps the register."))
