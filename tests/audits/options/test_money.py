"""Payback, ratio, attainment, totals: worked values, edges, and properties that must hold for any amounts."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audits.options.rules import CostClass, OptionStatus, cost_class
from audits.options.rules.money import (
    AT_ONCE,
    NEVER,
    UNKNOWN,
    MoneyLine,
    attainment,
    economics_brief,
    totals_by_class,
)

D = Decimal


@pytest.mark.parametrize(
    ("investment", "benefit", "payback", "ratio", "note"),
    [
        ("150", "40", "3.75", "0.2666666667", ""),
        ("100", "390", "0.2564102564", "3.9", ""),
        ("0", "500", "0", None, AT_ONCE),
        ("100", "0", None, "0", NEVER),
        ("100", "-20", None, "-0.2", NEVER),
        ("0", "-20", None, None, NEVER),
        ("0", "0", None, None, NEVER),
        (None, "40", None, None, UNKNOWN),
        ("40", None, None, None, UNKNOWN),
    ],
)
def test_brief(investment: str | None, benefit: str | None, payback: str | None, ratio: str | None, note: str) -> None:
    brief = economics_brief(*(None if text is None else D(text) for text in (investment, benefit)))
    for value, wanted in ((brief.payback_years, payback), (brief.ratio, ratio)):
        assert (value is None) == (wanted is None)
        if value is not None:
            assert round(value, 10) == D(wanted)
    assert brief.note == note


@pytest.mark.parametrize(
    ("planned", "actual", "share"),
    [
        ("200", "150", "0.75"), ("200", "0", "0"), ("200", "-50", "-0.25"), ("0", "10", None), ("-5", "10", None),
        (None, "10", None), ("10", None, None),
    ],
)  # fmt: skip
def test_attainment(planned: str | None, actual: str | None, share: str | None) -> None:
    found = attainment(*(None if text is None else D(text) for text in (planned, actual)))
    assert found == (None if share is None else D(share))


@pytest.mark.parametrize(
    ("investment", "expected"),
    [
        (None, None), ("0", "no"), ("0.01", "low"), ("50000", "low"), ("50000.01", "medium"),
        ("500000", "medium"), ("500000.01", "high"),
    ],
)  # fmt: skip
def test_cost_class_limits_are_inclusive(investment: str | None, expected: str | None) -> None:
    found = cost_class(None if investment is None else D(investment), D(50_000), D(500_000))
    assert found == expected


amounts = st.none() | st.decimals(min_value=0, max_value=10**14, places=2)
benefits = st.none() | st.decimals(min_value=-(10**14), max_value=10**14, places=2)
lines = st.lists(
    st.builds(
        MoneyLine,
        status=st.sampled_from(list(OptionStatus)),
        cost_class=st.sampled_from(["", *CostClass]),
        currency=st.sampled_from(["CNY", "USD", "EUR"]),
        planned_investment=amounts,
        planned_benefit=benefits,
        actual_investment=amounts,
        actual_benefit=benefits,
    ),
    max_size=12,
)
# How long a draw takes says something about the machine, not about the sums.
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
COLUMNS = ["planned_investment", "planned_benefit", "actual_investment", "actual_benefit"]


@unhurried
@given(lines)
def test_totals_are_the_exact_sums_of_their_own_currency_and_class(given_lines: list[MoneyLine]) -> None:
    counted = [line for line in given_lines if line.status != OptionStatus.SCREENED_OUT]
    totals = totals_by_class(given_lines)
    assert len({(row.currency, row.cost_class) for row in totals}) == len(totals)
    for row in totals:
        inside = [
            line
            for line in counted
            if line.currency == row.currency and (row.cost_class is None or line.cost_class == row.cost_class)
        ]
        assert row.count == len(inside) > 0
        for column in COLUMNS:
            known = [amount for line in inside if (amount := getattr(line, column)) is not None]
            found = getattr(row, column)
            assert (found.known, found.missing) == (len(known), len(inside) - len(known))
            if known:
                assert Fraction(found.amount) == sum(map(Fraction, known))
            else:
                assert found.amount is None


@unhurried
@given(lines)
def test_classes_add_up_to_the_whole_of_each_currency(given_lines: list[MoneyLine]) -> None:
    totals = totals_by_class(given_lines)
    for whole in (row for row in totals if row.cost_class is None):
        parts = [row for row in totals if row.currency == whole.currency and row.cost_class is not None]
        assert sum(row.count for row in parts) == whole.count
        for column in COLUMNS:
            amounts_of_parts = [getattr(row, column).amount or D(0) for row in parts]
            assert sum(map(Fraction, amounts_of_parts)) == Fraction(getattr(whole, column).amount or 0)


@unhurried
@given(lines, st.randoms())
def test_the_order_of_the_options_does_not_matter(given_lines: list[MoneyLine], random: object) -> None:
    shuffled = list(given_lines)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert totals_by_class(shuffled) == totals_by_class(given_lines)


def test_rows_come_by_currency_and_class_with_the_whole_last() -> None:
    rows = totals_by_class(
        MoneyLine(OptionStatus.PROPOSED, cost_class, currency)
        for currency in ("USD", "CNY")
        for cost_class in ("", "high", "no")
    )
    assert [(row.currency, row.cost_class) for row in rows] == [
        ("CNY", "no"), ("CNY", "high"), ("CNY", ""), ("CNY", None),
        ("USD", "no"), ("USD", "high"), ("USD", ""), ("USD", None),
    ]  # fmt: skip


def test_what_was_screened_out_is_in_no_total() -> None:
    assert totals_by_class([MoneyLine(OptionStatus.SCREENED_OUT, "low", "CNY", D(5))]) == []


def test_planned_and_actual_of_a_class_are_compared() -> None:
    (row, _whole) = totals_by_class(
        [
            MoneyLine(OptionStatus.IMPLEMENTED, "low", "CNY", D(100), D(200), D(80), D(210)),
            MoneyLine(OptionStatus.APPROVED, "low", "CNY", D(60), D(40)),
        ]
    )
    assert (row.implemented, row.count) == (1, 2)
    assert row.investment_attainment == D("0.5")
    assert row.benefit_attainment == D("0.875")
    assert row.actual_investment.missing == 1
    assert row.planned.ratio == D("1.5")
