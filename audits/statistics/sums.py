"""Sums of decimals that are exact on either engine."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import Aggregate, Field

PLACES = 6
"""Decimals the parts are kept in; no column that is summed has more."""
BILLION = 1_000_000_000


class ExactField(Field):
    """What an `ExactSum` gives: a Decimal, or None where there was nothing to add."""

    def get_internal_type(self) -> str:
        return "TextField"

    def from_db_value(self, value: Any, _expression: Any, _connection: Any) -> Decimal | None:
        if not isinstance(value, str):
            return value
        billions, units, fractions = (int(part) for part in value.split(":"))
        return Decimal((billions * BILLION + units) * 10**PLACES + fractions).scaleb(-PLACES)


class ExactSum(Aggregate):
    """`SUM` of a decimal column. PostgreSQL adds `numeric` exactly.

    SQLite keeps decimals as binary floats and would add them as such: 0.1 ten times is not 1. There each amount is
    split into whole billions, whole units and millionths, which are integers and added as such; the split is exact
    because taking a whole part off a float is, and three small integers cannot overflow where one large one could. What
    SQLite stores of a single amount is right to 15 digits, and so is what comes out.
    """

    function = "SUM"
    name = "ExactSum"
    allow_distinct = False

    def __init__(self, expression: Any, **extra: Any) -> None:
        super().__init__(expression, output_field=ExactField(), **extra)

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, tuple[Any, ...]]:
        amount, params = compiler.compile(self.get_source_expressions()[0])
        where, where_params = ("", ())
        if self.filter is not None:
            condition, where_params = self.filter.as_sql(compiler, connection)
            where = f" FILTER (WHERE {condition})"
        whole = f"CAST({amount} AS INTEGER)"
        billions = f"({whole} / {BILLION})"
        # The parts, and how many times the amount stands in each. (No modulo: a per cent sign would need escaping.)
        parts = (
            (billions, 1),
            (f"{whole} - {billions} * {BILLION}", 2),
            (f"CAST(ROUND(({amount} - {whole}) * {10**PLACES}) AS INTEGER)", 2),
        )
        sql = " || ':' || ".join(f"SUM({part}){where}" for part, _times in parts)
        bound = [value for _part, times in parts for value in (*(list(params) * times), *where_params)]
        return f"({sql})", tuple(bound)
