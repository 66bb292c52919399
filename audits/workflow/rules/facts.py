"""The plain shape the gates look at: what is known of one audit on one day. Pure; made by `selectors.facts_for`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from audits.workflow.rules.transitions import StageStatus, Status
from cpaudit.rulebook.rulesets import RuleSet


@dataclass(frozen=True, slots=True)
class MemberFacts:
    """One present team member; level and validity of his registration that holds on the day, or None.

    Names are kept in both languages: a finding is frozen with the report and read by people of either.
    """

    pk: int
    names: Mapping[str, str]
    leader: bool
    level: str | None
    valid_until: dt.date | None
    guide_pk: int | None
    has_account: bool
    expired_level: str | None = None


@dataclass(frozen=True, slots=True)
class StageFacts:
    number: int
    status: StageStatus
    started_on: dt.date | None
    finished_on: dt.date | None
    due_on: dt.date | None
    sections: frozenset[str]
    deliverables: frozenset[str]
    hours: Decimal


@dataclass(frozen=True, slots=True)
class OptionFacts:
    """One option as the gates see it. `cost_class` and `status` are the values of `audits.options.rules`."""

    code: str
    title: str
    cost_class: str
    status: str
    screened: bool
    has_investment: bool
    has_benefit: bool
    has_measured_effect: bool
    has_evidence: bool
    has_plan: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything the gates may ask about one audit, as it stood on the day `on`."""

    on: dt.date
    rules: RuleSet
    status: Status
    members: tuple[MemberFacts, ...]
    stages: Mapping[int, StageFacts]
    fields_worked: frozenset[str]
    options: tuple[OptionFacts, ...]
    planned_end: dt.date | None
    consultancy: str | None
    operates_from: dt.date | None
    operates_until: dt.date | None = None
