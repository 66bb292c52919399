"""From parts to figures: adding parts up exactly, and what each kind of measure makes of them. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Context, Decimal

from audits.statistics.datasets import Kind, Measure

Part = int | Decimal | dt.timedelta | None
Parts = dict[str, Part]
Figure = int | Decimal | None

# A sum of any number of amounts with 24 digits stays exact; the exponent is left alone.
EXACT = Context(prec=60)
TENTH, THOUSANDTH = Decimal("0.1"), Decimal("0.001")
DAY = dt.timedelta(days=1)


def add_to(total: Parts, parts: Mapping[str, Part]) -> None:
    """Add `parts` to `total`, name by name; what has no value adds nothing."""
    for name, part in parts.items():
        if part is None:
            continue
        before = total.get(name)
        if before is None:
            total[name] = part
        elif isinstance(before, Decimal) or isinstance(part, Decimal):
            total[name] = EXACT.add(before, part)  # type: ignore[arg-type]  # a part of one name is of one type
        else:
            total[name] = before + part  # type: ignore[operator]


def summed(groups: Iterable[Mapping[str, Part]]) -> Parts:
    total: Parts = {}
    for parts in groups:
        add_to(total, parts)
    return total


def reckon(measure: Measure, parts: Mapping[str, Part]) -> Figure:
    """The figure of one measure. None where nothing is recorded, or where a quotient has no base."""
    values = [parts.get(name) for name in measure.parts]
    match measure.kind:
        case Kind.COUNT | Kind.DISTINCT:
            return int(values[0] or 0)  # type: ignore[arg-type]
        case Kind.AMOUNT:
            return _plain(values[0]) if isinstance(values[0], Decimal) else None
        case Kind.PERCENT:
            share = _quotient(*values)
            return None if share is None else _rounded(share * 100, TENTH)
        case Kind.RATIO:
            ratio = _quotient(*values)
            return None if ratio is None else _rounded(ratio, TENTH if abs(ratio) >= 1 else THOUSANDTH)
        case Kind.YEARS:
            # What brings nothing never pays back, and a loss would show as a negative time.
            benefit = values[1]
            pays = isinstance(benefit, Decimal) and benefit > 0
            years = _quotient(*values) if pays else None
            return None if years is None else _rounded(years, THOUSANDTH)
        case Kind.DAYS:
            mean = _quotient(*values)
            return None if mean is None else _rounded(mean, TENTH)


def as_ratio(value: Decimal | int | None) -> str:
    """`3.9` → `1 : 3.9`; empty where there is none."""
    return "" if value is None else f"1 : {value}"


def _quotient(over: Part, under: Part) -> Decimal | None:
    """None where the base is missing or 0."""
    if over is None and under is not None and under != 0 and not isinstance(under, Decimal):
        over = 0  # nothing counted out of something is 0; an amount that nobody recorded stays unknown
    if over is None or not under:
        return None
    return EXACT.divide(_number(over), _number(under))


def _number(part: Part) -> Decimal:
    if isinstance(part, dt.timedelta):
        microseconds = (part.days * 86_400 + part.seconds) * 1_000_000 + part.microseconds
        return EXACT.divide(Decimal(microseconds), Decimal(86_400_000_000))
    assert part is not None
    return Decimal(part)


def _rounded(value: Decimal, step: Decimal) -> Decimal:
    return value.quantize(step, rounding=ROUND_HALF_UP, context=EXACT)


def _plain(value: Decimal) -> Decimal:
    """Without the zeros a column pads with, and never with an exponent: 5759.000000 is 5759."""
    trimmed = value.normalize(EXACT)
    exponent = trimmed.as_tuple().exponent
    return trimmed.quantize(Decimal(1), context=EXACT) if isinstance(exponent, int) and exponent > 0 else trimmed
