"""Levels of registration and how long each is valid (Items 8, 18). Pure."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from cpaudit.rulebook.periods import add_years
from cpaudit.rulebook.rulesets import RuleSet


class Level(StrEnum):
    """Associate < auditor < principal (Item 8); each level includes the lower ones."""

    ASSOCIATE = "associate"
    AUDITOR = "auditor"
    PRINCIPAL = "principal"


def valid_until(level: Level | str, approved_on: dt.date, rules: RuleSet) -> dt.date:
    """The last day (inclusive) of a registration approved on that day."""
    return add_years(approved_on, rules.integer(f"validity_{level}_y"))
