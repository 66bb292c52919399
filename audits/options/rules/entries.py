"""What may be written into an option, field by field. Pure: returns the sentences of what does not fit."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from audits.options.rules import Aspect
from cpaudit.rulebook.findings import _

WRITABLE = frozenset(
    {
        "title", "description", "aspect", "other_aspects", "planned_investment", "planned_benefit", "responsible",
        "due_on",
    }
)  # fmt: skip
"""What the auditing side writes. Code and currency are given once; class, status and results follow from acts."""

MONEY_LIMIT = Decimal(10) ** 16
TITLE_LENGTH = 200
RESPONSIBLE_LENGTH = 120


def problems_of(fields: Mapping[str, Any]) -> dict[str, list[str]]:
    """Every field of an option that does not fit, with its sentences; empty where all fit."""
    problems: dict[str, list[str]] = {}
    for name, value in fields.items():
        sentence = _problem_of(name, value)
        if sentence:
            problems[name] = [sentence]
    main = fields.get("aspect")
    if main and main in (fields.get("other_aspects") or []):
        problems.setdefault("other_aspects", []).append(_("The main aspect is not one of the other aspects."))
    return problems


def _problem_of(name: str, value: Any) -> str:
    match name:
        case "title":
            if not str(value).strip():
                return _("Give the option a title.")
            return _("This is too long.") if len(value) > TITLE_LENGTH else ""
        case "responsible":
            return _("This is too long.") if len(value) > RESPONSIBLE_LENGTH else ""
        case "aspect":
            return "" if value == "" or value in set(Aspect) else _("Choose one of the eight aspects.")
        case "other_aspects":
            known = isinstance(value, list) and all(each in set(Aspect) for each in value)
            return "" if known and len(set(value)) == len(value) else _("Choose some of the eight aspects, each once.")
        case "planned_investment" | "actual_investment":
            return investment_problem(value)
        case "planned_benefit" | "actual_benefit":
            return money_problem(value)
    return ""


def money_problem(amount: Decimal | None) -> str:
    """What is wrong with an amount of money, "" if nothing. It may be below zero and have two decimals."""
    if amount is None:
        return ""
    if not amount.is_finite() or abs(amount) >= MONEY_LIMIT:
        return _("This amount cannot be right.")
    return "" if amount == round(amount, 2) else _("Amounts have at most two decimals.")


def investment_problem(amount: Decimal | None) -> str:
    """As `money_problem`; an investment is not below zero."""
    if amount is not None and amount.is_finite() and amount < 0:
        return _("An investment is not below zero.")
    return money_problem(amount)
