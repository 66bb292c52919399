"""May this person? One sentence for the button that is not there and for the refusal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Q

from audits.workflow.models import Audit
from audits.workflow.rules.transitions import (
    STAGE_TRANSITIONS,
    TRANSITIONS,
    WORKING,
    Action,
    Side,
    StageAction,
)
from cpaudit.accounts.models import User
from cpaudit.accounts.roles import ROLES, BodyKind, Permission
from cpaudit.rulebook.errors import NotAllowed
from cpaudit.rulebook.findings import _
from cpaudit.trail.models import Event

_ROLES_DECIDED_ON = [key for key, role in ROLES.items() if role.bodies & {BodyKind.CONSULTING, BodyKind.ENTERPRISE}]


def sides_of(user: User, audit: Audit) -> frozenset[Side]:
    """On which sides of this audit the person is, through the posting he acts in."""
    body = user.body
    if body is None:
        return frozenset()
    if body.kind == BodyKind.CENTRE:
        return frozenset({Side.CENTRE})
    if body.kind == BodyKind.AUTHORITY:
        inside = audit.enterprise.body.region.path.startswith(body.region.path)
        if inside and body.is_industry_department:
            inside = body.sectors.filter(pk=audit.enterprise.sector_id).exists()
        return frozenset({Side.AUTHORITY}) if inside else frozenset()
    sides = set()
    if body.kind == BodyKind.ENTERPRISE and body.pk == audit.enterprise_id:
        sides.add(Side.ENTERPRISE)
        if audit.self_audit:
            sides.add(Side.AUDITING)
    if body.kind == BodyKind.CONSULTING and body.pk == audit.consultancy_id:
        sides.add(Side.AUDITING)
    return frozenset(sides)


def has_own_work_in(user: User, audit: Audit) -> bool:
    """Did he work in the team, sign, file, or do anything else for the side that is decided on?

    Then he may not decide, whatever posting he acts in. What he did, the timeline tells, with the role he did it in.
    """
    return (
        audit.team.filter(Q(user=user) | Q(auditor__user=user)).exists()
        or audit.signatures.filter(signed_by=user).exists()
        or audit.filings.filter(filed_by=user).exists()
        or Event.objects.about(audit).filter(actor=user, actor_role__in=_ROLES_DECIDED_ON).exists()
    )


def _check(user: User, audit: Audit, side: Side, permission: Permission) -> None:
    if side not in sides_of(user, audit):
        raise NotAllowed(_SIDE_SENTENCES[side])
    if not user.may(permission):
        raise NotAllowed(_("Your role at your organisation does not include this. Ask a colleague whose role does."))


_SIDE_SENTENCES: dict[Side, str] = {
    Side.AUTHORITY: _("Only an authority whose region or industry it is can do this."),
    Side.ENTERPRISE: _("Only the enterprise can do this."),
    Side.AUDITING: _("Only the organisation that carries out the audit can do this."),
    Side.CENTRE: _("Only the national centre can do this."),
}


_OWN_WORK = _("You worked on this audit yourself. Somebody else must decide on it.")


def check_can(action: Action, user: User, audit: Audit) -> None:
    """May he take this action of the transition table in this audit? Status is not asked here, the table does."""
    row = TRANSITIONS[action]
    _check(user, audit, row.side, row.permission)
    if row.not_own_work and has_own_work_in(user, audit):
        raise NotAllowed(_OWN_WORK)


def check_can_on_stage(action: StageAction, user: User, audit: Audit) -> None:
    """May he take this action of the stages' table in this audit?"""
    row = STAGE_TRANSITIONS[action]
    _check(user, audit, row.side, row.permission)
    if row.not_own_work and has_own_work_in(user, audit):
        raise NotAllowed(_OWN_WORK)


def check_can_write_records(user: User, audit: Audit) -> None:
    """May he write sections, hours, options, files of this audit now?"""
    _check(user, audit, Side.AUDITING, Permission.WORK_ON_AUDITS)
    if audit.status not in WORKING:
        raise NotAllowed(_("The records of this audit are closed: it is not in work."))


def check_can_form_team(user: User, audit: Audit) -> None:
    """May he take people into the team or out of it?"""
    _check(user, audit, Side.AUDITING, Permission.RUN_AUDITS)
    if audit.status not in WORKING | {"engaged"}:
        raise NotAllowed(_("The team can be changed only until the report is filed."))


def check_can_open(user: User, enterprise_pk: int) -> None:
    if not (user.body and user.body.pk == enterprise_pk and user.may(Permission.OPEN_AUDITS)):
        raise NotAllowed(_("Only the enterprise itself can open a voluntary audit."))


def allowed(check: Callable[..., None], *args: Any) -> bool:
    """Does the check let it pass? For buttons; services call the check itself."""
    try:
        check(*args)
    except NotAllowed:
        return False
    return True
