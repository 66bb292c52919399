"""The words options are described in: aspects, cost classes, statuses. Pure.

Beside it: `transitions` (who may do what when), `money` (payback, ratio, totals), `results` (what a finished option
must show), `codes` (numbering).
"""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from cpaudit.rulebook.findings import _


class Aspect(StrEnum):
    """The eight aspects under which waste is explained and options are found (manual, steps 3.4 and 4.1)."""

    MATERIALS = "materials"
    TECHNOLOGY = "technology"
    EQUIPMENT = "equipment"
    CONTROL = "control"
    MANAGEMENT = "management"
    EMPLOYEES = "employees"
    PRODUCT = "product"
    WASTE = "waste"


ASPECT_LABELS: dict[Aspect, str] = {
    Aspect.MATERIALS: _("Raw and auxiliary materials and energy"),
    Aspect.TECHNOLOGY: _("Technology"),
    Aspect.EQUIPMENT: _("Equipment"),
    Aspect.CONTROL: _("Process control"),
    Aspect.MANAGEMENT: _("Management"),
    Aspect.EMPLOYEES: _("Employees"),
    Aspect.PRODUCT: _("Product"),
    Aspect.WASTE: _("Waste"),
}


class CostClass(StrEnum):
    NO = "no"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


COST_CLASS_LABELS: dict[CostClass, str] = {
    CostClass.NO: _("No cost"),
    CostClass.LOW: _("Low cost"),
    CostClass.MEDIUM: _("Medium cost"),
    CostClass.HIGH: _("High cost"),
}
NO_LOW = frozenset({CostClass.NO, CostClass.LOW})
MEDIUM_HIGH = frozenset({CostClass.MEDIUM, CostClass.HIGH})


def cost_class(investment: Decimal | None, low_max: Decimal, medium_max: Decimal) -> CostClass | None:
    """The class of an investment (same currency as the limits; limits inclusive). None: investment not known."""
    if investment is None:
        return None
    if investment <= 0:
        return CostClass.NO
    if investment <= low_max:
        return CostClass.LOW
    return CostClass.MEDIUM if investment <= medium_max else CostClass.HIGH


class OptionStatus(StrEnum):
    PROPOSED = "proposed"
    SCREENED_OUT = "screened_out"
    FEASIBLE = "feasible"
    APPROVED = "approved"
    IN_PROGRESS = "in_progress"
    IMPLEMENTED = "implemented"
    ABANDONED = "abandoned"


OPTION_STATUS_LABELS: dict[OptionStatus, str] = {
    OptionStatus.PROPOSED: _("Proposed"),
    OptionStatus.SCREENED_OUT: _("Screened out"),
    OptionStatus.FEASIBLE: _("Feasible"),
    OptionStatus.APPROVED: _("Approved"),
    OptionStatus.IN_PROGRESS: _("In implementation"),
    OptionStatus.IMPLEMENTED: _("Implemented"),
    OptionStatus.ABANDONED: _("Abandoned"),
}
