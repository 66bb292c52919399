"""What every service of this room begins and ends with: hold the audit, compare, set, say what happened."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import F
from django.utils.translation import override

from audits.options.models import Option
from audits.options.policies import rows_open_to, situation
from audits.options.rules import OPTION_STATUS_LABELS, OptionStatus, cost_class
from audits.options.rules.transitions import OptionAction, OptionTransition, fitting, why_not
from audits.workflow.models import Audit
from audits.workflow.rules.transitions import StageStatus
from cpaudit.accounts.models import User
from cpaudit.rulebook.errors import Invalid, Refused, Stale
from cpaudit.rulebook.findings import _
from cpaudit.trail.models import Event
from cpaudit.trail.selectors import line_of
from cpaudit.trail.services import record

STAGE_OF_CLASSES = 4
"""The stage whose completion freezes the cost classes (manual, step 4.2)."""


@dataclass(frozen=True, slots=True)
class Held:
    """An option as it is now, its audit held still for the transaction, and the row of the table that applies."""

    option: Option
    audit: Audit
    row: OptionTransition


def hold_audit(audit_id: int) -> Audit:
    """The audit as it is now, held until the transaction ends: nobody files or approves it in between.

    On SQLite a writing transaction has the whole database for itself, and the lock is nothing more.
    """
    return (
        Audit.objects.select_for_update(of=("self",), no_key=True)
        .select_related("enterprise__body__region", "consultancy", "authority")
        .get(pk=audit_id)
    )


def hold(option: Option, action: OptionAction, *, version: int | None, by: User) -> Held:
    """Policy, then the table, on the rows as they are now. `version` is the one the person saw.

    None where nothing can be overruled: a file is added to whatever is there.
    """
    audit = hold_audit(option.audit_id)
    rows = rows_open_to(action, by, audit)
    now = Option.objects.filter(pk=option.pk).first()
    if now is None or version not in (None, now.version):
        raise what_happened_meanwhile(option, now)
    now.audit = audit
    row = fitting(rows, situation(now, audit))
    if row is None:
        raise Refused(_("This cannot be done with the option as it is."), why_not(rows, situation(now, audit)))
    return Held(now, audit, row)


def what_happened_meanwhile(option: Option, now: Option | None) -> Stale:
    """The refusal for whoever came second: the last thing that happened to the option."""
    last = Event.objects.filter(thing_kind=Audit._meta.label_lower, thing_id=option.audit_id, part=option.part).last()
    if now is None:
        return Stale(_("Nothing was changed: the option %(code)s has been removed."), code=option.code)
    return Stale(
        _("Nothing was changed: somebody was faster. Last: %(last)s"), last=line_of(last).sentence if last else ""
    )


def write(held: Held, changes: Mapping[str, Any]) -> Option:
    """The one conditional UPDATE: only the version and status that were looked at; `Stale` otherwise."""
    option = held.option
    values = {"status": held.row.target or option.status, **changes}
    written = Option.objects.filter(pk=option.pk, version=option.version, status=option.status).update(
        version=F("version") + 1, **values
    )
    if not written:
        raise what_happened_meanwhile(option, Option.objects.filter(pk=option.pk).first())
    option.refresh_from_db(fields=[*values, "version"])
    return option


def tell(held: Held, verb: str, *, by: User | None, at: dt.datetime, **facts: Any) -> None:
    """One event on the audit's timeline, under the option's part."""
    option = held.option
    record(verb=verb, thing=held.audit, by=by, at=at, part=option.part, facts={"option": str(option), **facts})


def need_reason(row: OptionTransition, field: str, reason: str) -> str:
    """The reason without blanks around it; `Invalid` where the table asks for one and there is none."""
    if row.reason and not reason.strip():
        raise Invalid(_("Something is missing."), {field: [_("Say why; everybody reads it.")]})
    return reason.strip()


def classes_are_frozen(audit: Audit) -> bool:
    """Is the stage completed that decides the classes?"""
    return audit.stages.filter(number=STAGE_OF_CLASSES, status=StageStatus.COMPLETED).exists()


def class_of(audit: Audit, option: Option) -> str:
    """The cost class by planned investment and the audit's limits; "" where unknown or in another currency."""
    if option.currency != audit.currency:
        return ""
    return cost_class(option.planned_investment, audit.cost_low_max, audit.cost_medium_max) or ""


def changed_fields(option: Option, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Those of `fields` whose value differs from the option's."""
    return {name: value for name, value in fields.items() if getattr(option, name) != value}


def names_of(fields: Iterable[str]) -> dict[str, str]:
    """The fields' names in both languages, for the timeline."""
    labels = {field.name: field.verbose_name for field in Option._meta.fields}
    names = {}
    for key, language in (("en", "en"), ("zh", "zh-hans")):
        with override(language):
            names[key] = ", ".join(str(labels[name]) for name in fields)
    return names


def before_and_after(option: Option, fields: Mapping[str, Any]) -> dict[str, list[str]]:
    """Old and new value of each field as text, for the record."""
    return {name: [_text(getattr(option, name)), _text(value)] for name, value in fields.items()}


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def status_word(status: OptionStatus | str) -> dict[str, str]:
    """A status as the timeline keeps it, to be read in the reader's language."""
    return {"msgid": OPTION_STATUS_LABELS[OptionStatus(status)]}
