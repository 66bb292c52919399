"""What an option costs and brings: payback, input-output ratio, totals, planned against actual. Pure, all in Decimal.

Amounts of different currencies are never added. What has no value is None, with a note saying why where a reader would
otherwise wonder (manual, step 5.4).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Context, Decimal

from audits.options.rules import CostClass, OptionStatus
from cpaudit.rulebook.findings import _

# Enough digits that a sum of any number of amounts of 18 digits is exact, and a quotient is exact beyond showing.
_EXACT = Context(prec=40)
NEVER = _("never: the yearly benefit is zero or below")
AT_ONCE = _("at once: nothing has to be invested")
UNKNOWN = _("not known yet")


@dataclass(frozen=True, slots=True)
class Brief:
    """The static economics of one option, or of many together.

    `payback_years`: investment / yearly benefit. `ratio`: the x of "1 : x", yearly benefit / investment. `note` says
    why a payback is None, or that it is zero; it is a msgid.
    """

    investment: Decimal | None
    benefit: Decimal | None
    payback_years: Decimal | None
    ratio: Decimal | None
    note: str = ""


def economics_brief(investment: Decimal | None, benefit: Decimal | None) -> Brief:
    """Payback and input-output ratio of an investment (>= 0) and a yearly benefit, both in one currency."""
    if investment is None or benefit is None:
        return Brief(investment, benefit, None, None, UNKNOWN)
    ratio = _EXACT.divide(benefit, investment) if investment > 0 else None
    if benefit <= 0:
        return Brief(investment, benefit, None, ratio, NEVER)
    if investment == 0:
        return Brief(investment, benefit, Decimal(0), ratio, AT_ONCE)
    return Brief(investment, benefit, _EXACT.divide(investment, benefit), ratio)


def attainment(planned: Decimal | None, actual: Decimal | None) -> Decimal | None:
    """The actual amount as a share of the planned one (1 = as planned).

    None where one is missing or the plan is not above zero: a share of nothing has no value, and a share of a planned
    loss would read as its opposite.
    """
    if planned is None or actual is None or planned <= 0:
        return None
    return _EXACT.divide(actual, planned)


@dataclass(frozen=True, slots=True)
class MoneyLine:
    """The money of one option, as the totals need it."""

    status: OptionStatus | str
    cost_class: CostClass | str
    currency: str
    planned_investment: Decimal | None = None
    planned_benefit: Decimal | None = None
    actual_investment: Decimal | None = None
    actual_benefit: Decimal | None = None


@dataclass(slots=True)
class Sum:
    """A sum that knows how many amounts it holds and how many were missing; `amount` is None while it holds none."""

    known: int = 0
    missing: int = 0
    amount: Decimal | None = None

    def add(self, amount: Decimal | None) -> None:
        if amount is None:
            self.missing += 1
        else:
            self.known += 1
            self.amount = amount if self.amount is None else _EXACT.add(self.amount, amount)


@dataclass(slots=True)
class Totals:
    """What the options of one class and one currency come to. `cost_class` None: all classes; "": class not known."""

    currency: str
    cost_class: CostClass | str | None
    count: int = 0
    implemented: int = 0
    planned_investment: Sum = field(default_factory=Sum)
    planned_benefit: Sum = field(default_factory=Sum)
    actual_investment: Sum = field(default_factory=Sum)
    actual_benefit: Sum = field(default_factory=Sum)

    def add(self, line: MoneyLine) -> None:
        self.count += 1
        self.implemented += line.status == OptionStatus.IMPLEMENTED
        self.planned_investment.add(line.planned_investment)
        self.planned_benefit.add(line.planned_benefit)
        self.actual_investment.add(line.actual_investment)
        self.actual_benefit.add(line.actual_benefit)

    @property
    def planned(self) -> Brief:
        return economics_brief(self.planned_investment.amount, self.planned_benefit.amount)

    @property
    def actual(self) -> Brief:
        return economics_brief(self.actual_investment.amount, self.actual_benefit.amount)

    @property
    def investment_attainment(self) -> Decimal | None:
        return attainment(self.planned_investment.amount, self.actual_investment.amount)

    @property
    def benefit_attainment(self) -> Decimal | None:
        return attainment(self.planned_benefit.amount, self.actual_benefit.amount)


def is_counted(status: OptionStatus | str) -> bool:
    """Does an option of this status belong into totals? What was screened out was never going to be carried out."""
    return status != OptionStatus.SCREENED_OUT


def totals_by_class(lines: Iterable[MoneyLine]) -> list[Totals]:
    """One row for each currency and class that occurs, then one for the whole currency; no row adds two currencies.

    Sorted by currency, then no, low, medium, high, class not known, all. Screened-out options are left out.
    """
    found: dict[tuple[str, CostClass | str | None], Totals] = {}
    for line in lines:
        if is_counted(line.status):
            for cost_class in (line.cost_class or "", None):
                key = (line.currency, cost_class)
                found.setdefault(key, Totals(line.currency, cost_class)).add(line)
    order: list[CostClass | str | None] = [*CostClass, "", None]
    return [found[key] for key in sorted(found, key=lambda key: (key[0], order.index(key[1])))]
