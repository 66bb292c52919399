"""From nothing to a started audit: listing, opening, engaging, starting; and cancelling."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from audits.enterprises.models import Enterprise
from audits.programme.models import Listing
from audits.programme.services import put_on_list
from audits.workflow.models import Audit, AuditKind, Stage
from audits.workflow.policies import check_can_form_team, check_can_open
from audits.workflow.rules.gates import START_GATES, findings_of, may_operate
from audits.workflow.rules.transitions import ENDED, Action, Side, StageStatus, Status
from audits.workflow.selectors import facts_for, people_of
from audits.workflow.services.moves import move, notice_facts
from audits.workflow.services.records import hold
from cpaudit.accounts.models import Body, User
from cpaudit.accounts.roles import BodyKind
from cpaudit.notices.services import notify
from cpaudit.rulebook.errors import Invalid, Refused, Stale
from cpaudit.rulebook.findings import Finding, _
from cpaudit.rulebook.rulesets import rule_set_on
from cpaudit.trail.services import record

NUMBER_TRIES = 20


@transaction.atomic
def open_compulsory(
    *,
    enterprise: Enterprise,
    year: int,
    reason: str,
    grounds: str,
    published_on: dt.date,
    by: User,
    at: dt.datetime,
) -> Audit:
    """List an enterprise for a compulsory audit and open that audit; deadlines count from the publication."""
    # `put_on_list` asks whether he may, for this enterprise.
    listing = put_on_list(
        enterprise=enterprise, year=year, reason=reason, grounds=grounds, published_on=published_on, by=by, at=at
    )
    _refuse_second_round(enterprise)
    audit = _create(
        enterprise=enterprise, kind=AuditKind.COMPULSORY, year=year, listing=listing, authority=by.body, by=by, at=at
    )
    record(
        verb="audit.listed",
        thing=audit,
        by=by,
        at=at,
        facts={"enterprise": enterprise.names, "reason": {"msgid": listing.reason_msgid}},
    )
    notify(
        kind="audit.listed",
        to=people_of(audit, Side.ENTERPRISE, on=timezone.localdate(at)),
        by=by,
        at=at,
        key=f"audit-{audit.pk}",
        facts=notice_facts(audit)
        | {
            "reason": {"msgid": listing.reason_msgid},
            "start_by": listing.start_by,
            "report_by": listing.report_by,
        },
        link=f"/audits/{audit.pk}/",
        thing=audit,
    )
    return audit


@transaction.atomic
def open_voluntary(*, enterprise: Enterprise, year: int, by: User, at: dt.datetime) -> Audit:
    """An enterprise opens an audit of its own accord; the nearest environmental authority above it supervises."""
    check_can_open(by, enterprise.pk)
    _refuse_second_round(enterprise)
    authority = Body.objects.authorities_over(enterprise.body.region, None).order_by("-region__path").first()
    audit = _create(
        enterprise=enterprise, kind=AuditKind.VOLUNTARY, year=year, listing=None, authority=authority, by=by, at=at
    )
    record(verb="audit.opened", thing=audit, by=by, at=at)
    return audit


def engage(*, audit: Audit, consultancy: Body, version: int, by: User, at: dt.datetime) -> Audit:
    """The enterprise engages a consulting organisation that may operate on that day (R-24)."""
    organisation = getattr(consultancy, "organisation", None) if consultancy.kind == BodyKind.CONSULTING else None
    since, until = (organisation.affirmed_on, organisation.ended_on) if organisation else (None, None)
    finding = may_operate(consultancy.name, since, until, on=timezone.localdate(at))
    return move(
        audit=audit, action=Action.ENGAGE, version=version, by=by, at=at, findings=[finding],
        changes={"consultancy": consultancy, "self_audit": False}, facts={"organisation": consultancy.names},
    )  # fmt: skip


def self_audit(*, audit: Audit, version: int, by: User, at: dt.datetime) -> Audit:
    """The enterprise audits itself."""
    return move(
        audit=audit, action=Action.SELF_AUDIT, version=version, by=by, at=at,
        changes={"consultancy": None, "self_audit": True},
    )  # fmt: skip


@transaction.atomic
def decline(*, audit: Audit, version: int, by: User, at: dt.datetime, comment: str) -> Audit:
    """Whoever was engaged gives the audit back before it starts; a team already formed is taken out."""
    organisation = audit.auditing_body
    names = organisation.names if organisation else {}
    moved = move(
        audit=audit, action=Action.DECLINE, version=version, by=by, at=at, comment=comment,
        changes={"consultancy": None, "self_audit": False}, facts={"organisation": names},
    )  # fmt: skip
    moved.team.filter(left_on=None).update(left_on=timezone.localdate(at))
    return moved


@transaction.atomic
def start(*, audit: Audit, version: int, planned_end: dt.date | None, by: User, at: dt.datetime) -> Audit:
    """Start the audit with its team (R-6b, R-9, R-24); the seven stages come into being."""
    on = timezone.localdate(at)
    if planned_end and planned_end <= on:
        raise Invalid(_("Something is missing."), {"planned_end": [_("The date must lie in the future.")]})
    audit.planned_end = planned_end
    findings = findings_of(START_GATES, facts_for(audit, on=on))
    moved = move(
        audit=audit, action=Action.START, version=version, by=by, at=at, findings=findings,
        changes={"started_on": on, "planned_end": planned_end, "due_on": audit.report_by or planned_end},
    )  # fmt: skip
    Stage.objects.bulk_create(
        [
            Stage(
                audit=moved,
                number=number,
                status=StageStatus.OPEN if number == 1 else StageStatus.NOT_BEGUN,
                started_on=on if number == 1 else None,
            )
            for number in range(1, 8)
        ]
    )
    return moved


def cancel(*, audit: Audit, version: int, by: User, at: dt.datetime, comment: str) -> Audit:
    """The authority ends an audit that will not be carried out."""
    return move(
        audit=audit, action=Action.CANCEL, version=version, by=by, at=at, comment=comment, changes={"due_on": None}
    )


@transaction.atomic
def set_thresholds(
    *, audit: Audit, low_max: Decimal, medium_max: Decimal, version: int, by: User, at: dt.datetime
) -> Audit:
    """Declare the audit's cost classes; frozen once stage 4 is completed. Re-classing the options is their room's."""
    check_can_form_team(by, hold(audit))
    if low_max <= 0 or medium_max < low_max:
        raise Invalid(
            _("The limits do not fit."),
            {"medium_max": [_("Low cost ends above 0, and medium cost not below low cost.")]},
        )
    frozen = audit.stages.filter(number=4, status=StageStatus.COMPLETED).exists()
    finding = Finding(
        "M-CLASS", "Manual, step 4.2", not frozen,
        _("The cost classes are frozen: stage 4 is completed.") if frozen else _("The cost classes are still open."),
        remedy=_("Reopen stage 4 if they are really wrong; say why."),
    )  # fmt: skip
    if frozen:
        raise Refused(_("This cannot be done yet. Each point below says what is missing."), [finding])
    changed = Audit.objects.filter(pk=audit.pk, version=version).update(
        cost_low_max=low_max, cost_medium_max=medium_max, version=F("version") + 1
    )
    if not changed:
        raise Stale(_("Somebody changed this audit meanwhile. Look at it again and repeat what is still right."))
    audit.refresh_from_db()
    record(verb="audit.thresholds_set", thing=audit, by=by, at=at, facts={"low": low_max, "medium": medium_max})
    return audit


def _refuse_second_round(enterprise: Enterprise) -> None:
    running = enterprise.audits.exclude(status__in=[*ENDED, Status.APPROVED]).first()
    if running:
        raise Refused(
            _("This enterprise already has an audit that has not ended: %(audit)s."),
            [
                Finding(
                    "R-5", "Item 5", False, _("Audit %(audit)s of this enterprise is still going on."),
                    params={"audit": running.number}, remedy=_("End it first: one round after the other."),
                )
            ],
            audit=running.number,
        )  # fmt: skip


def _create(
    *,
    enterprise: Enterprise,
    kind: str,
    year: int,
    listing: Listing | None,
    authority: Body | None,
    by: User,
    at: dt.datetime,
) -> Audit:
    """The row itself, under the next free number of its region and year; two at once get two numbers."""
    rules = rule_set_on(timezone.localdate(at))
    prefix = f"{year}-{enterprise.body.region.code}-"
    for _try in range(NUMBER_TRIES):
        last = Audit.objects.filter(number__startswith=prefix).order_by("-number").values_list("number", flat=True)
        following = int(last[0].rsplit("-", 1)[1]) + 1 if last else 1
        try:
            with transaction.atomic():
                return Audit.objects.create(
                    number=f"{prefix}{following:05d}",
                    enterprise=enterprise,
                    kind=kind,
                    year=year,
                    listing=listing,
                    authority=authority,
                    rule_set=rules.id,
                    cost_low_max=rules.number("cost_low_max"),
                    cost_medium_max=rules.number("cost_medium_max"),
                    start_by=listing.start_by if listing else None,
                    report_by=listing.report_by if listing else None,
                    due_on=listing.start_by if listing else None,
                    opened_by=by,
                    opened_at=at,
                )
        except IntegrityError:
            continue  # another took the number between the look and the write
    raise Stale(_("Too many audits are being opened at once. Try again in a moment."))
