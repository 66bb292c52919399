"""What a carried-out option must show, and how options are numbered. No database."""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal

import pytest

from audits.options.rules.codes import is_code, next_code
from audits.options.rules.results import (
    Results,
    benefit_is_not_below_zero,
    class_fits_the_investment,
    implemented_option_shows_its_results,
)
from cpaudit.rulebook.findings import blocking

D = Decimal
TODAY = dt.date(2026, 11, 21)
COMPLETE = Results("high", D(600_000), D(90_000), True, True, dt.date(2026, 11, 20))


def findings(**changes: object) -> list:
    results = dataclasses.replace(COMPLETE, **changes)
    return implemented_option_shows_its_results(results, low_max=D(50_000), medium_max=D(500_000), today=TODAY)


def test_a_complete_record_has_only_satisfied_findings() -> None:
    assert all(finding.ok for finding in findings())


@pytest.mark.parametrize(
    "changes",
    [
        {"implemented_on": None},
        {"implemented_on": dt.date(2026, 11, 22)},
        {"actual_investment": None},
        {"actual_benefit": None, "has_measured_effect": False},
        {"has_evidence": False},
        {"has_evidence": False, "cost_class": "medium"},
        {"has_evidence": False, "cost_class": ""},
    ],
)
def test_what_is_missing_blocks(changes: dict) -> None:
    (finding,) = blocking(findings(**changes))
    assert finding.rule == "R-2"
    assert "6.3" in finding.article
    assert finding.remedy


@pytest.mark.parametrize(
    "changes",
    [
        {"actual_benefit": None},
        {"has_measured_effect": False},
        {"implemented_on": TODAY},
        {"actual_investment": D(0)},
        {"has_evidence": False, "cost_class": "no"},
        {"has_evidence": False, "cost_class": "low"},
        {"has_evidence": False, "cost_class": "", "actual_investment": D(50_000)},
        {"actual_benefit": D(-1)},
    ],
)
def test_what_may_be_missing_does_not_block(changes: dict) -> None:
    assert blocking(findings(**changes)) == []


def test_missing_evidence_of_a_cheap_option_warns() -> None:
    assert [finding.warns for finding in findings(has_evidence=False, cost_class="low")].count(True) == 1


@pytest.mark.parametrize(("benefit", "warned"), [(None, 0), (D(0), 0), (D(1), 0), (D("-0.01"), 1)])
def test_a_benefit_below_zero_warns(benefit: Decimal | None, warned: int) -> None:
    found = benefit_is_not_below_zero(benefit)
    assert len(found) == warned
    assert blocking(found) == []


@pytest.mark.parametrize(
    ("frozen", "investment", "warned"),
    [("low", "50000", 0), ("low", "50001", 1), ("high", "1", 1), ("", "1", 0), ("low", None, 0), (None, "1", 0)],
)
def test_an_investment_that_left_its_frozen_class_warns(frozen: str, investment: str | None, warned: int) -> None:
    amount = None if investment is None else D(investment)
    found = class_fits_the_investment(frozen, amount, low_max=D(50_000), medium_max=D(500_000))
    assert len(found) == warned
    assert blocking(found) == []


@pytest.mark.parametrize(
    ("taken", "expected"),
    [([], "01"), (["01", "02"], "03"), (["09"], "10"), (["99"], "100"), (["A1", "x"], "01"), (["7", "A9"], "08")],
)
def test_next_code(taken: list[str], expected: str) -> None:
    assert next_code(taken) == expected


@pytest.mark.parametrize("text", ["01", "A-1", "N1.2", "x" * 20])
def test_good_codes(text: str) -> None:
    assert is_code(text)


@pytest.mark.parametrize("text", ["", " 1", "a/b", "é", "1\n", "x" * 21, "-1", "a b", "١"])
def test_bad_codes(text: str) -> None:
    assert not is_code(text)
