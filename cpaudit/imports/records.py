"""What the engine works with: records, problems, books, and what an importer provides. Pure."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol

from cpaudit.imports.mapping import Field, Target
from cpaudit.imports.problems import Problem


class Conflict(StrEnum):
    """What to do with a record that exists already."""

    SKIP = "skip"
    UPDATE = "update"
    STOP = "stop"


class Action(StrEnum):
    CREATE = "create"
    UPDATE = "update"
    SKIP = "skip"


@dataclass(frozen=True)
class RowProblem:
    """Something about one cell (or row, with no column): where, what was there, what is wrong, and what mends it."""

    sheet: str
    row: int
    column: str
    letter: str
    value: str
    problem: Problem
    blocks: bool = True


@dataclass(slots=True)
class Record:
    """One record to be. `values` are typed and in base units; `given` keeps amounts as the file has them."""

    row: int
    entry: int
    values: dict[str, Any]
    given: dict[str, tuple[Decimal, str]] = field(default_factory=dict)
    found: dict[str, Any] = field(default_factory=dict)  # what the importer looked up (an enterprise, a region)
    action: Action = Action.CREATE
    existing: Any = None


class UnitProblem(Exception):
    """The importer cannot convert from this unit; `base` is what it needs."""

    def __init__(self, unit: str, base: str) -> None:
        super().__init__(f"{unit} → {base}")
        self.unit, self.base = unit, base


Complaint = tuple[str, Problem, bool]  # field key (or ""), problem, does it refuse the row?


class Importer(Protocol):
    """What a room that owns records provides. `by` and `at` are in the importer itself; see `registry`."""

    target: Target

    def known(self) -> dict[str, dict[str, Sequence[str]]]:
        """For each reference field its values, each with the names a file may use for it."""

    def units(self) -> dict[str, str]:
        """Every spelling of a unit and its code."""

    def to_base(self, found: Field, amount: Decimal, unit: str, values: dict[str, Any]) -> Decimal:
        """The amount in the base unit. Raises `UnitProblem`."""

    def prepare(self, records: Sequence[Record]) -> None:
        """Look up in bulk what the records refer to, into `record.found`."""

    def complaints(self, record: Record) -> Iterator[Complaint]:
        """What only the target can know: unknown enterprises, rules between fields, jurisdiction."""

    def key(self, record: Record) -> Any:
        """What tells records apart; None where a part of it is missing."""

    def existing(self, records: Sequence[Record]) -> dict[Any, Any]:
        """`{key: primary key}` of the records that are in the data already."""

    def write(self, records: Sequence[Record], progress: Callable[[int], None]) -> None:
        """Create and update in bulk, inside the caller's transaction."""


@dataclass
class Counts:
    """The books. See the module's description."""

    rows: int = 0
    rows_imported: int = 0
    rows_skipped: int = 0
    rows_refused: int = 0
    rows_without_value: int = 0
    rows_empty: int = 0
    records: int = 0
    created: int = 0
    updated: int = 0
    skipped: int = 0
    records_refused: int = 0
    problems: int = 0
    warnings: int = 0

    def check(self) -> None:
        """Raise if anything is unaccounted for: a row must not vanish without a word."""
        written = self.rows_imported + self.rows_skipped
        if self.rows != written + self.rows_refused + self.rows_without_value + self.rows_empty:
            raise RuntimeError(f"Rows do not add up: {self}")
        if self.records != self.created + self.updated + self.skipped + self.records_refused:
            raise RuntimeError(f"Records do not add up: {self}")

    def as_data(self) -> dict[str, int]:
        return asdict(self)


@dataclass
class Examination:
    """The outcome of a dry run: what would be written, what not, and why."""

    records: list[Record]
    problems: list[RowProblem]
    refused_rows: set[int]
    counts: Counts
    left_out: Counter[tuple[str, str]]  # (field, code) whose lookup says “leave out”

    @property
    def blocks(self) -> bool:
        return bool(self.refused_rows)


Progress = Callable[[int, int], None]
