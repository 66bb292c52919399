"""What can be said about an enterprise and its yearly figures without asking anybody. Pure.

The unified social credit code (GB 32100-2015) has 18 characters: registering department, kind of body, six digits of
the registering place (GB/T 2260), nine characters of the organisation code, one check character.
"""

from __future__ import annotations

import datetime as dt
import operator
import unicodedata
from decimal import Decimal

from cpaudit.rulebook.findings import Finding, _

CODE_STANDARD = "GB 32100-2015"
CODE_LENGTH = 18
CODE_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CODE_WEIGHTS = tuple(pow(3, place, 31) for place in range(CODE_LENGTH - 1))
# The standard leaves out the letters that are taken for others; each with what was probably meant.
LOOK_ALIKES = {"I": "1", "O": "0", "Z": "2", "S": "5", "V": "U"}

FIRST_YEAR = 1980
# What the column holds: 24 digits, six of them after the point.
LARGEST_FIGURE = Decimal(10) ** 18
FIGURE_PLACES = Decimal("0.000001")


# --- The credit code ------------------------------------------------------------------------------------------------
def tidy_code(text: str) -> str:
    """The code as the standard writes it: half-width capitals without blanks and dashes."""
    plain = unicodedata.normalize("NFKC", text).upper()
    return "".join(character for character in plain if not character.isspace() and character not in "-_·.")


def check_character(first_17: str) -> str:
    """The last character that belongs to the first 17: 31 less the weighted sum modulo 31."""
    values = [CODE_ALPHABET.index(character) for character in first_17]
    return CODE_ALPHABET[-sum(map(operator.mul, values, CODE_WEIGHTS)) % 31]


def credit_code_problems(code: str) -> list[Finding]:
    """What is wrong with a tidy code, each as a failed finding; empty for a good one.

    The length and the characters are told together; the check character only where they are right, because before that
    it would tell nothing.
    """
    numbered = enumerate(code, 1)
    problems = [_bad_character(place, character) for place, character in numbered if not _fits(place, character)]
    if len(code) != CODE_LENGTH:
        problems.insert(
            0,
            _wrong(
                _("A unified social credit code has %(expected)s characters; this one has %(found)s."),
                expected=CODE_LENGTH,
                found=len(code),
            ),
        )
    if problems:
        return problems
    expected = check_character(code[:-1])
    if code[-1] == expected:
        return []
    return [
        _wrong(
            _(
                "The last character of the credit code should be %(expected)s and is %(found)s: "
                "one of the characters is mistyped or two are swapped."
            ),
            expected=expected,
            found=code[-1],
        )
    ]


def _fits(place: int, character: str) -> bool:
    return character in ("0123456789" if 3 <= place <= 8 else CODE_ALPHABET)


def _bad_character(place: int, character: str) -> Finding:
    if character in LOOK_ALIKES:
        return _wrong(
            _("Character %(place)s is the letter %(found)s, which is never used here; probably %(meant)s was meant."),
            place=place,
            found=character,
            meant=LOOK_ALIKES[character],
        )
    if character in CODE_ALPHABET:
        return _wrong(
            _("Character %(place)s is %(found)s, but characters 3 to 8 are the digits of the registering place."),
            place=place,
            found=character,
        )
    return _wrong(
        _("Character %(place)s is “%(found)s”; only digits and capital letters can stand there."),
        place=place,
        found=character,
    )


def _wrong(text: str, **params: object) -> Finding:
    return Finding(rule="credit-code", article=CODE_STANDARD, ok=False, text=text, params=params)


# --- Yearly figures -------------------------------------------------------------------------------------------------
def year_problems(year: int, *, today: dt.date) -> list[Finding]:
    """Why figures cannot be of that year; empty where they can. The year that is going on may be entered so far."""
    if FIRST_YEAR <= year <= today.year:
        return []
    text = (
        _("%(year)s has not begun: figures are what was measured or reported, not a plan.")
        if year > today.year
        else _("%(year)s is too long ago: figures are kept from %(first)s on.")
    )
    return [Finding(rule="figure-year", article="", ok=False, text=text, params={"year": year, "first": FIRST_YEAR})]


def figure_problems(amount: Decimal, *, metric: str, unit: str) -> list[Finding]:
    """Why an amount in the metric's base unit cannot be a yearly figure; empty where it can.

    `metric` is the metric's name for the sentence, `unit` the code of its base unit.
    """
    if amount < 0:
        text = _(
            "%(metric)s cannot be below zero: a year's use, discharge or output is an amount. "
            "What is saved or cut belongs to an option."
        )
    elif unit == "%" and amount > 100:
        text = _("%(metric)s is a share and cannot be above 100 %%.")
    elif amount >= LARGEST_FIGURE:
        text = _("%(metric)s is too large to be a year's figure; probably the unit is a different one.")
    else:
        return []
    return [Finding(rule="figure-amount", article="", ok=False, text=text, params={"metric": metric})]
