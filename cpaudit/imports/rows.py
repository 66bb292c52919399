"""From the rows of one table, by one mapping, to records and problems. Pure."""

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from cpaudit.imports.mapping import Field, Kind, Mapping, Negative, Source
from cpaudit.imports.problems import Problem
from cpaudit.imports.reading import Cell, Table, cell_text, column_letters
from cpaudit.imports.records import Action, Conflict, Importer, Progress, Record, RowProblem, UnitProblem
from cpaudit.imports.values import NotAValue, boolean_of, date_of, decimal_of, fitted, integer_of, text_of

EVERY = 500  # rows between two reports of progress


class LeftOut(Exception):
    """The lookup leaves out what the record cannot be without: the record is left out on purpose, and counted."""


class Reader:
    """Reads the rows of one table by one mapping. Holds what does not change from row to row."""

    def __init__(
        self, table: Table, mapping: Mapping, importer: Importer, known: dict[str, dict[str, Sequence[str]]]
    ) -> None:
        self.table, self.mapping, self.importer = table, mapping, importer
        self.places = {name: index for index, name in enumerate(table.headers)}
        self.blanks = {"", *(blank.strip() for blank in mapping.blanks)}
        self.names = {key: by_name(values) for key, values in known.items()}
        for found in importer.target.fields:
            if found.choices:
                self.names[found.key] = by_name({value: (label,) for value, label in found.choices})
        self.units = importer.units()
        self.problems: list[RowProblem] = []
        self.left_out: Counter[tuple[str, str]] = Counter()
        self.rows_without_value: set[int] = set()
        self.entries = [mapping.fields | entry for entry in mapping.series or ({},)]
        # Units before amounts, so that an amount finds the unit of its row.
        order = sorted(importer.target.fields, key=lambda one: one.kind is Kind.DECIMAL)
        self.plans = [[(found, entry[found.key]) for found in order if found.key in entry] for entry in self.entries]
        self.required = [
            [one for one in importer.target.fields if one.required and one.key in entry] for entry in self.entries
        ]

    def records(self, progress: Progress) -> list[Record]:
        total = len(self.table.rows)
        suspects = self.suspects()
        found: list[Record] = []
        for done, (number, cells) in enumerate(self.table.rows):
            if done % EVERY == 0:
                progress(done, total)
            self.problems += suspects.get(number, ())
            made = [
                record
                for index in range(len(self.entries))
                if (record := self.record(number, cells, index)) is not None
            ]
            if not made:
                self.rows_without_value.add(number)
            found += made
        progress(total, total)
        return found

    def suspects(self) -> dict[int, list[RowProblem]]:
        """Untrustworthy cells, by row: those in columns the mapping reads, and those beyond the header."""
        used = {self.places[column] for column in self.mapping.columns()}
        found: dict[int, list[RowProblem]] = {}
        for suspect in self.table.suspects:
            if suspect.column in used or suspect.problem.code == "beyond_header":
                name = self.table.headers[suspect.column] if suspect.column < len(self.table.headers) else ""
                problem = RowProblem(
                    self.table.sheet,
                    suspect.row,
                    name,
                    column_letters(suspect.column),
                    suspect.value[:200],
                    suspect.problem,
                )
                found.setdefault(suspect.row, []).append(problem)
        return found

    def record(self, number: int, cells: list[Cell], index: int) -> Record | None:
        """The record of one row and one entry of the series; None where that entry has no amount in this row."""
        record = Record(row=number, entry=index, values={})
        if self.mapping.series and all(
            self.is_blank(cells, source) for key, source in self.mapping.series[index].items() if source.columns
        ):
            return None
        before = len(self.problems)
        failed: set[str] = set()
        for found, source in self.plans[index]:
            try:
                value = self.value(cells, found, source, record)
            except NotAValue as refusal:
                self.problems.append(self.located(record, found.key, refusal.problem, True, cells))
                failed.add(found.key)
                continue
            except LeftOut:
                del self.problems[before:]
                return None
            if value is not None:
                record.values[found.key] = value
        for found in self.required[index]:
            explained = found.key in failed or found.metric_field in failed
            if record.values.get(found.key) in (None, "") and not explained:
                problem = Problem("required", {"field": found.label})
                self.problems.append(self.located(record, found.key, problem, True, cells))
        return record

    def is_blank(self, cells: list[Cell], source: Source) -> bool:
        return all(cell_text(cells[self.places[column]]).strip() in self.blanks for column in source.columns)

    def value(self, cells: list[Cell], found: Field, source: Source, record: Record) -> Any:
        """The typed value, None for nothing. Raises `NotAValue`."""
        if found.kind is Kind.DECIMAL:
            return self.amount(cells, found, source, record)
        cell = self.cell(cells, source)
        text = cell_text(cell).strip()
        lookup = self.mapping.lookups.get(found.key)
        if lookup is not None and text in lookup:
            cell = lookup[text]
            if cell is None:
                self.left_out[(found.key, text)] += 1
                if found.required:
                    raise LeftOut
                return None
            text = cell_text(cell)
        elif text in self.blanks:
            return None
        match found.kind:
            case Kind.TEXT | Kind.CODE:
                return text_of(cell, max_length=found.max_length, code=found.kind is Kind.CODE)
            case Kind.INTEGER:
                return self.in_range(integer_of(cell, self.mapping.formats), found, record)
            case Kind.DATE:
                return date_of(cell, self.mapping.formats)
            case Kind.BOOLEAN:
                return boolean_of(cell)
        return self.choice(text, found, lookup is not None)

    def cell(self, cells: list[Cell], source: Source) -> Cell:
        """The constant, the cell, or the texts of several cells joined by spaces."""
        if source.constant is not None:
            return source.constant
        if len(source.columns) == 1:
            return cells[self.places[source.column]]
        texts = (cell_text(cells[self.places[column]]).strip() for column in source.columns)
        return " ".join(text for text in texts if text not in self.blanks)

    def choice(self, text: str, found: Field, has_lookup: bool) -> Any:
        """The value a name or code stands for. Names that stand for several values are not guessed at."""
        names = self.names.get(found.key)
        if names is None:  # too many to list: the importer looks it up and complains itself
            return text
        value = names.get(text.casefold())
        if value is None:
            if has_lookup:
                raise NotAValue("not_in_lookup", field=found.label)
            choices = sorted(set(names.values()))
            shown = ", ".join(choices[:12]) + (", …" if len(choices) > 12 else "")
            raise NotAValue("not_a_choice", field=found.label, choices=shown)
        return value

    def in_range(self, number: int, found: Field, record: Record) -> int:
        low, high = found.minimum, found.maximum
        if (low is not None and number < low) or (high is not None and number > high):
            raise NotAValue("out_of_range", low="…" if low is None else low, high="…" if high is None else high)
        return number

    def amount(self, cells: list[Cell], found: Field, source: Source, record: Record) -> Decimal | None:
        """A number as given, then in its base unit; both are kept."""
        formats = self.mapping.formats
        if source.constant is not None:
            given = decimal_of(source.constant, formats)
        else:
            filled = [
                cell
                for column in source.columns
                if cell_text(cell := cells[self.places[column]]).strip() not in self.blanks
            ]
            if not filled:
                return None
            given = sum((decimal_of(cell, formats) for cell in filled), Decimal(0))
        if given < 0 and found.negative is Negative.REFUSE:
            raise NotAValue("negative", field=found.label)
        if given < 0 and found.negative is Negative.WARN:
            self.warn(record, found, Problem("negative_kept", {"field": found.label}), cells)
        given, rounded = fitted(given, digits=found.digits, places=found.places)
        if rounded:
            self.warn(record, found, Problem("rounded", {"places": found.places}), cells)
        if not found.has_unit:
            return given
        unit = record.values.get(found.unit_field) if found.unit_field in self.entries[record.entry] else source.unit
        if found.metric_field and record.values.get(found.metric_field) is None:
            return None  # left out with its metric (counted there), or the metric itself is the complaint
        if not unit:
            raise NotAValue("unit_missing")
        try:
            base = self.importer.to_base(found, given, unit, record.values)
        except UnitProblem as problem:
            raise NotAValue("unit_unknown", unit=problem.unit, base=problem.base) from problem
        record.given[found.key] = (given, unit)
        return fitted(base, digits=found.digits, places=found.places)[0]

    def warn(self, record: Record, found: Field, problem: Problem, cells: list[Cell]) -> None:
        self.problems.append(self.located(record, found.key, problem, False, cells))

    def located(
        self, record: Record, key: str, problem: Problem, blocks: bool, cells: list[Cell] | None = None
    ) -> RowProblem:
        """The problem with its place: the column the field is read from, and what stands there."""
        source = self.entries[record.entry].get(key) or Source()
        if cells is None:
            cells = self.row_cells(record.row)
        value = source.constant or ""
        if source.columns:
            texts = (cell_text(cells[self.places[column]]).strip() for column in source.columns)
            value = " + ".join(text for text in texts if text)
        letter = column_letters(self.places[source.column]) if source.columns else ""
        return RowProblem(
            self.table.sheet, record.row, " + ".join(source.columns), letter, value[:200], problem, blocks
        )

    def row_cells(self, number: int) -> list[Cell]:
        if not hasattr(self, "_by_number"):
            self._by_number = dict(self.table.rows)
        return self._by_number[number]

    def duplicates(self, records: Sequence[Record]) -> Iterator[RowProblem]:
        """Records that stand twice in the file; which of the two is meant, only its author knows."""
        first: dict[Any, Record] = {}
        field_key = self.importer.target.key_fields[0]
        for record in records:
            key = self.importer.key(record)
            if key is None:
                continue
            earlier = first.setdefault(key, record)
            if earlier is record:
                continue
            if earlier.row == record.row:
                amount = next(
                    (one.key for one in self.importer.target.series_fields if one.kind is Kind.DECIMAL), field_key
                )
                yield self.located(record, amount, Problem("duplicate_series"), True)
            else:
                yield self.located(record, field_key, Problem("duplicate_in_file", {"row": earlier.row}), True)

    def conflicts(self, records: Sequence[Record], conflict: Conflict) -> Iterator[RowProblem]:
        """Mark each record as new, to be updated or skipped; with `stop`, complain about those that exist."""
        existing = self.importer.existing(records)
        if not existing:
            return
        for record in records:
            key = self.importer.key(record)
            if key is None or key not in existing:
                continue
            record.existing = existing[key]
            if conflict is Conflict.STOP:
                yield self.located(record, self.importer.target.key_fields[0], Problem("conflict"), True)
            record.action = Action.SKIP if conflict is Conflict.SKIP else Action.UPDATE


def by_name(values: dict[str, Sequence[str]]) -> dict[str, str]:
    """`{name in lower case: value}`; a name that two values share is no name."""
    names: dict[str, str] = {}
    twice = set()
    for value, others in values.items():
        for name in {str(other).strip().casefold() for other in others if other}:
            if names.setdefault(name, value) != value:
                twice.add(name)
    for name in twice:
        del names[name]
    return names | {value.casefold(): value for value in values}
