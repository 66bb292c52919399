"""One cell to one value."""

import datetime as dt
from decimal import Decimal

import pytest

from cpaudit.imports.values import Formats, NotAValue, boolean_of, date_of, decimal_of, fitted, integer_of, text_of


@pytest.mark.parametrize(
    ("cell", "formats", "expected"),
    [
        ("10", Formats(), "10"),
        (" -4724.0 ", Formats(), "-4724.0"),
        (".5", Formats(), "0.5"),
        ("1e3", Formats(), "1E+3"),
        ("１２．５", Formats(), "12.5"),
        ("−7", Formats(), "-7"),
        ("1,234,567.8", Formats(thousands=","), "1234567.8"),
        ("1.234,5", Formats(decimal=",", thousands="."), "1234.5"),
        ("1 234,5", Formats(decimal=",", thousands=" "), "1234.5"),
        ("1\u00a0234", Formats(thousands=" "), "1234"),
        ("2,5", Formats(decimal=","), "2.5"),
        (7, Formats(decimal=","), "7"),
        (Decimal("1.5"), Formats(decimal=","), "1.5"),
        (Decimal("0.30000000000000004"), Formats(), "0.300000000000000"),
    ],
)
def test_numbers(cell, formats, expected):
    assert decimal_of(cell, formats) == Decimal(expected)


@pytest.mark.parametrize(
    ("cell", "formats"),
    [
        ("", Formats()),
        ("abc", Formats()),
        ("1,234", Formats()),
        ("12,34", Formats(thousands=",")),
        ("1.5", Formats(decimal=",")),
        ("1 2", Formats()),
        ("NaN", Formats()),
        ("Infinity", Formats()),
        ("--1", Formats()),
        (".", Formats()),
        ("1e9999", Formats()),
        (True, Formats()),
        (None, Formats()),
        ({"d": "2019-01-01"}, Formats()),
    ],
)
def test_what_is_not_a_number(cell, formats):
    with pytest.raises(NotAValue) as caught:
        decimal_of(cell, formats)
    assert caught.value.problem.code == "not_a_number"


def test_decimals_are_rounded_only_where_they_must_and_say_so():
    assert fitted(Decimal("1.25"), digits=10, places=2) == (Decimal("1.25"), False)
    assert fitted(Decimal("1.2500"), digits=10, places=2) == (Decimal("1.25"), False)
    assert fitted(Decimal("1.255"), digits=10, places=2) == (Decimal("1.26"), True)
    assert fitted(Decimal(0), digits=2, places=2) == (Decimal(0), False)
    assert fitted(Decimal("99999999.99"), digits=10, places=2)[0] == Decimal("99999999.99")
    with pytest.raises(NotAValue):
        fitted(Decimal("100000000"), digits=10, places=2)


def test_whole_numbers():
    assert integer_of("12", Formats()) == 12
    assert integer_of("12.0", Formats()) == 12
    for cell in ("12.5", "1" * 30):
        with pytest.raises(NotAValue):
            integer_of(cell, Formats())


@pytest.mark.parametrize(
    ("cell", "dates", "expected"),
    [
        ("2019-01-31", "ymd", dt.date(2019, 1, 31)),
        ("2019/1/31", "dmy", dt.date(2019, 1, 31)),
        ("2019年1月31日", "ymd", dt.date(2019, 1, 31)),
        ("31.01.2019", "dmy", dt.date(2019, 1, 31)),
        ("01/31/2019", "mdy", dt.date(2019, 1, 31)),
        ({"d": "2019-01-31"}, "dmy", dt.date(2019, 1, 31)),
        ({"d": "2019-01-31T08:00:00"}, "ymd", dt.date(2019, 1, 31)),
    ],
)
def test_dates(cell, dates, expected):
    assert date_of(cell, Formats(dates=dates)) == expected


@pytest.mark.parametrize("cell", ["31.01.2019", "2019-02-30", "2019", "19-01-31", "43496", 43496, "2019-01-31x", None])
def test_what_is_not_a_date(cell):
    with pytest.raises(NotAValue):
        date_of(cell, Formats())


def test_yes_and_no_in_both_languages():
    assert [boolean_of(cell) for cell in (True, "是", "Yes", 1)] == [True] * 4
    assert [boolean_of(cell) for cell in (False, "否", "no", 0)] == [False] * 4
    with pytest.raises(NotAValue):
        boolean_of("maybe")


def test_text_is_trimmed_and_bounded():
    assert text_of("  a b ") == "a b"
    assert text_of(3492) == "3492"
    with pytest.raises(NotAValue):
        text_of("abc", max_length=2)
    with pytest.raises(NotAValue):
        text_of("a\x07b")


def test_a_long_code_kept_as_a_number_is_refused_because_its_end_is_lost():
    with pytest.raises(NotAValue) as caught:
        text_of(Decimal("1.234567890123457E+17"), code=True)
    assert caught.value.problem.code == "digits_lost"
