"""What the pages and the REST interface show of imports."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext

from cpaudit.imports import mapping as mappings
from cpaudit.imports.mapping import Field, Kind
from cpaudit.imports.models import Import, ImportRun, RunKind, RunProblem
from cpaudit.imports.problems import LABELS
from cpaudit.imports.reading import cell_text, read
from cpaudit.imports.registry import registry
from cpaudit.imports.services import limits, source_on_disk
from cpaudit.jobs.models import JobState
from cpaudit.web.findings import translated

PLAIN_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,15})?")


# --- Sentences ------------------------------------------------------------------------------------------------------
def worded(code: str, params: Mapping[str, Any]) -> tuple[str, str]:
    """Problem and remedy in the reader's language. Labels of fields and targets are messages themselves."""
    found = registry.sentence(code)
    values = {key: {"msgid": value} if key in LABELS and value else value for key, value in params.items()}
    return translated(found.problem, values), translated(found.remedy, values)


@dataclass(frozen=True)
class Line:
    """A problem as it is shown and downloaded."""

    sheet: str
    row: int
    letter: str
    column: str
    value: str
    problem: str
    remedy: str
    code: str
    blocks: bool

    HEADINGS = ("sheet", "row", "column_letter", "column", "value", "problem", "remedy", "refuses_row")

    def cells(self) -> list[str]:
        blocks = "yes" if self.blocks else "no"
        return [self.sheet, str(self.row), self.letter, self.column, self.value, self.problem, self.remedy, blocks]


def line_of(found: RunProblem) -> Line:
    problem, remedy = worded(found.code, found.params)
    return Line(
        sheet=found.sheet,
        row=found.row,
        letter=found.letter,
        column=found.column,
        value=found.value,
        problem=problem,
        remedy=remedy,
        code=found.code,
        blocks=found.blocks,
    )


# --- The state of an import -----------------------------------------------------------------------------------------
def current_dry_run(imported: Import) -> ImportRun | None:
    """The last finished dry run of the mapping as it stands."""
    return imported.runs.filter(kind=RunKind.DRY, state=JobState.DONE, version=imported.version).first()


def latest_runs(imports: Iterable[Import]) -> dict[int, ImportRun]:
    """The last run over each of the files, by the import's key; one query."""
    return {run.of_id: run for run in ImportRun.objects.filter(of__in=list(imports)).order_by("pk")}


def same_file_imported(imported: Import) -> Import | None:
    """An earlier import of the very same bytes into the same kind of data by the same body."""
    return (
        Import.objects.filter(body=imported.body_id, sha256=imported.sha256, target=imported.target)
        .exclude(pk=imported.pk)
        .exclude(imported_at=None)
        .first()
    )


@dataclass(frozen=True)
class Balance:
    """One line of the books: what became of how many rows."""

    label: str
    rows: int
    note: str = ""


def failure_of(run: ImportRun) -> tuple[str, str] | None:
    """Why the run as a whole came to nothing, and what to do; None where it did not fail."""
    if run.problem:
        return worded(run.problem["code"], run.problem["params"])
    if run.state == JobState.FAILED:
        return translated(run.message) or gettext("The run failed."), gettext("Nothing was imported.")
    return None


def books(run: ImportRun) -> list[Balance]:
    """Rows in = the sum of the other lines."""
    counts = run.counts
    if not counts:
        return []
    dry = run.kind == RunKind.DRY or run.state == JobState.FAILED
    written = gettext("would be imported") if dry else gettext("imported")
    return [
        Balance(gettext("rows in the file"), counts["rows"]),
        Balance(written, counts["rows_imported"]),
        Balance(gettext("skipped, exist already"), counts["rows_skipped"]),
        Balance(gettext("refused"), counts["rows_refused"]),
        Balance(gettext("left out on purpose, or without any amount"), counts["rows_without_value"]),
        Balance(gettext("empty"), counts["rows_empty"]),
    ]


def kinds_of_problems(run: ImportRun) -> list[dict[str, Any]]:
    """How often each problem occurs in each column, the most frequent first, worded."""
    examples = {
        (one.column, one.code): one
        for one in RunProblem.objects.filter(pk__in=[pk for pk in first_of_each_kind(run).values() if pk is not None])
    }
    found = []
    for kind in run.summary.get("kinds", []):
        example = examples.get((kind["column"], kind["code"]))
        text = worded(kind["code"], example.params)[0] if example else kind["code"]
        found.append({**kind, "text": text, "value": example.value if example else ""})
    return found


def first_of_each_kind(run: ImportRun) -> dict[tuple[str, str], int]:
    rows = run.problems.order_by("pk").values_list("column", "code", "pk")
    first: dict[tuple[str, str], int] = {}
    for column, code, pk in rows.iterator():
        first.setdefault((column, code), pk)
    return first


def left_out(run: ImportRun) -> list[dict[str, Any]]:
    """Codes whose values the lookups leave out, with the field's name."""
    target = registry.target(run.of.target)
    found = []
    for entry in run.summary.get("left_out", []):
        field = target.field(entry["field"])
        found.append({**entry, "label": gettext(field.label) if field else entry["field"]})
    return found


# --- Lookups --------------------------------------------------------------------------------------------------------
def codes_in(imported: Import, source: mappings.Source) -> Counter[str]:
    """The different texts of a field's columns in the file, with how often each occurs; "" is the empty cell."""
    with source_on_disk(imported) as path:
        table = read(path, sheet=imported.sheet, header_row=imported.header_row, limits=limits())
    places = [table.headers.index(column) for column in source.columns]
    found: Counter[str] = Counter()
    for _number, cells in table.rows:
        texts = (cell_text(cells[place]).strip() for place in places)
        found[" ".join(text for text in texts if text)] += 1
    return found


def values_of(found: Field, known: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, str]]:
    """What a code may be turned into: `(value, label)`."""
    if found.kind is Kind.REFERENCE:
        return [
            (value, " · ".join(str(name) for name in names[:2] if name)) for value, names in known[found.key].items()
        ]
    return [(value, gettext(label)) for value, label in found.choices]


# --- Downloads ------------------------------------------------------------------------------------------------------
def problem_rows(run: ImportRun) -> Iterator[list[str]]:
    for found in run.problems.order_by("pk").iterator(chunk_size=2_000):
        yield line_of(found).cells()


def as_it_stands(text: str) -> str | Decimal:
    """A plain number as a number: the guard against formulas must not put an apostrophe before a minus."""
    return Decimal(text) if PLAIN_NUMBER.fullmatch(text) else text


def refused_rows(run: ImportRun) -> tuple[list[str], Iterator[list[Any]]]:
    """The refused rows as they stand in the file, each with its row number and all reasons: to be mended and brought
    back as a file of their own."""
    reasons: dict[int, list[str]] = {}
    for found in run.problems.filter(blocks=True).order_by("pk").iterator(chunk_size=2_000):
        line = line_of(found)
        where = f"{line.column}: " if line.column else ""
        reasons.setdefault(found.row, []).append(f"{where}{line.problem} {line.remedy}")
    imported = run.of
    with source_on_disk(imported) as path:
        table = read(path, sheet=imported.sheet, header_row=imported.header_row, limits=limits())
    rows = (
        [*(as_it_stands(cell_text(cell)) for cell in cells), number, " | ".join(reasons[number])]
        for number, cells in table.rows
        if number in reasons
    )
    return [*table.headers, gettext("row in the file"), gettext("reasons")], rows
