"""Who may enter and correct reported programmes."""

from __future__ import annotations

from cpaudit.accounts.models import User
from cpaudit.accounts.roles import BodyKind, Permission
from cpaudit.reference.models import Region
from cpaudit.rulebook.errors import NotAllowed
from cpaudit.rulebook.findings import _


def check_can_report(user: User, region: Region | None = None) -> None:
    """An authority for its region and what lies in it, the national centre for any place."""
    body = user.body
    if (
        body is None
        or body.kind not in {BodyKind.AUTHORITY, BodyKind.CENTRE}
        or not user.may(Permission.REPORT_PROGRAMMES)
    ):
        raise NotAllowed(_("Only authorities and the national centre enter reported programmes."))
    if region is not None and body.kind == BodyKind.AUTHORITY and not body.region.contains(region):
        raise NotAllowed(
            _("%(region)s lies outside the jurisdiction of %(body)s."), region=region.names, body=body.names
        )
