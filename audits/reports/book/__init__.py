"""A frozen content as what a reader sees, in his language: the same shape for the screen, the preview and the PDF.

Takes data only (content, annex, findings), asks no database: what was frozen is what is printed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from audits.enterprises.models import Ownership, Size
from audits.options.rules.money import totals_by_class
from audits.programme.rules import REASON_LABELS
from audits.reports.book.course import course_of, signature_line
from audits.reports.book.options import chart_of, money_line, option_line, sum_of_effects
from audits.reports.book.shapes import Book, Chapter, Member, Section
from audits.reports.book.values import LEVEL_LABELS, amount_of, date_of, label_of, other_name, place_of_file
from audits.workflow.models import AuditKind, TeamRole
from audits.workflow.rules.stages import STAGES
from cpaudit.rulebook.findings import Finding
from cpaudit.web.words import in_language, reads_chinese


def book_of(
    content: Mapping[str, Any],
    *,
    annex: Mapping[str, Any],
    findings: Sequence[Finding] = (),
    content_hash: str = "",
) -> Book:
    """The report in the active language. `annex` (see `annex.annex_of`) holds what is not signed."""
    members = _members(content)
    consultancy = content["consultancy"] or {}
    enterprise = content["enterprise"]
    options = [option_line(option) for option in content["options"]]
    totals = totals_by_class(money_line(option) for option in content["options"])
    years = sorted({row["year"] for figure in content["figures"] for row in figure["years"]})
    return Book(
        number=content["audit"]["number"],
        year=content["audit"]["year"],
        title=in_language(enterprise["names"]),
        other_title=other_name(enterprise["names"]),
        kind=str(AuditKind(content["audit"]["kind"]).label),
        authority=in_language(content["authority"]["names"]) if content["authority"] else "",
        auditing=in_language(consultancy["names"] if consultancy else enterprise["names"]),
        auditing_registration_no=consultancy.get("registration_no", ""),
        self_audit=content["audit"]["self_audit"],
        enterprise=_enterprise_facts(content),
        listing=_listing_facts(content["listing"]),
        thresholds={
            "currency": content["thresholds"]["currency"],
            "low_max": amount_of(content["thresholds"]["low_max"]),
            "medium_max": amount_of(content["thresholds"]["medium_max"]),
        },
        team=members,
        chapters=_chapters(content, members),
        years=years,
        figures=[_figure(figure, years) for figure in content["figures"]],
        options=options,
        totals=totals,
        effects=sum_of_effects(content["options"]),
        chart=chart_of(totals, content["thresholds"]["currency"]),
        findings=list(findings),
        course=course_of(content, annex),
        signatures=[signature_line(each, content_hash) for each in annex.get("signatures", [])],
        files=[{**file, "place": place_of_file(file["part"])} for file in content["files"]],
    )


def _enterprise_facts(content: Mapping[str, Any]) -> list[tuple[str, Any]]:
    enterprise = content["enterprise"]
    places = [in_language(names) for names in enterprise["region"]["places"]]
    region = "".join(places) if reads_chinese() else ", ".join(reversed(places))
    sector = f"{enterprise['sector']['code']} {in_language(enterprise['sector']['names'])}"
    return [
        (_("Name"), in_language(enterprise["names"])),
        (_("Name in the other language"), other_name(enterprise["names"])),
        (_("Unified social credit code"), enterprise["credit_code"] or enterprise["source_ref"]),
        (_("Industry (GB/T 4754)"), sector),
        (_("Region (GB/T 2260)"), f"{region} ({enterprise['region']['code']})"),
        (_("Address"), enterprise["address"]),
        (_("Contact"), enterprise["contact"]),
        (_("Ownership"), label_of(Ownership, enterprise["ownership"])),
        (_("Size"), label_of(Size, enterprise["size"])),
        (_("Employees"), enterprise["employees"]),
        (_("Main products"), enterprise["products"]),
    ]


def _listing_facts(listing: Mapping[str, Any] | None) -> list[tuple[str, Any]]:
    if listing is None:
        return []
    return [
        (_("Listed by"), in_language(listing["authority"])),
        (_("List of the year"), listing["year"]),
        (_("Reason"), _(REASON_LABELS[listing["reason"]])),
        (_("Grounds"), listing["grounds"]),
        (_("Published on"), date_of(listing["published_on"])),
        (_("Start by"), date_of(listing["start_by"])),
        (_("Report by"), date_of(listing["report_by"])),
    ]


def _members(content: Mapping[str, Any]) -> list[Member]:
    hours: dict[int, Decimal] = defaultdict(Decimal)
    for row in content["hours"]:
        hours[row["member"]] += Decimal(row["hours"])
    names = {member["place"]: in_language(member["names"]) for member in content["team"]}
    return [_member(member, names, hours[member["place"]]) for member in content["team"]]


def _member(member: Mapping[str, Any], names: Mapping[int, str], hours: Decimal) -> Member:
    registration = member["registration"] or {}
    return Member(
        place=member["place"],
        name=names[member["place"]],
        other_name=other_name(member["names"]),
        leads=member["role"] == TeamRole.LEADER,
        role=label_of(TeamRole, member["role"]),
        external=member["external"],
        level=str(LEVEL_LABELS[registration["level"]]) if registration else "",
        certificate_no=registration.get("certificate_no", ""),
        valid_from=date_of(registration.get("approved_on")),
        valid_until=date_of(registration.get("valid_until")),
        ended_on=date_of(registration.get("ended_on")),
        duty=member["duty"],
        guide=names.get(member["guide"] or 0, ""),
        left_on=date_of(member["left_on"]),
        hours=hours,
    )


def _chapters(content: Mapping[str, Any], members: Sequence[Member]) -> list[Chapter]:
    names = {member.place: member.name for member in members}
    chapters = []
    for stage in content["stages"]:
        spec = STAGES[stage["number"]]
        hours = [row for row in content["hours"] if row["field"] == spec.field]
        chapters.append(
            Chapter(
                number=spec.number,
                name=_(spec.name),
                other_name=_(spec.other_name) if spec.other_name != spec.name else "",
                purpose=_(spec.purpose),
                started_on=date_of(stage["started_on"]),
                finished_on=date_of(stage["finished_on"]),
                sections=[
                    Section(_(spec.section(each["key"]).title), each["text"].strip()) for each in stage["sections"]
                ],
                deliverables=[
                    (spec.deliverable(each["key"]).step, _(spec.deliverable(each["key"]).title), each["done"])
                    for each in stage["deliverables"]
                ],
                hours=[(names[row["member"]], Decimal(row["hours"])) for row in hours],
            )
        )
    return chapters


def _figure(figure: Mapping[str, Any], years: Sequence[int]) -> tuple[str, str, list[Decimal | None]]:
    amounts = {row["year"]: Decimal(row["amount"]) for row in figure["years"]}
    currency = next((row["currency"] for row in figure["years"] if row["currency"]), "")
    return in_language(figure["metric"]["names"]), currency or figure["metric"]["unit"], [amounts.get(y) for y in years]
