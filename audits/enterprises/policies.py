"""Who may enter and correct enterprises and their figures."""

from __future__ import annotations

from collections.abc import Collection

from audits.enterprises.models import Enterprise
from cpaudit.accounts.models import Body, User
from cpaudit.accounts.roles import BodyKind, Permission
from cpaudit.reference.models import Region, Sector
from cpaudit.rulebook.errors import NotAllowed
from cpaudit.rulebook.findings import _

# What an enterprise is known by and what decides whose jurisdiction it lies in: corrected by an authority only,
# otherwise an enterprise could leave its supervisor by editing a form.
IDENTITY = frozenset({"name_zh", "name_en", "credit_code", "region", "sector", "source", "source_ref"})


def covers(body: Body, region: Region, sector: Sector) -> bool:
    """Does this authority's jurisdiction include a place and an industry (Items 3 and 4)?"""
    if body.kind != BodyKind.AUTHORITY or not region.path.startswith(body.region.path):
        return False
    return not body.is_industry_department or body.sectors.filter(pk=sector.pk).exists()


def check_can_create(user: User) -> None:
    """May this person enter enterprises at all? Where is asked when the place is known."""
    if user.body is None or not user.may(Permission.MANAGE_ENTERPRISES) or user.body.kind != BodyKind.AUTHORITY:
        raise NotAllowed(_("Only an authority enters enterprises."))


def check_can_create_in(user: User, region: Region, sector: Sector) -> None:
    """An authority enters the enterprises of its own region or industry, and moves them only within it."""
    check_can_create(user)
    if user.body is not None and not covers(user.body, region, sector):
        raise NotAllowed(
            _("%(region)s, %(sector)s lies outside the jurisdiction of %(body)s."),
            region=region.name,
            sector=str(sector),
            body=user.body.name,
        )


def check_can_change(user: User, enterprise: Enterprise) -> None:
    """The authority of the place or the industry, or the enterprise itself."""
    if user.body is None or not user.may(Permission.MANAGE_ENTERPRISES):
        raise NotAllowed(_("Your role does not correct enterprises."))
    if user.body.pk == enterprise.pk or covers(user.body, enterprise.body.region, enterprise.sector):
        return
    raise NotAllowed(_("Only the enterprise itself and the authorities over it correct its data."))


def check_can_change_fields(user: User, enterprise: Enterprise, fields: Collection[str]) -> None:
    """An enterprise corrects how it is reached and what it makes, not who it is and where it belongs."""
    check_can_change(user, enterprise)
    if user.body is not None and user.body.pk == enterprise.pk and not IDENTITY.isdisjoint(fields):
        raise NotAllowed(_("Name, credit code, place and industry are corrected by the authority, on request."))


def check_can_record_figures(user: User, enterprise: Enterprise) -> None:
    """Whoever may correct the enterprise may enter its figures."""
    check_can_change(user, enterprise)
