"""Deadlines of a compulsory audit, and what the last round says; without a database."""

import datetime as dt

import pytest

from audits.programme.rules import Deadlines, Round, deadlines, round_findings
from cpaudit.rulebook.periods import next_working_day
from cpaudit.rulebook.rulesets import rule_set

RULES = rule_set("1998")
day = dt.date.fromisoformat


@pytest.mark.parametrize(
    ("published_on", "disclose_by", "start_by", "report_by"),
    [
        ("2026-03-03", "2026-04-03", "2026-05-04", "2027-03-03"),  # the 3rd of May is a Sunday
        ("2026-03-31", "2026-04-30", "2026-06-01", "2027-03-31"),  # April has no 31st; the 31st of May is a Sunday
        ("2024-02-29", "2024-03-29", "2024-04-29", "2025-02-28"),
        ("2025-10-31", "2025-12-01", "2025-12-31", "2026-11-02"),  # the 30th of November is a Sunday
    ],
)
def test_deadlines_end_on_the_corresponding_day_or_the_next_working_day(published_on, disclose_by, start_by, report_by):
    assert deadlines(day(published_on), RULES) == Deadlines(day(disclose_by), day(start_by), day(report_by))


@pytest.mark.parametrize(
    ("last", "works_on"),
    [
        ("2026-11-20", "2026-11-20"),  # Friday
        ("2026-11-21", "2026-11-23"),  # Saturday
        ("2026-10-01", "2026-10-05"),  # Thursday to Saturday are holidays, then Sunday
        ("2027-01-01", "2027-01-04"),  # Friday, New Year
    ],
)
def test_next_working_day_passes_over_weekends_and_fixed_holidays(last, works_on):
    assert next_working_day(day(last), RULES.choices("deadline_holidays")) == day(works_on)


def test_a_first_round_needs_no_warning():
    assert round_findings(None, day("2026-03-02"), RULES) == []


@pytest.mark.parametrize(
    ("published_on", "says"),
    [("2025-06-15", "less than 5 years ago"), ("2026-06-15", "less than 5 years ago"), ("2026-06-16", "was due by")],
)
def test_the_last_round_warns_on_both_sides_of_five_years_and_bars_nothing(published_on, says):
    (finding,) = round_findings(Round("2021-210500-00001", day("2021-06-15")), day(published_on), RULES)
    assert says in finding.text % finding.params
    assert finding.warns
    assert not finding.blocks
    assert finding.article == "Measures 2016, Art. 12"
