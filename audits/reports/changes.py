"""A difference in words: which record, which field, what it was and what it is, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audits.enterprises.models import Method, Ownership, Size
from audits.options.models import EffectKind
from audits.options.rules import ASPECT_LABELS, COST_CLASS_LABELS, OPTION_STATUS_LABELS
from audits.programme.rules import REASON_LABELS
from audits.reports.book.values import LEVEL_LABELS, place_of_file
from audits.reports.diff import Change, Kind, Piece
from audits.workflow.models import AuditKind, TeamRole
from audits.workflow.rules.stages import FIELD_LABELS, STAGES
from cpaudit.templatetags.ui import NOTHING, number
from cpaudit.web.words import in_language

GROUP_LABELS: dict[str, Any] = {
    "audit": _("Audit"),
    "enterprise": _("Enterprise"),
    "authority": _("Supervising authority"),
    "consultancy": _("Consulting organisation"),
    "listing": _("Listing"),
    "thresholds": _("Cost classes"),
    "team": _("Audit team"),
    "hours": _("Hours"),
    "stage": _("Stages"),
    "section": _("Report text"),
    "figure": _("Yearly figures"),
    "option": _("Options"),
    "effect": _("Effects of options"),
    "file": _("Evidence"),
}
FIELD_NAMES: dict[str, Any] = {
    "text": _("Text"),
    "names": _("Name"),
    "kind": _("Kind"),
    "year": _("Year"),
    "rule_set": _("Rule set"),
    "self_audit": _("Audits itself"),
    "opened_on": _("Opened on"),
    "started_on": _("Started on"),
    "finished_on": _("Finished on"),
    "planned_end": _("Planned end"),
    "credit_code": _("Unified social credit code"),
    "source_ref": _("Reference in the source"),
    "sector": _("Industry"),
    "region": _("Region"),
    "address": _("Address"),
    "contact": _("Contact"),
    "ownership": _("Ownership"),
    "size": _("Size"),
    "employees": _("Employees"),
    "products": _("Main products"),
    "registration_no": _("Registration number"),
    "authority": _("Listed by"),
    "reason": _("Reason"),
    "grounds": _("Grounds"),
    "published_on": _("Published on"),
    "start_by": _("Start by"),
    "report_by": _("Report by"),
    "currency": _("Currency"),
    "low_max": _("Low cost up to"),
    "medium_max": _("Medium cost up to"),
    "role": _("Role"),
    "external": _("External"),
    "duty": _("Duty"),
    "guide": _("Guided by"),
    "joined_on": _("Joined on"),
    "left_on": _("Left on"),
    "level": _("Level"),
    "certificate_no": _("Certificate number"),
    "approved_on": _("Approved on"),
    "valid_until": _("Valid until"),
    "ended_on": _("Ended on"),
    "hours": _("Hours"),
    "first_on": _("First day"),
    "last_on": _("Last day"),
    "amount": _("Amount"),
    "given_amount": _("Amount as given"),
    "given_unit": _("Unit as given"),
    "method": _("Method"),
    "metric": _("Figure"),
    "note": _("Note"),
    "title": _("Title"),
    "description": _("Description"),
    "aspect": _("Main aspect"),
    "other_aspects": _("Other aspects"),
    "cost_class": _("Cost class"),
    "status": _("Status"),
    "screening_reason": _("Reason of the screening"),
    "abandoned_reason": _("Reason of abandoning"),
    "planned_investment": _("Planned investment"),
    "planned_benefit": _("Planned yearly benefit"),
    "actual_investment": _("Actual investment"),
    "actual_benefit": _("Actual yearly benefit"),
    "responsible": _("Responsible"),
    "due_on": _("Due on"),
    "progress": _("Progress (%)"),
    "implemented_on": _("Implemented on"),
    "caption": _("Caption"),
    "content_type": _("Type"),
    "sha256": _("SHA-256"),
}
WORDS: dict[str, Mapping[Any, Any]] = {
    "aspect": ASPECT_LABELS,
    "cost_class": COST_CLASS_LABELS,
    "status": OPTION_STATUS_LABELS,
    "reason": REASON_LABELS,
    "kind": dict(AuditKind.choices),
    "ownership": dict(Ownership.choices),
    "size": dict(Size.choices),
    "method": dict(Method.choices),
    "role": dict(TeamRole.choices),
    "level": LEVEL_LABELS,
}
"""Fields that hold a code of a table of words."""
AMOUNTS = {"amount", "given_amount", "hours", "low_max", "medium_max", "planned_investment", "planned_benefit"}
AMOUNTS |= {"actual_investment", "actual_benefit"}


@dataclass(frozen=True, slots=True)
class Told:
    """One change, ready to be shown; `pieces` where a text is shown word by word."""

    record: str
    kind: Kind
    field: str
    old: str
    new: str
    pieces: Sequence[Piece]


def told(changes: Sequence[Change], *, new: Mapping[str, Any]) -> list[tuple[str, list[Told]]]:
    """The changes in words, by group of records; `new` is the later content, for the titles of the options."""
    titles = {option["code"]: f"{option['code']} {option['title']}" for option in new["options"]}
    return [
        (str(GROUP_LABELS[group]), [_told(change, titles) for change in members])
        for group, members in groupby(changes, key=lambda change: change.group)
    ]


def _told(change: Change, titles: Mapping[str, str]) -> Told:
    return Told(
        record=_record(change.group, change.record, titles),
        kind=change.kind,
        field=_field(change),
        old="" if change.kind is Kind.ADDED else _value(change, change.old),
        new="" if change.kind is Kind.REMOVED else _value(change, change.new),
        pieces=change.pieces,
    )


def _record(group: str, record: str, titles: Mapping[str, str]) -> str:
    """The record by the name people know: a section by its title, hours by person and field."""
    first, _sep, rest = record.partition("/")
    match group:
        case "section":
            spec = STAGES[int(first)]
            return f"{first}. {gettext(spec.name)}: {gettext(spec.section(rest).title)}"
        case "stage":
            return f"{first}. {gettext(STAGES[int(first)].name)}"
        case "hours":
            return f"{first} · {gettext(FIELD_LABELS[rest])}"
        case "option":
            return titles.get(record, record)
        case "effect":
            code, metric, kind = record.split("/")
            return f"{titles.get(code, code)} · {metric} · {EffectKind(kind).label}"
        case "file":
            return f"{place_of_file(first)} · {rest}"
        case _:
            return record.replace("/", " · ").strip(" ·")


def _field(change: Change) -> str:
    if change.field.startswith("deliverable/"):
        number, key = int(change.record), change.field.removeprefix("deliverable/")
        return gettext(STAGES[number].deliverable(key).title)
    return str(FIELD_NAMES.get(change.field, change.field))


def _value(change: Change, value: Any) -> str:
    if not change.field:
        return _whole(value)
    if value is None or value in ("", []):
        return NOTHING
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if change.field in AMOUNTS:
        return number(value, 6)
    if change.field in WORDS and value in WORDS[change.field]:
        return gettext(str(WORDS[change.field][value]))
    if isinstance(value, Mapping):
        return str(in_language(value.get("names", value)))
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)
    return str(in_language(value))


def _whole(record: Mapping[str, Any]) -> str:
    """A record that came or went, by what it says first."""
    for key in ("title", "amount", "hours", "text", "sha256"):
        if record.get(key):
            return str(record[key])
    return ""
