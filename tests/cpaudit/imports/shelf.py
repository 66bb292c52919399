"""A small kind of record for tests of the engine: amounts of things on a shelf, kept in a dict."""

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from cpaudit.imports.mapping import Field, Kind, Negative, Target
from cpaudit.imports.problems import Problem
from cpaudit.imports.records import Action, Complaint, Record, UnitProblem

TARGET = Target(
    key="shelf",
    label="Shelf",
    key_fields=("code", "metric"),
    fields=(
        Field("code", "Code", Kind.CODE, required=True, synonyms=("编号", "identifier"), max_length=8),
        Field("name", "Name", synonyms=("名称", "品名")),
        Field("colour", "Colour", Kind.CHOICE, choices=(("red", "Red"), ("blue", "Blue"))),
        Field("bought_on", "Bought on", Kind.DATE),
        Field("pieces", "Pieces", Kind.INTEGER, minimum=0, maximum=1000),
        Field("fragile", "Fragile", Kind.BOOLEAN),
        Field("price", "Price", Kind.DECIMAL, digits=10, places=2, negative=Negative.WARN),
        Field("metric", "Metric", Kind.REFERENCE, in_series=True),
        Field("unit", "Unit", Kind.REFERENCE, in_series=True),
        Field("amount", "Amount", Kind.DECIMAL, unit_field="unit", metric_field="metric", in_series=True),
    ),
)
FACTORS = {("mass", "t"): Decimal(1), ("mass", "kg"): Decimal("0.001"), ("volume", "m3"): Decimal(1)}


class Shelf:
    """An importer into `self.kept`, `{(code, metric): values}`."""

    target = TARGET

    def __init__(self, kept: dict[Any, dict[str, Any]] | None = None) -> None:
        self.kept = kept if kept is not None else {}
        self.prepared = 0

    def known(self) -> dict[str, dict[str, Sequence[str]]]:
        return {
            "metric": {"mass": ("Mass", "质量"), "volume": ("Volume", "体积")},
            "unit": {"t": ("tonne",), "kg": (), "m3": ("m³",)},
        }

    def units(self) -> dict[str, str]:
        return {"t": "t", "tonne": "t", "kg": "kg", "m3": "m3", "m³": "m3"}

    def to_base(self, found: Field, amount: Decimal, unit: str, values: dict[str, Any]) -> Decimal:
        factor = FACTORS.get((values["metric"], unit))
        if factor is None:
            raise UnitProblem(unit, values["metric"])
        return amount * factor

    def prepare(self, records: Sequence[Record]) -> None:
        self.prepared = len(records)

    def complaints(self, record: Record) -> Iterator[Complaint]:
        if record.values.get("name") == "forbidden":
            yield "name", Problem("conflict"), True

    def key(self, record: Record) -> Any:
        code = record.values.get("code")
        return (code, record.values.get("metric")) if code else None

    def existing(self, records: Sequence[Record]) -> dict[Any, Any]:
        return {key: key for record in records if (key := self.key(record)) in self.kept}

    def write(self, records: Sequence[Record], progress: Callable[[int], None]) -> None:
        for record in records:
            if record.action is not Action.SKIP:
                self.kept.setdefault(self.key(record), {}).update(record.values)
