"""What a report prints, as plain shapes in the reader's language. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from audits.options.rules.money import Brief, Totals
from cpaudit.rulebook.findings import Finding
from cpaudit.web.charts import Figure


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """One stage of the audit as a chapter of the report."""

    number: int
    name: str
    other_name: str
    purpose: str
    started_on: dt.date | None
    finished_on: dt.date | None
    sections: Sequence[Section]
    deliverables: Sequence[tuple[str, str, bool]]
    hours: Sequence[tuple[str, Decimal]]

    @property
    def total_hours(self) -> Decimal:
        return sum((hours for _name, hours in self.hours), Decimal(0))


@dataclass(frozen=True, slots=True)
class Member:
    place: int
    name: str
    other_name: str
    leads: bool
    role: str
    external: bool
    level: str
    certificate_no: str
    valid_from: dt.date | None
    valid_until: dt.date | None
    ended_on: dt.date | None
    duty: str
    guide: str
    left_on: dt.date | None
    hours: Decimal


@dataclass(frozen=True, slots=True)
class EffectLine:
    """One effect of an option, or of all of them: expected and measured in the metric's base unit."""

    name: str
    unit: str
    expected: Decimal | None
    measured: Decimal | None


@dataclass(frozen=True, slots=True)
class OptionLine:
    code: str
    title: str
    description: str
    aspect: str
    cost_class: str
    cost_class_label: str
    status: str
    status_label: str
    reason: str
    currency: str
    planned: Brief
    actual: Brief
    responsible: str
    due_on: dt.date | None
    implemented_on: dt.date | None
    progress: int
    effects: Sequence[EffectLine]


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the course of the audit."""

    on: dt.date
    what: str
    who: str = ""
    comment: str = ""


@dataclass(frozen=True, slots=True)
class SignatureLine:
    name: str
    level: str
    certificate_no: str
    at: dt.datetime
    content_hash: str
    holds: bool


@dataclass(frozen=True, slots=True)
class Book:
    """Everything a report prints."""

    number: str
    year: int
    title: str
    other_title: str
    kind: str
    authority: str
    auditing: str
    auditing_registration_no: str
    self_audit: bool
    enterprise: Sequence[tuple[str, Any]]
    listing: Sequence[tuple[str, Any]]
    thresholds: Mapping[str, Any]
    team: Sequence[Member]
    chapters: Sequence[Chapter]
    years: Sequence[int]
    figures: Sequence[tuple[str, str, Sequence[Decimal | None]]]
    options: Sequence[OptionLine]
    totals: Sequence[Totals]
    effects: Sequence[EffectLine]
    chart: Figure | None
    findings: Sequence[Finding]
    course: Sequence[Step]
    signatures: Sequence[SignatureLine]
    files: Sequence[Mapping[str, Any]]

    @property
    def leaders(self) -> list[Member]:
        return [member for member in self.team if member.leads and not member.left_on]

    @property
    def signers(self) -> list[SignatureLine]:
        return [signature for signature in self.signatures if signature.holds]

    @property
    def overall(self) -> list[Totals]:
        """One row for each currency, all classes together."""
        return [row for row in self.totals if row.cost_class is None]

    @property
    def implemented(self) -> int:
        return sum(option.status == "implemented" for option in self.options)

    @property
    def going_on(self) -> int:
        return sum(option.status != "screened_out" for option in self.options)
