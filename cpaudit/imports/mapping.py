"""What a table is mapped onto, and how. Pure.

A `Target` is a kind of record (an enterprise, a yearly figure) with its `Field`s. A `Mapping` says for each field
where its value comes from: a column, several columns added up, or one value for all rows; in which unit; through which
lookup. A table that is *wide* (one row per plant, one column per metric) has a `series`: each entry makes one record.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from cpaudit.imports.values import DATE_FORMATS, Formats

DIGITS, PLACES = 24, 6


class Kind(StrEnum):
    TEXT = "text"
    CODE = "code"  # an identifier: text whose digits must all be there
    DECIMAL = "decimal"
    INTEGER = "integer"
    DATE = "date"
    BOOLEAN = "boolean"
    CHOICE = "choice"  # one of `choices`
    REFERENCE = "reference"  # a value the target knows (region, sector, metric, unit); its importer lists them


class Negative(StrEnum):
    """What to say to a number below zero."""

    REFUSE = "refuse"
    WARN = "warn"
    ALLOW = "allow"


@dataclass(frozen=True)
class Field:
    """A place in the record. Texts are message ids. `unit` is the base unit amounts are converted into; where the unit
    depends on the record (a metric's), the importer names it, and `unit_field` may carry the row's own.
    """

    key: str
    label: str
    kind: Kind = Kind.TEXT
    required: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    synonyms: tuple[str, ...] = ()
    help: str = ""
    max_length: int = 0
    digits: int = DIGITS
    places: int = PLACES
    minimum: int | None = None
    maximum: int | None = None
    negative: Negative = Negative.REFUSE
    units: tuple[str, ...] = ()
    unit: str = ""
    unit_field: str = ""
    metric_field: str = ""
    in_series: bool = False

    @property
    def has_unit(self) -> bool:
        return bool(self.unit or self.unit_field)

    @property
    def takes_lookup(self) -> bool:
        """Any code may be translated; amounts and dates are written, not coded."""
        return self.kind not in (Kind.DECIMAL, Kind.DATE)


@dataclass(frozen=True)
class Target:
    """A kind of record that can be imported. `key_fields` tell one record from another, in the file and in the data."""

    key: str
    label: str
    fields: tuple[Field, ...]
    key_fields: tuple[str, ...]
    help: str = ""

    def field(self, key: str) -> Field | None:
        return next((found for found in self.fields if found.key == key), None)

    @property
    def series_fields(self) -> tuple[Field, ...]:
        return tuple(found for found in self.fields if found.in_series)


@dataclass(frozen=True)
class Source:
    """Where a value comes from: `columns` or a `constant`; amounts may name their unit.

    Several columns of amounts are added up, several columns of text are joined by spaces.
    """

    columns: tuple[str, ...] = ()
    constant: str | None = None
    unit: str = ""

    @property
    def column(self) -> str:
        return self.columns[0] if self.columns else ""


@dataclass(frozen=True)
class Mapping:
    """The whole of it. `lookups[field][code]` is our value for a code of the file, None to leave it out on purpose."""

    target: str
    fields: dict[str, Source] = field(default_factory=dict)
    series: tuple[dict[str, Source], ...] = ()
    lookups: dict[str, dict[str, str | None]] = field(default_factory=dict)
    formats: Formats = field(default_factory=Formats)
    blanks: tuple[str, ...] = ()  # texts that mean “nothing”, besides the empty cell

    def columns(self) -> set[str]:
        """Every column the mapping reads."""
        return {column for source in self.sources() for column in source.columns}

    def sources(self) -> Iterator[Source]:
        yield from self.fields.values()
        for entry in self.series:
            yield from entry.values()

    def as_data(self) -> dict[str, Any]:
        """A plain shape for JSON; `from_data` reads it back."""
        return {
            "target": self.target,
            "fields": {key: source_data(source) for key, source in self.fields.items()},
            "series": [{key: source_data(source) for key, source in entry.items()} for entry in self.series],
            "lookups": {key: dict(lookup) for key, lookup in self.lookups.items()},
            "numbers": {"decimal": self.formats.decimal, "thousands": self.formats.thousands},
            "dates": self.formats.dates,
            "blanks": list(self.blanks),
        }


def source_data(source: Source) -> dict[str, Any]:
    data: dict[str, Any] = {}
    if len(source.columns) == 1:
        data["column"] = source.column
    elif source.columns:
        data["columns"] = list(source.columns)
    if source.constant is not None:
        data["constant"] = source.constant
    if source.unit:
        data["unit"] = source.unit
    return data


class Malformed(ValueError):
    """The JSON does not have the shape of a mapping; `pointer` names the place (RFC 6901)."""

    def __init__(self, pointer: str, text: str) -> None:
        super().__init__(f"{pointer or '/'}: {text}")
        self.pointer = pointer


def from_data(data: Any) -> Mapping:
    """The mapping of a JSON document. Unknown names are refused: a misspelt one must not pass for a mapped field."""
    whole = an_object(data, "", {"target", "fields", "series", "lookups", "numbers", "dates", "blanks"})
    numbers = an_object(whole.get("numbers", {}), "/numbers", {"decimal", "thousands"})
    decimal = a_text(numbers.get("decimal", "."), "/numbers/decimal")
    thousands = a_text(numbers.get("thousands", ""), "/numbers/thousands")
    dates = a_text(whole.get("dates", "ymd"), "/dates")
    if decimal not in (".", ","):
        raise Malformed("/numbers/decimal", "one of . ,")
    if thousands not in ("", ",", ".", " ", "'"):
        raise Malformed("/numbers/thousands", "one of , . ' a space, or nothing")
    if dates not in DATE_FORMATS:
        raise Malformed("/dates", f"one of {', '.join(DATE_FORMATS)}")
    return Mapping(
        target=a_text(whole.get("target"), "/target"),
        fields=sources_from(whole.get("fields", {}), "/fields"),
        series=tuple(
            sources_from(entry, f"/series/{index}")
            for index, entry in enumerate(a_list(whole.get("series", []), "/series"))
        ),
        lookups={
            a_text(key, "/lookups"): lookup_from(lookup, f"/lookups/{key}")
            for key, lookup in an_object(whole.get("lookups", {}), "/lookups").items()
        },
        formats=Formats(decimal=decimal, thousands=thousands, dates=dates),
        blanks=tuple(a_text(blank, "/blanks") for blank in a_list(whole.get("blanks", []), "/blanks")),
    )


def sources_from(data: Any, pointer: str) -> dict[str, Source]:
    found = {}
    for key, entry in an_object(data, pointer).items():
        here = f"{pointer}/{key}"
        whole = an_object(entry, here, {"column", "columns", "constant", "unit"})
        columns = [a_text(whole["column"], f"{here}/column")] if "column" in whole else []
        columns += [a_text(column, f"{here}/columns") for column in a_list(whole.get("columns", []), f"{here}/columns")]
        constant = whole.get("constant")
        found[key] = Source(
            columns=tuple(columns),
            constant=None if constant is None else a_text(constant, f"{here}/constant"),
            unit=a_text(whole.get("unit", ""), f"{here}/unit"),
        )
    return found


def lookup_from(data: Any, pointer: str) -> dict[str, str | None]:
    return {
        code: None if value is None else a_text(value, f"{pointer}/{code}")
        for code, value in an_object(data, pointer).items()
    }


def an_object(value: Any, pointer: str, names: set[str] | None = None) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Malformed(pointer, "an object is needed")
    if len(value) > 2_000:
        raise Malformed(pointer, "too many entries")
    unknown = set(value) - names if names is not None else set()
    if unknown:
        raise Malformed(f"{pointer}/{min(unknown)}", "there is no such name")
    return value


def a_list(value: Any, pointer: str) -> list[Any]:
    if not isinstance(value, list) or len(value) > 500:
        raise Malformed(pointer, "a list of at most 500 is needed")
    return value


def a_text(value: Any, pointer: str) -> str:
    if not isinstance(value, str) or len(value) > 500:
        raise Malformed(pointer, "a text of at most 500 characters is needed")
    return value


def with_lookup(mapping: Mapping, key: str, lookup: dict[str, str | None]) -> Mapping:
    return replace(mapping, lookups={**mapping.lookups, key: lookup})
