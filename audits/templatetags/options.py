"""How pages say what an option is, costs and brings."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import template
from django.utils import timezone
from django.utils.translation import gettext

from audits.options.models import Option
from audits.options.rules import COST_CLASS_LABELS, CostClass, OptionStatus
from audits.options.selectors import summary_for
from audits.templatetags.reports import payback
from audits.workflow.models import Audit
from cpaudit.reference.units import UNITS
from cpaudit.templatetags.ui import NOTHING, number
from cpaudit.web.words import reads_chinese

register = template.Library()
register.filter(payback)

OVER = frozenset({OptionStatus.SCREENED_OUT, OptionStatus.IMPLEMENTED, OptionStatus.ABANDONED})
"""Where a due date has nothing to say any more."""


@register.filter
def is_over(option: Option) -> bool:
    return option.status in OVER


@register.filter
def class_name(value: str) -> str:
    """The cost class in the reader's language."""
    return gettext(COST_CLASS_LABELS[CostClass(value)]) if value else gettext("Class not known")


@register.filter
def msg(label: str) -> str:
    """A label of a pure table in the reader's language."""
    return gettext(label)


@register.filter
def one_to(ratio: Decimal | None) -> str:
    """The input-output ratio, `1 : 3.9`; an en dash where it has no value."""
    return NOTHING if ratio is None else f"1 : {number(ratio, 1)}"


@register.filter
def in_unit(amount: Any, code: str) -> str:
    """An amount with its unit as people write it: `12,500 m³`, `1.25 10⁴ t`."""
    if amount is None or amount == "":
        return NOTHING
    unit = UNITS[code]
    return f"{number(amount, 6)}\u00a0{unit.name_zh if reads_chinese() else unit.name_en}"


@register.filter
def amount(value: Any) -> str:
    """An amount of money in a column that names the currency: `20,000`, and `20,000.10` where there are cents."""
    text = number(value, 2)
    _whole, dot, cents = text.partition(".")
    return f"{text}0" if dot and len(cents) == 1 else text


@register.inclusion_tag("audits/options/_summary.html")
def options_summary(audit: Audit) -> dict[str, Any]:
    """The options of an audit at a glance, for pages of rooms below this one: they may not ask it themselves."""
    return {"audit": audit, "options": summary_for(audit, on=timezone.localdate())}
