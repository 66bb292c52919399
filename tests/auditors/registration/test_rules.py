"""How long registrations hold, and what stands against entering one; without a database."""

import datetime as dt

import pytest

from auditors.registration.rules import Held, Level, entry_findings, state_of, valid_until
from cpaudit.rulebook.rulesets import rule_set

RULES = rule_set("1998")
TODAY = dt.date(2026, 11, 21)
day = dt.date.fromisoformat


def held(level, approved_on, *, ended_on=None, certificate_no="C1"):
    until = valid_until(level, day(approved_on), RULES)
    return Held(level, certificate_no, day(approved_on), until, ended_on and day(ended_on))


@pytest.mark.parametrize(
    ("level", "approved_on", "last_day"),
    [
        ("associate", "1999-03-01", "2002-03-01"),
        ("auditor", "2000-02-29", "2004-02-29"),
        ("principal", "2000-02-29", "2005-02-28"),
        ("associate", "2001-09-30", "2004-09-30"),
    ],
)
def test_validity_ends_on_the_corresponding_day(level, approved_on, last_day):
    assert valid_until(level, day(approved_on), RULES) == day(last_day)


@pytest.mark.parametrize(
    ("level", "approved_on", "on", "holds"),
    [
        ("associate", "1999-03-01", "2002-03-01", True),  # W52
        ("associate", "1999-03-01", "2002-03-02", False),
        ("auditor", "2000-02-29", "2004-02-29", True),  # W53
        ("auditor", "2000-02-29", "2004-03-01", False),
        ("auditor", "2000-02-29", "2000-02-29", True),
        ("auditor", "2000-02-29", "2000-02-28", False),
    ],
)
def test_the_last_day_still_counts(level, approved_on, on, holds):
    assert held(level, approved_on).holds_on(day(on)) is holds


def test_an_ended_registration_holds_until_the_day_before():
    ended = held("auditor", "2000-02-29", ended_on="2001-05-01")
    assert ended.holds_on(day("2001-04-30"))
    assert not ended.holds_on(day("2001-05-01"))


@pytest.mark.parametrize(
    ("on", "state"),
    [
        ("2000-02-28", "future"),
        ("2000-02-29", "valid"),
        ("2003-11-30", "valid"),
        ("2003-12-01", "expiring"),
        ("2004-02-29", "expiring"),
        ("2004-03-01", "expired"),
    ],
)
def test_state_says_when_it_expires_soon(on, state):
    assert state_of(held("auditor", "2000-02-29"), on=day(on)) == state
    assert state_of(held("auditor", "2000-02-29", ended_on="2000-01-01"), on=day("2010-01-01")) == "ended"


def findings(level, approved_on, *known):
    return [(finding.rule, finding.blocks) for finding in entry_findings(level, day(approved_on), known, today=TODAY)]


def test_an_associate_needs_nothing_before():
    assert findings("associate", "2025-01-10") == []


def test_the_future_cannot_be_entered():
    assert findings("associate", "2026-11-22") == [("R-15", True)]


@pytest.mark.parametrize(
    ("level", "known", "found"),
    [
        ("auditor", [], [("R-13", False)]),
        ("auditor", [held("associate", "2023-01-10")], []),
        ("auditor", [held("associate", "2020-01-10")], [("R-13", False)]),  # expired before
        ("principal", [held("associate", "2023-01-10")], [("R-14", False)]),
        ("principal", [held("auditor", "2023-01-10")], []),
        ("auditor", [held("auditor", "2022-01-10")], []),  # a renewal
        ("associate", [held("auditor", "2023-01-10")], [("R-8", True)]),
        ("associate", [held("auditor", "2023-01-10", ended_on="2024-01-01")], []),
    ],
)
def test_a_missing_lower_level_warns_and_a_higher_one_bars(level, known, found):
    assert findings(level, "2025-01-10", *known) == found


def test_levels_go_up():
    assert list(Level) == ["associate", "auditor", "principal"]
