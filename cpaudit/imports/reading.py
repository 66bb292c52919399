"""From an untrusted CSV or XLSX file to a `Table`: header names and rows of plain values. Pure but for the child.

The bytes are only ever looked at in `child.py`, under limits of memory, processor and wall time. Here its answer is put
into shape: which row is the header, which rows are empty, which cells must not be trusted.
"""

import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from cpaudit.imports.problems import FileRefused, Problem

CHILD = Path(__file__).with_name("child.py")
Cell = str | int | Decimal | bool | dict[str, str] | None  # a dict is a date: {"d": "2019-01-31"}


@dataclass(frozen=True)
class Limits:
    """What a table may cost. Bytes, seconds and counts; the defaults hold 100,000 rows of ordinary data."""

    max_bytes: int = 50 * 1024 * 1024
    max_unpacked: int = 256 * 1024 * 1024
    max_ratio: int = 250
    max_entries: int = 2_000
    max_rows: int = 100_001
    max_columns: int = 500
    max_cells: int = 2_000_000
    memory: int = 1024 * 1024 * 1024
    output: int = 512 * 1024 * 1024
    seconds: int = 40
    wall: float = 60.0


@dataclass(frozen=True)
class Suspect:
    """A cell whose value must not be taken as it stands. `row` counts from 1 as a spreadsheet does."""

    row: int
    column: int  # index into Table.headers
    value: str
    problem: Problem


@dataclass
class Table:
    """A sheet with its header found. `rows` are (row number as shown in a spreadsheet, cells as wide as the header)."""

    sheet: str
    sheets: list[str]
    format: str
    encoding: str
    header_row: int
    headers: list[str]
    rows: list[tuple[int, list[Cell]]]
    empty_rows: int
    suspects: list[Suspect] = field(default_factory=list)

    @property
    def rows_in(self) -> int:
        """Rows below the header down to the last filled one, empty ones included."""
        return len(self.rows) + self.empty_rows

    def samples(self, column: str, count: int = 3) -> list[str]:
        """The first different filled values of a column, as text."""
        place = self.headers.index(column)
        found: dict[str, None] = {}
        for _number, cells in self.rows:
            text = cell_text(cells[place]).strip()
            if text:
                found.setdefault(text[:80])
            if len(found) == count:
                break
        return list(found)

    def texts(self, count: int) -> list[tuple[int, list[str]]]:
        """The first rows as a person reads them."""
        return [(number, [cell_text(cell)[:80] for cell in cells]) for number, cells in self.rows[:count]]


def read(path: Path, *, sheet: str = "", header_row: int = 0, limits: Limits | None = None) -> Table:
    """The table in `path`. `header_row` counts from 1; 0 takes the first filled row.

    Raises `FileRefused` with a sentence for everything that is not a readable table.
    """
    raw = read_raw(path, sheet=sheet, limits=limits or Limits())
    return assemble(raw, header_row=header_row)


