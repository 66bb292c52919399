"""Credit codes and figures, without a database."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits.enterprises.rules import (
    CODE_ALPHABET,
    check_character,
    credit_code_problems,
    figure_problems,
    tidy_code,
    year_problems,
)

TODAY = dt.date(2026, 11, 21)
# Codes of well-known companies as they stand on their own websites, and the example of the standard itself.
REAL_CODES = [
    "91350100M000100Y43",
    "914403001922038216",
    "9144030071526726XG",
    "91330100799655058B",
    "91110000802100433B",
    "91110108551385082Q",
    "91440300708461136T",
    "91110000100017643K",
    "91210500119726263U",
]
STEMS = st.text(alphabet="0123456789", min_size=6, max_size=6).flatmap(
    lambda place: st.text(alphabet=CODE_ALPHABET, min_size=9, max_size=9).map(lambda code: f"91{place}{code}")
)


def says(code: str) -> list[str]:
    return [problem.text % problem.params for problem in credit_code_problems(code)]


@pytest.mark.parametrize("code", REAL_CODES)
def test_real_codes_pass(code):
    assert credit_code_problems(code) == []


def test_wrong_check_character_says_which_is_expected():
    assert says("91350100M000100Y44") == [
        "The last character of the credit code should be 3 and is 4: "
        "one of the characters is mistyped or two are swapped."
    ]


@pytest.mark.parametrize("length", [17, 19])
def test_wrong_length_is_told_with_the_number_found(length):
    assert says(("9" * 19)[:length]) == [f"A unified social credit code has 18 characters; this one has {length}."]


@pytest.mark.parametrize(("letter", "meant"), [("I", "1"), ("O", "0"), ("Z", "2"), ("S", "5"), ("V", "U")])
def test_letters_the_standard_leaves_out_are_named_with_what_was_meant(letter, meant):
    assert says("91350100M" + letter + "00100Y43") == [
        f"Character 10 is the letter {letter}, which is never used here; probably {meant} was meant."
    ]


def test_a_letter_among_the_digits_of_the_place_is_told():
    assert says("913B0100M000100Y43") == [
        "Character 4 is B, but characters 3 to 8 are the digits of the registering place."
    ]


def test_every_wrong_character_is_told_at_once():
    assert len(says("9135010OM000!00Y43")) == 2


def test_tidy_code_takes_blanks_dashes_and_full_width_characters_out():
    assert tidy_code(" 9135 0100-m０００100y43 ") == "91350100M000100Y43"


@given(STEMS)
def test_a_code_with_its_check_character_passes(stem):
    assert credit_code_problems(stem + check_character(stem)) == []


@given(STEMS, st.data())
def test_one_changed_character_is_always_found(stem, data):
    code = stem + check_character(stem)
    place = data.draw(st.integers(0, 17))
    other = data.draw(st.sampled_from([character for character in CODE_ALPHABET if character != code[place]]))
    assert credit_code_problems(code[:place] + other + code[place + 1 :])


@given(STEMS, st.integers(8, 15))
def test_two_swapped_neighbours_are_always_found(stem, place):
    code = stem + check_character(stem)
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert bool(credit_code_problems(swapped)) == (code[place] != code[place + 1])


@pytest.mark.parametrize(("year", "fits"), [(1979, False), (1980, True), (2026, True), (2027, False)])
def test_figures_are_of_years_that_have_begun(year, fits):
    assert (year_problems(year, today=TODAY) == []) is fits


@pytest.mark.parametrize(
    ("amount", "unit", "fits"),
    [("0", "t", True), ("-0.000001", "t", False), ("100", "%", True), ("100.1", "%", False), ("1e18", "t", False)],
)
def test_amounts_that_no_year_can_have_are_refused(amount, unit, fits):
    assert (figure_problems(Decimal(amount), metric="COD", unit=unit) == []) is fits


def test_a_negative_amount_says_where_savings_belong():
    (problem,) = figure_problems(Decimal(-1), metric="COD", unit="t")
    assert "COD cannot be below zero" in problem.text % problem.params
    assert "belongs to an option" in problem.text
