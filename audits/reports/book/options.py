"""Options, their money and their effects as a report prints them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from audits.options.rules import ASPECT_LABELS, COST_CLASS_LABELS, OPTION_STATUS_LABELS, CostClass
from audits.options.rules.money import MoneyLine, Totals, economics_brief
from audits.reports.book.shapes import EffectLine, OptionLine
from audits.reports.book.values import amount_of, date_of
from cpaudit.web.charts import Figure, Series, bars
from cpaudit.web.words import in_language


def option_line(option: Mapping[str, Any]) -> OptionLine:
    return OptionLine(
        code=option["code"],
        title=option["title"],
        description=option["description"],
        aspect=_(ASPECT_LABELS[option["aspect"]]) if option["aspect"] else "",
        cost_class=option["cost_class"],
        cost_class_label=_(COST_CLASS_LABELS[option["cost_class"]]) if option["cost_class"] else "",
        status=option["status"],
        status_label=_(OPTION_STATUS_LABELS[option["status"]]),
        reason=option["abandoned_reason"] or option["screening_reason"],
        currency=option["currency"],
        planned=economics_brief(amount_of(option["planned_investment"]), amount_of(option["planned_benefit"])),
        actual=economics_brief(amount_of(option["actual_investment"]), amount_of(option["actual_benefit"])),
        responsible=option["responsible"],
        due_on=date_of(option["due_on"]),
        implemented_on=date_of(option["implemented_on"]),
        progress=option["progress"],
        effects=_effect_lines(option["effects"]),
    )


def money_line(option: Mapping[str, Any]) -> MoneyLine:
    amounts = ("planned_investment", "planned_benefit", "actual_investment", "actual_benefit")
    return MoneyLine(
        option["status"], option["cost_class"], option["currency"], **{key: amount_of(option[key]) for key in amounts}
    )


def _effect_lines(effects: Iterable[Mapping[str, Any]]) -> list[EffectLine]:
    """One line for each metric, expected and measured added up apart; in the metrics' own order."""
    sums: dict[str, dict[str, Decimal]] = defaultdict(dict)
    metrics: dict[str, Mapping[str, Any]] = {}
    for effect in effects:
        metric = effect["metric"]
        metrics[metric["code"]] = metric
        kinds = sums[metric["code"]]
        kinds[effect["kind"]] = kinds.get(effect["kind"], Decimal(0)) + Decimal(effect["amount"])
    ordered = sorted(metrics.values(), key=lambda metric: (metric["position"], metric["code"]))
    return [
        EffectLine(
            in_language(metric["names"]),
            metric["unit"],
            sums[metric["code"]].get("expected"),
            sums[metric["code"]].get("measured"),
        )
        for metric in ordered
    ]


def sum_of_effects(options: Sequence[Mapping[str, Any]]) -> list[EffectLine]:
    return _effect_lines(
        effect for option in options if option["status"] != "screened_out" for effect in option["effects"]
    )


def chart_of(totals: Sequence[Totals], currency: str) -> Figure | None:
    """Investment and yearly benefit by cost class, in the audit's own currency."""
    rows = {row.cost_class: row for row in totals if row.currency == currency and row.cost_class}
    if not rows:
        return None
    classes = [each for each in CostClass if each in rows]
    if not classes:
        return None
    planned = [
        Series(_("Planned investment"), [rows[each].planned_investment.amount for each in classes]),
        Series(_("Planned benefit"), [rows[each].planned_benefit.amount for each in classes]),
    ]
    actual = [
        Series(_("Actual investment"), [rows[each].actual_investment.amount for each in classes]),
        Series(_("Actual benefit"), [rows[each].actual_benefit.amount for each in classes]),
    ]
    known = any(value is not None for series in actual for value in series.values)
    return bars(
        _("Investment and yearly benefit by cost class"),
        [_(COST_CLASS_LABELS[each]) for each in classes],
        planned + actual if known else planned,
        unit=currency,
        category_label=_("Cost class"),
    )
