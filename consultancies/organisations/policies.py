"""Who enters organisations, until the approval procedure exists in full."""

from __future__ import annotations

from cpaudit.accounts.models import User
from cpaudit.accounts.roles import BodyKind, Permission
from cpaudit.rulebook.errors import NotAllowed
from cpaudit.rulebook.findings import _


def check_can_keep_organisations(user: User) -> None:
    """The national centre's registrar enters organisations and the day of their affirmation."""
    if user.body is None or user.body.kind != BodyKind.CENTRE or not user.may(Permission.KEEP_REGISTRATIONS):
        raise NotAllowed(_("Only the registrar of the national centre enters organisations."))
