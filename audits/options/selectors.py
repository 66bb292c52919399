"""Reading options: money and totals, effects side by side, what happened, what waits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, QuerySet

from audits.options.models import EffectKind, Option, OptionEffect, OptionQuerySet
from audits.options.rules import COST_CLASS_LABELS, OPTION_STATUS_LABELS, CostClass, OptionStatus
from audits.options.rules.money import Brief, MoneyLine, Totals, attainment, economics_brief, totals_by_class
from audits.options.rules.results import (
    Results,
    benefit_is_not_below_zero,
    class_fits_the_investment,
    implemented_option_shows_its_results,
)
from audits.workflow.models import Audit
from audits.workflow.rules.facts import OptionFacts
from audits.workflow.rules.transitions import ENDED
from cpaudit.accounts.models import User
from cpaudit.accounts.roles import BodyKind
from cpaudit.documents.models import StoredFile
from cpaudit.reference.models import Metric
from cpaudit.rulebook.findings import Finding
from cpaudit.trail.models import Event
from cpaudit.trail.selectors import Line, line_of

MONEY = ("planned_investment", "planned_benefit", "actual_investment", "actual_benefit")


def option_facts(audit: Audit) -> list[OptionFacts]:
    """What the gates look at, in the order of the codes; one query."""
    return [option.facts() for option in audit.options.for_facts()]


# --- Money ----------------------------------------------------------------------------------------------------------
def totals_of(options: OptionQuerySet) -> list[Totals]:
    """Totals by currency and class of any selection of options; one query.

    Added in Python: SQLite has no decimals of its own, and its SUM would go through floats.
    """
    rows = options.order_by().values_list("status", "cost_class", "currency", *MONEY)
    return totals_by_class(MoneyLine(*row) for row in rows)


@dataclass(frozen=True, slots=True)
class Count:
    """How many options have a status or class; `label` is a msgid."""

    value: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Summary:
    """The options of one audit at a glance. `wholes`: the totals over all classes, one for each currency."""

    count: int
    by_status: list[Count]
    by_class: list[Count]
    wholes: list[Totals]
    overdue: int


def summary_for(audit: Audit, *, on: dt.date) -> Summary:
    """Counts by status and class, money planned and actual, and how many are overdue; two queries."""
    rows = list(audit.options.order_by().values_list("status", "cost_class", "currency", *MONEY))
    return Summary(
        count=len(rows),
        by_status=[
            Count(status, label, number)
            for status, label in OPTION_STATUS_LABELS.items()
            if (number := sum(row[0] == status for row in rows))
        ],
        by_class=[
            Count(cost_class, label, number)
            for cost_class, label in COST_CLASS_LABELS.items()
            if (number := sum(row[1] == cost_class for row in rows))
        ],
        wholes=[total for total in totals_by_class(MoneyLine(*row) for row in rows) if total.cost_class is None],
        overdue=audit.options.overdue(on=on).count(),
    )


@dataclass(frozen=True, slots=True)
class Economics:
    """Planned and actual economics of one option, side by side, with what was attained of the plan."""

    planned: Brief
    actual: Brief
    investment_attainment: Decimal | None
    benefit_attainment: Decimal | None


def economics_of(option: Option) -> Economics:
    return Economics(
        planned=economics_brief(option.planned_investment, option.planned_benefit),
        actual=economics_brief(option.actual_investment, option.actual_benefit),
        investment_attainment=attainment(option.planned_investment, option.actual_investment),
        benefit_attainment=attainment(option.planned_benefit, option.actual_benefit),
    )


# --- Effects --------------------------------------------------------------------------------------------------------
@dataclass(slots=True)
class EffectPair:
    """One metric: what was expected and what was measured, both in its base unit, a year."""

    metric: Metric
    expected: OptionEffect | None = None
    measured: OptionEffect | None = None

    @property
    def attainment(self) -> Decimal | None:
        if self.expected is None or self.measured is None:
            return None
        return attainment(self.expected.amount, self.measured.amount)


def effects_side_by_side(option: Option) -> list[EffectPair]:
    """A row for each metric that has an effect, in the order of the metrics; one query (two where prefetched)."""
    pairs: dict[int, EffectPair] = {}
    effects = option.effects.all()
    if "effects" not in getattr(option, "_prefetched_objects_cache", {}):
        effects = effects.select_related("metric")
    for effect in effects:
        pair = pairs.setdefault(effect.metric_id, EffectPair(effect.metric))
        if effect.kind == EffectKind.EXPECTED:
            pair.expected = effect
        else:
            pair.measured = effect
    return sorted(pairs.values(), key=lambda pair: (pair.metric.position, pair.metric.code))


# --- What stands beside an option -----------------------------------------------------------------------------------
def files_of(option: Option) -> QuerySet[StoredFile]:
    """Its evidence, oldest first."""
    return StoredFile.objects.about(option.audit).filter(part=option.part).select_related("uploaded_by")


def history_of(option: Option) -> list[Line]:
    """What happened to it, oldest first; one query. A removed option that had the same code is another one."""
    events = list(Event.objects.about(option.audit).filter(part=option.part))
    removed = [place for place, event in enumerate(events) if event.verb == "option.removed"]
    return [line_of(event) for event in events[removed[-1] + 1 if removed else 0 :]]


def findings_about(option: Option, files: Sequence[object], *, today: dt.date) -> list[Finding]:
    """What the rules say of the option's records as they are; only what is worth saying now.

    `option.effects` and the audit's limits are read; `files` is its evidence.
    """
    limits = {"low_max": option.audit.cost_low_max, "medium_max": option.audit.cost_medium_max}
    found = benefit_is_not_below_zero(option.planned_benefit)
    if option.currency == option.audit.currency:
        found += class_fits_the_investment(option.cost_class, option.planned_investment, **limits)
    if option.status == OptionStatus.IMPLEMENTED:
        results = Results(
            cost_class=option.cost_class,
            actual_investment=option.actual_investment,
            actual_benefit=option.actual_benefit,
            has_measured_effect=any(effect.kind == EffectKind.MEASURED for effect in option.effects.all()),
            has_evidence=bool(files),
            implemented_on=option.implemented_on,
        )
        found += implemented_option_shows_its_results(results, today=today, **limits)
    return found


# --- Over all audits ------------------------------------------------------------------------------------------------
def options_to_follow(user: User, *, on: dt.date) -> OptionQuerySet:
    """What the reader follows over all audits: an enterprise what it has to carry out, everybody else what is late.

    Sorted by due date, the most pressing first, those without one last.
    """
    seen = Option.objects.visible_to(user).with_names().order_by(F("due_on").asc(nulls_last=True), "pk")
    if user.body is not None and user.body.kind == BodyKind.ENTERPRISE:
        return seen.carried_out().exclude(audit__status__in=ENDED)
    return seen.overdue(on=on)


def class_label(value: CostClass | str | None) -> str:
    """The msgid of a cost class, "" where it is not known."""
    return COST_CLASS_LABELS[CostClass(value)] if value else ""
