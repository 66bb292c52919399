"""Levels of registration and how long each is valid (Items 8, 18). Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from cpaudit.rulebook.findings import Finding, Severity, _
from cpaudit.rulebook.periods import add_years
from cpaudit.rulebook.rulesets import RuleSet


class Level(StrEnum):
    """Associate < auditor < principal (Item 8); each level includes the lower ones."""

    ASSOCIATE = "associate"
    AUDITOR = "auditor"
    PRINCIPAL = "principal"


LEVEL_LABELS: dict[Level, str] = {
    Level.ASSOCIATE: _("Associate auditor"),
    Level.AUDITOR: _("Auditor"),
    Level.PRINCIPAL: _("Principal auditor"),
}
RANKS: dict[str, int] = {level: rank for rank, level in enumerate(Level)}
EXPIRES_SOON_DAYS = 90


@dataclass(frozen=True, slots=True)
class Held:
    """A registration as the rules look at it. `ended_on` is the first day it no longer holds."""

    level: str
    certificate_no: str
    approved_on: dt.date
    valid_until: dt.date
    ended_on: dt.date | None

    def holds_on(self, day: dt.date) -> bool:
        return self.approved_on <= day <= self.valid_until and (self.ended_on is None or day < self.ended_on)


def valid_until(level: Level | str, approved_on: dt.date, rules: RuleSet) -> dt.date:
    """The last day (inclusive) of a registration approved on that day."""
    return add_years(approved_on, rules.integer(f"validity_{level}_y"))


def state_of(held: Held, *, on: dt.date) -> str:
    """`valid`, `expiring` (within 90 days), `expired`, `ended`, or `future` (approved later)."""
    if held.ended_on is not None and held.ended_on <= on:
        return "ended"
    if on > held.valid_until:
        return "expired"
    if on < held.approved_on:
        return "future"
    return "expiring" if (held.valid_until - on).days <= EXPIRES_SOON_DAYS else "valid"


# Which lower registration a level asks for on the day of approval, with the rule and the article that ask for it.
LOWER_LEVEL: dict[str, tuple[Level, str, str]] = {
    Level.AUDITOR: (Level.ASSOCIATE, "R-13", "Item 13(1)"),
    Level.PRINCIPAL: (Level.AUDITOR, "R-14", "Item 14(1)"),
}


def entry_findings(level: str, approved_on: dt.date, held: Iterable[Held], *, today: dt.date) -> list[Finding]:
    """What stands against entering a registration of that level and day beside those a person has; empty if nothing.

    The lower level that the Measures ask for is a warning only: what was registered before this system may be missing.
    """
    in_force = [one for one in held if one.holds_on(approved_on)]
    findings = []
    if approved_on > today:
        text = _("%(approved_on)s has not come: a registration is entered when it is approved.")
        findings.append(Finding("R-15", "Item 15", False, text, params={"approved_on": approved_on}))
    if higher := next((one for one in in_force if RANKS[one.level] > RANKS[level]), None):
        text = _("A higher registration (%(certificate)s) was in force on %(approved_on)s and includes this level.")
        params = {"certificate": higher.certificate_no, "approved_on": approved_on}
        remedy = _("Check the level and the day of approval.")
        findings.append(Finding("R-8", "Item 8", False, text, params=params, remedy=remedy))
    if level in LOWER_LEVEL:
        lower, rule, article = LOWER_LEVEL[level]
        if not any(RANKS[one.level] >= RANKS[lower] for one in in_force):
            text = _("No registration at the level below (%(lower)s) is on record for %(approved_on)s.")
            lower_params = {"lower": {"msgid": LEVEL_LABELS[lower]}, "approved_on": approved_on}
            remedy = _("Enter the earlier certificate, too, if there is one.")
            findings.append(
                Finding(rule, article, False, text, severity=Severity.WARN, params=lower_params, remedy=remedy)
            )
    return findings
