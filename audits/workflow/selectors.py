"""Reading an audit: the facts its gates look at, who is to be told, how far it is."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from django.db.models import Q, Sum

from auditors.people.models import AuditorQuerySet
from auditors.registration.selectors import auditors_of, registrations_on
from audits.workflow.models import Audit, Stage, TeamMember
from audits.workflow.rules.facts import Facts, MemberFacts, StageFacts
from audits.workflow.rules.transitions import Side, StageStatus, Status
from cpaudit.accounts.models import Posting, User
from cpaudit.accounts.roles import Permission
from cpaudit.rulebook.rulesets import rule_set


def facts_for(audit: Audit, *, on: dt.date) -> Facts:
    """What the gates may ask about this audit on that day; a fixed number of queries whatever its size."""
    organisation = getattr(audit.consultancy, "organisation", None) if audit.consultancy else None
    return Facts(
        on=on,
        rules=rule_set(audit.rule_set),
        status=Status(audit.status),
        members=tuple(_member_facts(audit, on)),
        stages=_stage_facts(audit),
        fields_worked=frozenset(audit.work.order_by().values_list("field", flat=True).distinct()),
        # Options live on a higher floor; reading them goes through the reverse relation.
        options=tuple(option.facts() for option in audit.options.for_facts()),
        planned_end=audit.planned_end,
        consultancy=audit.consultancy.name if audit.consultancy else None,
        operates_from=organisation.affirmed_on if organisation else None,
        operates_until=organisation.ended_on if organisation else None,
    )


def present_team(audit: Audit) -> list[TeamMember]:
    """The members who have not left, the leader first."""
    return list(audit.team.filter(left_on=None).select_related("auditor", "user", "guide").order_by("role", "pk"))


def auditors_to_choose(audit: Audit) -> AuditorQuerySet:
    """Whom the team can take as auditors: those the consulting organisation and the enterprise employ."""
    return auditors_of([pk for pk in (audit.enterprise_id, audit.consultancy_id) if pk is not None])


def _member_facts(audit: Audit, on: dt.date) -> Iterable[MemberFacts]:
    members = present_team(audit)
    held = registrations_on([m.auditor_id for m in members if m.auditor_id], on)
    for member in members:
        registration = held.get(member.auditor_id) if member.auditor_id else None
        yield MemberFacts(
            pk=member.pk,
            names=member.names,
            leader=member.role == "leader",
            level=registration.level if registration else None,
            valid_until=registration.valid_until if registration else None,
            guide_pk=member.guide_id,
            has_account=member.user_id is not None,
        )


def _stage_facts(audit: Audit) -> dict[int, StageFacts]:
    hours = {row["field"]: row["total"] for row in audit.work.order_by().values("field").annotate(total=Sum("hours"))}
    return {
        stage.number: StageFacts(
            number=stage.number,
            status=StageStatus(stage.status),
            started_on=stage.started_on,
            finished_on=stage.finished_on,
            due_on=stage.due_on,
            sections=frozenset(section.key for section in stage.sections.all() if section.text.strip()),
            deliverables=frozenset(item.key for item in stage.deliverables.all()),
            hours=hours.get(f"stage_{stage.number}", Decimal(0)),
        )
        for stage in audit.stages.prefetch_related("sections", "deliverables").order_by("number")
    }


def people_of(audit: Audit, side: Side, *, on: dt.date) -> list[User]:
    """Who on that side is to be told: those whose role lets them act, and for the auditing side the team as well."""
    permission = {
        Side.AUTHORITY: Permission.DECIDE_AUDITS,
        Side.ENTERPRISE: Permission.ENGAGE,
        Side.AUDITING: Permission.RUN_AUDITS,
    }.get(side)
    body = {
        Side.AUTHORITY: audit.authority_id,
        Side.ENTERPRISE: audit.enterprise_id,
        Side.AUDITING: audit.auditing_body.pk if audit.auditing_body else None,
    }.get(side)
    if permission is None or body is None:
        return []
    postings = Posting.objects.active(on=on).may(permission).filter(body=body)
    wanted = Q(pk__in=postings.values("user"))
    if side is Side.AUDITING:
        wanted |= Q(memberships__audit=audit, memberships__left_on=None)
    return list(User.objects.filter(wanted, is_active=True).distinct().order_by("pk"))


def hours_by_person(audit: Audit) -> dict[int, dict[str, Decimal]]:
    """Hours of each member (by id) in each field; one query."""
    table: dict[int, dict[str, Decimal]] = defaultdict(dict)
    for row in audit.work.order_by().values("member", "field").annotate(total=Sum("hours")):
        table[row["member"]][row["field"]] = row["total"]
    return dict(table)


def stage_of(audit: Audit, number: int) -> Stage:
    """The stage with its sections and deliverables at hand. `Stage.DoesNotExist` before the audit has begun."""
    return audit.stages.prefetch_related("sections", "deliverables").get(number=number)
