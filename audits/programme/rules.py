"""Why an audit is compulsory, and the deadlines that count from the publication of the list. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from cpaudit.rulebook.findings import _
from cpaudit.rulebook.periods import add_months
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
    """The deadlines of an enterprise on a list published that day."""
    return Deadlines(
        disclose_by=add_months(published_on, rules.integer("deadline_disclosure_m")),
        start_by=add_months(published_on, rules.integer("deadline_start_m")),
        report_by=add_months(published_on, rules.integer("deadline_report_m")),
    )