def read_raw(path: Path, *, sheet: str, limits: Limits) -> dict[str, Any]:
    """The child's answer; its death, whatever the cause, becomes a refusal."""
    size = path.stat().st_size
    if size > limits.max_bytes:
        raise FileRefused("too_large", size=size, limit=limits.max_bytes)
    order = json.dumps({"path": str(path), "sheet": sheet or None} | asdict(limits))
    with tempfile.TemporaryFile() as out:
        try:
            done = subprocess.run(  # noqa: S603  our own file, run by this interpreter, no shell
                [sys.executable, "-I", str(CHILD), order],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.DEVNULL,
                timeout=limits.wall,
                env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise FileRefused("too_heavy") from error
        if done.returncode != 0:
            raise FileRefused("too_heavy")
        out.seek(0)
        answer = json.load(out, parse_float=Decimal)
    if not answer["ok"]:
        raise FileRefused(answer["code"], **answer["params"])
    return answer


def assemble(raw: dict[str, Any], *, header_row: int = 0) -> Table:
    """Header, rows and suspects from the child's lists. Rows and columns of `raw` count from 0."""
    rows: list[list[Cell]] = raw["rows"]
    while rows and is_blank(rows[-1]):  # blank lines below the last filled one are no part of the table
        rows.pop()
    top = header_row - 1 if header_row else first_filled(rows)
    if top is None or top >= len(rows):
        raise FileRefused("empty_file")
    check_header_merges(raw["merged"], top)
    headers = header_names(rows[top], top)
    width = len(headers)
    body: list[tuple[int, list[Cell]]] = []
    suspects: list[Suspect] = []
    empty = 0
    for number, cells in enumerate(rows[top + 1 :], start=top + 2):
        if is_blank(cells):
            empty += 1
            continue
        if len(cells) > width:
            suspects += beyond(cells, number, width)
            cells = cells[:width]
        elif len(cells) < width:
            cells = cells + [None] * (width - len(cells))
        body.append((number, cells))
    if not body:
        raise FileRefused("header_only")
    suspects += marked(raw, top, width, dict(body))
    return Table(
        sheet=raw["sheet"],
        sheets=raw["sheets"],
        format=raw["format"],
        encoding=raw["encoding"],
        header_row=top + 1,
        headers=headers,
        rows=body,
        empty_rows=empty,
        suspects=suspects,
    )


def first_filled(rows: Sequence[Sequence[Cell]]) -> int | None:
    return next((index for index, cells in enumerate(rows) if not is_blank(cells)), None)


def is_blank(cells: Iterable[Cell]) -> bool:
    return all(cell is None or (isinstance(cell, str) and not cell.strip()) for cell in cells)


def header_names(cells: Sequence[Cell], top: int) -> list[str]:
    """One name per column; a column without a name is called by its letter, so that its data stay in sight."""
    names = [" ".join(cell_text(cell).split()) for cell in cells]
    while names and not names[-1]:
        names.pop()
    filled = [(name, cell) for name, cell in zip(names, cells, strict=False) if name]
    if not filled:
        raise FileRefused("empty_file")
    if sum(1 for name, cell in filled if not isinstance(cell, str) or looks_numeric(name)) * 2 > len(filled):
        raise FileRefused("no_header", row=top + 1)
    names = [name or f"[{column_letters(index)}]" for index, name in enumerate(names)]
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise FileRefused("duplicate_headers", names=", ".join(twice[:10]))
    return names


def looks_numeric(text: str) -> bool:
    return not any(character.isalpha() for character in text) and any(character.isdigit() for character in text)


def check_header_merges(merged: Sequence[Sequence[int]], top: int) -> None:
    for first, left, last, right in merged:
        if first <= top <= last:
            raise FileRefused("merged_header", row=top + 1, range=range_name(first, left, last, right))


def beyond(cells: Sequence[Cell], number: int, width: int) -> list[Suspect]:
    """Values to the right of the last named column; they would be lost without a word."""
    extra = [cell for cell in cells[width:] if cell_text(cell).strip()]
    return [Suspect(number, width, cell_text(extra[0]), Problem("beyond_header"))] if extra else []


def marked(raw: dict[str, Any], top: int, width: int, body: dict[int, list[Cell]]) -> list[Suspect]:
    """Formulas, error values and merged ranges below the header. One entry per row, as errors belong to rows."""
    found = []
    for row, column in raw["formulas"]:
        if row > top and column < width and row + 1 in body:
            value = cell_text(body[row + 1][column])
            found.append(Suspect(row + 1, column, value, Problem("formula")))
    for row, column, text in raw["failures"]:
        if row > top and column < width and row + 1 in body:
            found.append(Suspect(row + 1, column, text, Problem("error_value")))
    for first, left, last, right in raw["merged"]:
        name = range_name(first, left, last, right)
        found += [
            Suspect(row + 1, column, "", Problem("merged", {"range": name}))
            for row in range(max(first, top + 1), last + 1)
            for column in range(left, min(right, width - 1) + 1)
            if row + 1 in body
        ]
    return found


def cell_text(cell: Cell) -> str:
    """A cell as a person reads it."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, dict):
        return cell["d"]
    return format(cell, "f") if isinstance(cell, Decimal) else str(cell)


def column_letters(index: int) -> str:
    """0 → A, 25 → Z, 26 → AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def range_name(first: int, left: int, last: int, right: int) -> str:
    return f"{column_letters(left)}{first + 1}:{column_letters(right)}{last + 1}"
