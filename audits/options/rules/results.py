"""What the records of an option must show, as findings. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from audits.options.rules import COST_CLASS_LABELS, MEDIUM_HIGH, NO_LOW, CostClass, OptionStatus, cost_class
from cpaudit.rulebook.findings import Finding, Severity, _

ARTICLE = "Item 2; Manual, step 6.3"


@dataclass(frozen=True, slots=True)
class Results:
    """What is known of an option that is said to be carried out; money in the currency of the audit."""

    cost_class: CostClass | str | None
    actual_investment: Decimal | None
    actual_benefit: Decimal | None
    has_measured_effect: bool
    has_evidence: bool
    implemented_on: dt.date | None


def implemented_option_shows_its_results(
    results: Results, *, low_max: Decimal, medium_max: Decimal, today: dt.date
) -> list[Finding]:
    """A carried-out option states its day, what it cost and what it brought, and proves it (R-2).

    Evidence is asked by weight: a medium- or high-cost option without it is refused, a no- or low-cost one warned. An
    option whose class is not known is weighed by what it really cost.
    """
    weighs = results.cost_class or cost_class(results.actual_investment, low_max, medium_max)
    findings = [
        Finding(
            "R-2", ARTICLE, results.implemented_on is not None and results.implemented_on <= today,
            _("The day of implementation is stated and not in the future."),
            remedy=_("Give the day on which the option was in operation."),
        ),
        Finding(
            "R-2", ARTICLE, results.actual_investment is not None,
            _("The actual investment is stated."),
            remedy=_("Give what was really spent; 0 if nothing was."),
        ),
        Finding(
            "R-2", ARTICLE, results.actual_benefit is not None or results.has_measured_effect,
            _("The actual yearly benefit or at least one measured effect is stated."),
            remedy=_("Give the yearly benefit in money, or record a measured effect."),
        ),
        Finding(
            "R-2", ARTICLE, results.has_evidence,
            _("There is a file as evidence."),
            severity=Severity.BLOCK if weighs in MEDIUM_HIGH else Severity.WARN,
            remedy=_("Add an invoice, a measurement report, a photograph or the like."),
        ),
    ]  # fmt: skip
    return [*findings, *benefit_is_not_below_zero(results.actual_benefit)]


def benefit_is_not_below_zero(benefit: Decimal | None) -> list[Finding]:
    """A negative yearly benefit is possible (an option may cost more than it saves) and worth a second look."""
    if benefit is None or benefit >= 0:
        return []
    return [
        Finding(
            "R-2", "Manual, step 5.4", False,
            _("The yearly benefit is below zero: the option costs more than it saves."),
            Severity.WARN,
            remedy=_("Check the sign. If it is right, the effects should say what the option is for."),
        )
    ]  # fmt: skip


def class_fits_the_investment(
    frozen: CostClass | str | None, investment: Decimal | None, *, low_max: Decimal, medium_max: Decimal
) -> list[Finding]:
    """Once stage 4 is completed the class stays; an investment that would now belong elsewhere is shown."""
    now = cost_class(investment, low_max, medium_max)
    if not frozen or now is None or now == frozen:
        return []
    return [
        Finding(
            "R-5", "Manual, step 4.2", False,
            _("By its planned investment the option would be “%(now)s”; its class was frozen as “%(frozen)s”."),
            Severity.WARN,
            params={
                "now": {"msgid": COST_CLASS_LABELS[now]},
                "frozen": {"msgid": COST_CLASS_LABELS[CostClass(frozen)]},
            },
            remedy=_("The class is decided with stage 4; reopen that stage if it must change."),
        )
    ]  # fmt: skip


def begun_option_stays_cheap(status: OptionStatus | str, new_class: CostClass | str | None) -> list[Finding]:
    """What was begun before the approval because it costs little cannot be planned into a higher class (R-5)."""
    begun = status in {OptionStatus.IN_PROGRESS, OptionStatus.IMPLEMENTED}
    return [
        Finding(
            "R-5", "Item 5; Manual, step 6.2", not begun or new_class in NO_LOW,
            _("What is carried out before the approval is of no or low cost."),
            remedy=_("Keep the plan as it was; what it really cost is recorded as the actual investment."),
        )
    ]  # fmt: skip
