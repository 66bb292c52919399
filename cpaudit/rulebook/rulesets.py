"""Rule sets with an effective range, and their parameters as dated data read from the TOML files beside this module."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Parameter:
    """One tunable number: its value, the article it comes from, and how it is compared (``>`` is strict)."""

    key: str
    value: Any
    article: str
    comparison: str
    meaning: str


@dataclass(frozen=True, slots=True)
class RuleSet:
    """The law as it stood from `effective_from` to `effective_to` (inclusive; None: still in force)."""

    id: str
    title: str
    effective_from: dt.date
    effective_to: dt.date | None
    note: str
    parameters: Mapping[str, Parameter]

    def covers(self, on: dt.date) -> bool:
        return self.effective_from <= on and (self.effective_to is None or on <= self.effective_to)

    def number(self, key: str) -> Decimal:
        return Decimal(self.parameters[key].value)

    def integer(self, key: str) -> int:
        return int(self.parameters[key].value)

    def choice(self, key: str) -> str:
        return str(self.parameters[key].value)

    def choices(self, key: str) -> frozenset[str]:
        return frozenset(self.parameters[key].value)

    def article(self, key: str) -> str:
        return self.parameters[key].article


@cache
def all_rule_sets() -> tuple[RuleSet, ...]:
    """Every rule set shipped, oldest first."""
    files = sorted(Path(__file__).parent.glob("*.toml"))
    sets = [_read(tomllib.loads(file.read_text("utf-8"))) for file in files]
    return tuple(sorted(sets, key=lambda rule_set: rule_set.effective_from))


def rule_set(rule_set_id: str) -> RuleSet:
    """The rule set of that id; KeyError where there is none."""
    return {each.id: each for each in all_rule_sets()}[rule_set_id]


def rule_set_on(day: dt.date) -> RuleSet:
    """The rule set in force on `day`: the latest that covers it, else the earliest known (the built-in default)."""
    covering = [each for each in all_rule_sets() if each.covers(day)]
    return covering[-1] if covering else all_rule_sets()[0]


def _read(data: Mapping[str, Any]) -> RuleSet:
    return RuleSet(
        id=data["id"],
        title=data["title"],
        effective_from=data["effective_from"],
        effective_to=data.get("effective_to"),
        note=data.get("note", ""),
        parameters={key: Parameter(key=key, **fields) for key, fields in data["parameters"].items()},
    )
