"""One cell to one value. Pure: what a number, a date or a yes looks like, and what is wrong with one that does not."""

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Context, Decimal, InvalidOperation
from typing import Any

from cpaudit.imports.problems import Problem
from cpaudit.imports.reading import Cell, cell_text

SPREADSHEET_DIGITS = Context(prec=15)  # a spreadsheet keeps 15 digits; what it shows beyond is binary noise
YES = frozenset({"true", "yes", "y", "1", "是", "有", "√", "✓"})
NO = frozenset({"false", "no", "n", "0", "否", "无", "×"})
DATE_FORMATS = {"ymd": "2019-01-31", "dmy": "31.01.2019", "mdy": "01/31/2019"}
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
PLAIN_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?")


class NotAValue(Exception):
    """The cell does not hold what the field needs."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.problem = Problem(code, params)


@dataclass(frozen=True)
class Formats:
    """How the file writes numbers and dates. Cells of a workbook that are numbers or dates already need none of it."""

    decimal: str = "."
    thousands: str = ""
    dates: str = "ymd"
    number: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        grouped = rf"\d{{1,3}}(?:{re.escape(self.thousands)}\d{{3}})+|" if self.thousands else ""
        fraction = rf"(?:{re.escape(self.decimal)}\d*)?(?:[eE][+-]?\d{{1,3}})?"
        object.__setattr__(self, "number", re.compile(rf"[+-]?(?:{grouped}\d+)?{fraction}"))

    def plain(self, text: str) -> str | None:
        """The number in plain notation, None where it is written otherwise."""
        if not self.number.fullmatch(text) or not any(character.isdigit() for character in text):
            return None
        if self.thousands:
            text = text.replace(self.thousands, "")
        return text.replace(self.decimal, ".")


def text_of(cell: Cell, *, max_length: int = 0, code: bool = False) -> str:
    """Trimmed text. A code kept as a number of more than 15 digits has lost its end, which nothing brings back."""
    if code and isinstance(cell, int | Decimal) and not isinstance(cell, bool) and not -(10**15) < cell < 10**15:
        raise NotAValue("digits_lost")
    text = cell_text(cell).strip()
    if CONTROL.search(text):
        raise NotAValue("control_characters")
    if max_length and len(text) > max_length:
        raise NotAValue("too_long", length=len(text), limit=max_length)
    return text


def decimal_of(cell: Cell, formats: Formats) -> Decimal:
    """The exact number of a text cell; of a spreadsheet's binary number, its fifteen digits."""
    if isinstance(cell, bool | dict) or cell is None:
        raise NotAValue("not_a_number", decimal=formats.decimal)
    if isinstance(cell, int):
        return Decimal(cell)
    if isinstance(cell, Decimal):
        return SPREADSHEET_DIGITS.plus(cell)
    text = cell.strip()
    if not PLAIN_NUMBER.fullmatch(text) or formats.decimal != ".":
        plain = formats.plain(unicodedata.normalize("NFKC", text).replace("\N{MINUS SIGN}", "-"))
        if plain is None:
            raise NotAValue("not_a_number", decimal=formats.decimal)
        text = plain
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise NotAValue("not_a_number", decimal=formats.decimal) from error


def fitted(number: Decimal, *, digits: int, places: int) -> tuple[Decimal, bool]:
    """The number with at most `places` decimals, and whether rounding changed it.

    Raises `NotAValue` when it has more digits before the point than a column of `digits` in all can hold.
    """
    if number and number.adjusted() >= digits - places:
        raise NotAValue("too_many_digits")
    if int(number.as_tuple().exponent) >= -places:  # finite, so the exponent is a number
        return number, False
    rounded = number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_EVEN)
    return rounded, rounded != number


def integer_of(cell: Cell, formats: Formats) -> int:
    number = decimal_of(cell, formats)
    if number != number.to_integral_value():
        raise NotAValue("not_an_integer")
    if abs(number) >= 10**15:
        raise NotAValue("too_many_digits")
    return int(number)


def date_of(cell: Cell, formats: Formats) -> dt.date:
    """A date cell, or text: a year of four digits in front settles the order, otherwise the file's order holds."""
    if isinstance(cell, dict):
        return dt.date.fromisoformat(cell["d"][:10])
    if isinstance(cell, str):
        numbers = re.findall(r"\d+", unicodedata.normalize("NFKC", cell))
        shape = re.fullmatch(r"\s*\d{1,4}\s*[-./年]\s*\d{1,2}\s*[-./月]\s*\d{1,4}\s*日?\s*", cell)
        if len(numbers) == 3 and shape:
            order = "ymd" if len(numbers[0]) == 4 else formats.dates
            parts = dict(zip(order, (int(number) for number in numbers), strict=True))
            try:
                if parts["y"] >= 1000:
                    return dt.date(parts["y"], parts["m"], parts["d"])
            except ValueError as error:
                raise NotAValue("not_a_date", format=DATE_FORMATS[formats.dates]) from error
    raise NotAValue("not_a_date", format=DATE_FORMATS[formats.dates])


def boolean_of(cell: Cell) -> bool:
    if isinstance(cell, bool):
        return cell
    text = cell_text(cell).strip().casefold()
    if text in YES:
        return True
    if text in NO:
        return False
    raise NotAValue("not_yes_no")
