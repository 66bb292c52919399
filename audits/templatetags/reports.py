"""How a report writes what an option costs and brings."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django import template
from django.utils.translation import gettext, ngettext

from audits.options.rules import COST_CLASS_LABELS, CostClass
from audits.options.rules.money import Brief, Totals
from cpaudit.templatetags.ui import CURRENCY_NAMES_ZH, NOTHING, UNIT_SIGNS, day, number
from cpaudit.web.words import reads_chinese

register = template.Library()


@register.filter
def ratio(brief: Brief) -> str:
    """`1 : 3.9`, the yearly benefit that each unit invested brings; an en dash where nothing was invested."""
    return NOTHING if brief.ratio is None else f"1 : {number(brief.ratio, 1)}"


@register.filter
def payback(brief: Brief) -> str:
    """`2.6 years`, `at once`, `never`; an en dash where it is not known."""
    years = brief.payback_years
    if years is None:
        return gettext("never") if brief.benefit is not None and brief.benefit <= 0 else NOTHING
    if years == 0:
        return gettext("at once")
    if years < Decimal("0.1"):
        return gettext("%(days)s days") % {"days": number(years * 365, 0)}
    return ngettext("%(years)s year", "%(years)s years", 1 if years == 1 else 2) % {"years": number(years, 1)}


@register.filter
def unit(value: str) -> str:
    """A unit as people write it: `m³`; a currency in Chinese by its name."""
    if reads_chinese() and value in CURRENCY_NAMES_ZH:
        return CURRENCY_NAMES_ZH[value]
    return UNIT_SIGNS.get(value, value)


@register.filter
def class_label(row: Totals) -> str:
    """The cost class of a row of totals in words."""
    return gettext(COST_CLASS_LABELS[CostClass(row.cost_class)]) if row.cost_class else gettext("Class not known")


@register.filter
def fact(value: Any) -> Any:
    """A value of a list of facts: a day written out, nothing as an en dash."""
    if isinstance(value, dt.date):
        return day(value)
    return NOTHING if value in (None, "") else value
