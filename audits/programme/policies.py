"""May this person put enterprises on a compulsory list?"""

from __future__ import annotations

from audits.enterprises.models import Enterprise
from cpaudit.accounts.models import User
from cpaudit.accounts.roles import BodyKind, Permission
from cpaudit.rulebook.errors import NotAllowed
from cpaudit.rulebook.findings import _


def check_can_list(user: User, enterprise: Enterprise | None = None) -> None:
    """An authority, by its role, and only enterprises of its own region or industry (Items 3, 4)."""
    if not (user.body and user.body.kind == BodyKind.AUTHORITY and user.may(Permission.LIST_ENTERPRISES)):
        raise NotAllowed(_("Only an authority can list enterprises for a compulsory audit."))
    if enterprise is not None and not Enterprise.objects.visible_to(user).filter(pk=enterprise.pk).exists():
        raise NotAllowed(_("Only an authority whose region or industry it is can do this."))
