"""Who may import, and what."""

from __future__ import annotations

from cpaudit.accounts.models import User
from cpaudit.accounts.roles import Permission
from cpaudit.imports.mapping import Target
from cpaudit.imports.registry import registry
from cpaudit.rulebook.errors import NotAllowed
from cpaudit.rulebook.findings import _


def check_can_import(user: User) -> None:
    """Any import at all: a matter of the role."""
    if not user.may(Permission.IMPORT_DATA):
        raise NotAllowed(_("Your role does not import data from files."))


def check_can_import_target(user: User, target: str) -> None:
    """Records of this kind: the room that owns them says who."""
    check_can_import(user)
    registry.check(target, user)


def targets_for(user: User) -> list[Target]:
    """The kinds of records this person may import."""
    found = []
    for target in registry.targets():
        try:
            check_can_import_target(user, target.key)
        except NotAllowed:
            continue
        found.append(target)
    return found
