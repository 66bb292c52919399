"""Why an audit is compulsory, and the deadlines that count from the publication of the list. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from cpaudit.rulebook.findings import Finding, Severity, _
from cpaudit.rulebook.periods import add_months, add_years, next_working_day
from cpaudit.rulebook.rulesets import RuleSet


class Reason(StrEnum):
    """The classes of Art. 27 of the Promotion Law as amended in 2012."""

    OVER_STANDARD = "over_standard"
    OVER_TOTAL = "over_total"
    ENERGY = "energy"
    TOXIC = "toxic"


REASON_LABELS: dict[Reason, str] = {
    Reason.OVER_STANDARD: _("Discharges above the standard"),
    Reason.OVER_TOTAL: _("Discharges above the key-pollutant total"),
    Reason.ENERGY: _("Energy use above the unit-product limit"),
    Reason.TOXIC: _("Uses or discharges toxic or hazardous substances"),
}


@dataclass(frozen=True, slots=True)
class Deadlines:
    """The last day (inclusive) of each duty."""

    disclose_by: dt.date
    start_by: dt.date
    report_by: dt.date


def deadlines(published_on: dt.date, rules: RuleSet) -> Deadlines:
    """The deadlines of an enterprise on a list published that day: the corresponding day, or the next working day."""

    def within(parameter: str) -> dt.date:
        return next_working_day(add_months(published_on, rules.integer(parameter)), rules.choices("deadline_holidays"))

    return Deadlines(
        disclose_by=within("deadline_disclosure_m"),
        start_by=within("deadline_start_m"),
        report_by=within("deadline_report_m"),
    )


@dataclass(frozen=True, slots=True)
class Round:
    """An audit that was carried through: its number, and the day it was approved."""

    number: str
    ended_on: dt.date


def round_findings(last: Round | None, published_on: dt.date, rules: RuleSet) -> list[Finding]:
    """What the time since the last round says about listing an enterprise now: warnings, never a bar.

    Two rounds may be at most `round_years` apart, so an older one was overdue, and a younger one asks for a reason.
    """
    if last is None:
        return []
    due_by = add_years(last.ended_on, rules.integer("round_years"))
    params = {"audit": last.number, "ended_on": last.ended_on, "due_by": due_by, "years": rules.integer("round_years")}
    if published_on > due_by:
        text = _("The last audit (%(audit)s) ended on %(ended_on)s: the next one was due by %(due_by)s.")
        remedy = _("List it now; the deadlines count from the publication all the same.")
    else:
        text = _("The last audit (%(audit)s) ended on %(ended_on)s, less than %(years)s years ago.")
        remedy = _("List it again only for a new reason, and give it in the grounds.")
    article = rules.article("round_years")
    return [Finding("L-ROUND", article, False, text, severity=Severity.WARN, params=params, remedy=remedy)]
