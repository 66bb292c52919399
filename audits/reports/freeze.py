"""Gathers everything a report says, as data that can be hashed, signed, kept for ever and printed.

What is in it was recorded by people about this audit. What depends on when or by whom it is read (today, the reader's
language, the status of the filing itself, row ids) is not in it, so the same records always give the same content.
Lists are ordered by what people call the things (codes, names, dates), never by the order of rows.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Max, Min, Prefetch, Sum
from django.utils import timezone

from auditors.registration.models import Registration
from audits.enterprises.models import Enterprise, YearlyFigure
from audits.options.models import Option, OptionEffect
from audits.programme.models import Listing
from audits.reports.canonical import plain
from audits.workflow.models import Audit, Stage, TeamMember
from audits.workflow.rules.stages import FIELD_LABELS, STAGES
from cpaudit.accounts.models import Body
from cpaudit.documents.models import Purpose, StoredFile
from cpaudit.reference.models import Metric, Region

SCHEMA = 1
"""Grows with the shape below. A filing keeps the shape it was frozen in; the templates read every shape ever used."""
YEARS = 3
"""Pre-assessment asks for three years of production, consumption and discharges (manual, step 2.1)."""


def content_of(audit: Audit) -> dict[str, Any]:
    """The whole report of an audit as its records stand; about fifteen queries, however many rows there are."""
    audit = Audit.objects.select_related(
        "enterprise__body__region", "enterprise__sector", "authority", "consultancy__organisation", "listing__authority"
    ).get(pk=audit.pk)
    team = _team(audit)
    return plain(
        {
            "schema": SCHEMA,
            "audit": {
                "number": audit.number,
                "kind": audit.kind,
                "year": audit.year,
                "rule_set": audit.rule_set,
                "self_audit": audit.self_audit,
                "opened_on": timezone.localdate(audit.opened_at),
                "started_on": audit.started_on,
                "planned_end": audit.planned_end,
            },
            "enterprise": _enterprise(audit.enterprise),
            "authority": _body(audit.authority),
            "consultancy": _body(audit.consultancy),
            "listing": _listing(audit.listing),
            "thresholds": {
                "currency": audit.currency,
                "low_max": audit.cost_low_max,
                "medium_max": audit.cost_medium_max,
            },
            "team": [_member(member, place, team) for member, place in team.items()],
            "hours": _hours(audit, team),
            "stages": _stages(audit),
            "figures": _figures(audit),
            "options": _options(audit),
            "files": _files(audit),
        }
    )


def natural_key(code: str) -> list[tuple[int, int, str]]:
    """Sorts codes as people count them: N2 before N10."""
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in re.split(r"(\d+)", code) if part]


def _body(body: Body | None) -> dict[str, Any] | None:
    if body is None:
        return None
    organisation = getattr(body, "organisation", None) if body.kind == "consulting" else None
    return {"names": body.names, "registration_no": organisation.registration_no if organisation else ""}


def _enterprise(enterprise: Enterprise) -> dict[str, Any]:
    sector, region = enterprise.sector, enterprise.body.region
    above = {place.code: place for place in Region.objects.filter(code__in=region.path.rstrip("/").split("/"))}
    return {
        "names": enterprise.names,
        "credit_code": enterprise.credit_code or "",
        "source_ref": enterprise.source_ref,
        "sector": {"code": sector.code, "edition": sector.edition, "names": _names(sector)},
        "region": {
            "code": region.code,
            # The nation itself is not part of an address.
            "places": [_names(above[code]) for code in region.path.rstrip("/").split("/")[1:] if code in above],
        },
        "address": enterprise.address,
        "contact": enterprise.contact_name,
        "ownership": enterprise.ownership,
        "size": enterprise.size,
        "employees": enterprise.employees,
        "products": enterprise.products,
    }


def _names(thing: Region | Metric | Any) -> dict[str, str]:
    return {"zh": thing.name_zh, "en": thing.name_en}


def _listing(listing: Listing | None) -> dict[str, Any] | None:
    if listing is None:
        return None
    return {
        "authority": listing.authority.names,
        "year": listing.year,
        "reason": listing.reason,
        "grounds": listing.grounds,
        "published_on": listing.published_on,
        "start_by": listing.start_by,
        "report_by": listing.report_by,
    }


def _team(audit: Audit) -> dict[TeamMember, int]:
    """Everybody who is or was in the team with his place in it (1, 2, …), the leader first."""
    registrations = Prefetch(
        "auditor__registrations", Registration.objects.order_by("-approved_on", "-certificate_no"), "by_date"
    )
    members = audit.team.select_related("auditor", "guide").prefetch_related(registrations)
    ordered = sorted(
        members,
        key=lambda member: (
            member.left_on is not None,
            member.role != "leader",
            member.joined_on,
            member.name_en,
            member.name_zh,
            member.pk,
        ),
    )
    return {member: place for place, member in enumerate(ordered, start=1)}


def _member(member: TeamMember, place: int, team: dict[TeamMember, int]) -> dict[str, Any]:
    by_date: list[Registration] = getattr(member.auditor, "by_date", [])  # see the prefetch in `_team`
    latest = by_date[0] if by_date else None
    return {
        "place": place,
        "names": member.names,
        "role": member.role,
        "external": member.external,
        "duty": member.duty,
        "guide": team.get(member.guide) if member.guide else None,
        "joined_on": member.joined_on,
        "left_on": member.left_on,
        # The latest registration, valid or not: which one is valid depends on the day, and the reader has the dates.
        "registration": latest
        and {
            "level": latest.level,
            "certificate_no": latest.certificate_no,
            "approved_on": latest.approved_on,
            "valid_until": latest.valid_until,
            "ended_on": latest.ended_on,
        },
    }


def _hours(audit: Audit, team: dict[TeamMember, int]) -> list[dict[str, Any]]:
    """Hours by person and field with the first and last day of work."""
    places = {member.pk: place for member, place in team.items()}
    sums = audit.work.values("member_id", "field").annotate(
        total=Sum("hours"), first=Min("worked_on"), last=Max("worked_on")
    )
    fields = list(FIELD_LABELS)
    rows = [
        {
            "member": places[row["member_id"]],
            "field": row["field"],
            "hours": row["total"],
            "first_on": row["first"],
            "last_on": row["last"],
        }
        for row in sums.order_by()
    ]
    return sorted(rows, key=lambda row: (row["member"], fields.index(row["field"])))


def _stages(audit: Audit) -> list[dict[str, Any]]:
    recorded = {stage.number: stage for stage in audit.stages.prefetch_related("sections", "deliverables")}
    return [_stage(number, recorded.get(number)) for number in STAGES]


def _stage(number: int, stage: Stage | None) -> dict[str, Any]:
    """All sections and deliverables the table asks for, so that an unwritten one is seen to be empty."""
    spec = STAGES[number]
    texts = {section.key: section.text for section in stage.sections.all()} if stage else {}
    ticked = {deliverable.key for deliverable in stage.deliverables.all()} if stage else set()
    return {
        "number": number,
        "started_on": stage.started_on if stage else None,
        "finished_on": stage.finished_on if stage else None,
        "sections": [{"key": section.key, "text": texts.get(section.key, "")} for section in spec.sections],
        "deliverables": [{"key": each.key, "done": each.key in ticked} for each in spec.deliverables],
    }


def _metric(metric: Metric) -> dict[str, Any]:
    return {
        "code": metric.code,
        "names": _names(metric),
        "unit": metric.unit,
        "group": metric.group,
        "direction": metric.direction,
        "position": metric.position,
    }


def _figures(audit: Audit) -> list[dict[str, Any]]:
    """The last three years that have figures, not after the audit's year; by metric in the metrics' own order."""
    figures = YearlyFigure.objects.filter(enterprise_id=audit.enterprise_id, year__lte=audit.year)
    years = list(figures.order_by("-year").values_list("year", flat=True).distinct()[:YEARS])
    by_metric: dict[Metric, list[YearlyFigure]] = defaultdict(list)
    for figure in figures.filter(year__in=years).select_related("metric").order_by("year"):
        by_metric[figure.metric].append(figure)
    return [
        {
            "metric": _metric(metric),
            "years": [
                {
                    "year": row.year,
                    "amount": row.amount,
                    "given_amount": row.given_amount,
                    "given_unit": row.given_unit,
                    "currency": row.currency,
                    "method": row.method,
                }
                for row in rows
            ],
        }
        for metric, rows in sorted(by_metric.items(), key=lambda item: (item[0].position, item[0].code))
    ]


def _options(audit: Audit) -> list[dict[str, Any]]:
    options = audit.options.prefetch_related(Prefetch("effects", OptionEffect.objects.select_related("metric")))
    return [_option(option) for option in sorted(options, key=lambda option: natural_key(option.code))]


def _option(option: Option) -> dict[str, Any]:
    return {
        "code": option.code,
        "title": option.title,
        "description": option.description,
        "aspect": option.aspect,
        "other_aspects": sorted(option.other_aspects),
        "cost_class": option.cost_class,
        "status": option.status,
        "screening_reason": option.screening_reason,
        "abandoned_reason": option.abandoned_reason,
        "currency": option.currency,
        "planned_investment": option.planned_investment,
        "planned_benefit": option.planned_benefit,
        "actual_investment": option.actual_investment,
        "actual_benefit": option.actual_benefit,
        "responsible": option.responsible,
        "due_on": option.due_on,
        "progress": option.progress,
        "implemented_on": option.implemented_on,
        "effects": _effects(option.effects.all()),
    }


def _effects(effects: Iterable[OptionEffect]) -> list[dict[str, Any]]:
    rows = sorted(effects, key=lambda effect: (effect.metric.position, effect.metric.code, effect.kind))
    return [
        {
            "metric": _metric(effect.metric),
            "kind": effect.kind,
            "amount": effect.amount,
            "given_amount": effect.given_amount,
            "given_unit": effect.given_unit,
            "method": effect.method,
            "note": effect.note,
        }
        for effect in rows
    ]


def _files(audit: Audit) -> list[dict[str, Any]]:
    """The evidence: not the files themselves but what proves them unchanged."""
    files = StoredFile.objects.about(audit).filter(purpose=Purpose.EVIDENCE)
    rows = [
        {
            "part": file.part,
            "name": file.name,
            "caption": file.caption,
            "content_type": file.content_type,
            "size": file.size,
            "sha256": file.sha256,
        }
        for file in files
    ]
    return sorted(rows, key=lambda row: (row["part"], row["name"], row["sha256"], row["caption"]))
