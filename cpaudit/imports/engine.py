"""From a table and a mapping to records, with everything that is wrong found at once. Pure but for what importers ask.

A dry run is `examine`; an import is `examine` and then the importer's `write` of what it accepted. There is no second
validation that could judge differently.

Books are kept of rows and of records, and must balance (`Counts.check`):

    rows in file  = imported + skipped (exist already) + refused + without a value (or left out on purpose) + empty
    records       = created + updated + skipped + refused

A row is imported if any of its records is created or updated; in a dry run the numbers say what would happen.
"""

from collections import Counter
from collections.abc import Sequence

from cpaudit.imports.checks import check
from cpaudit.imports.mapping import Mapping
from cpaudit.imports.problems import Problem
from cpaudit.imports.reading import Table
from cpaudit.imports.records import Action, Conflict, Counts, Examination, Importer, Progress, Record, RowProblem
from cpaudit.imports.rows import Reader


class MappingRefused(Exception):
    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(", ".join(problem.code for problem in problems))
        self.problems = list(problems)


def examine(
    table: Table,
    mapping: Mapping,
    importer: Importer,
    *,
    conflict: Conflict = Conflict.STOP,
    progress: Progress = lambda done, total: None,
) -> Examination:
    """Judge every cell of every row. Raises `MappingRefused` if the mapping itself does not fit the table."""
    known = importer.known()
    faults = check(mapping, importer.target, table.headers, known=known, units=set(importer.units().values()))
    if faults:
        raise MappingRefused(faults)
    reader = Reader(table, mapping, importer, known)
    records = reader.records(progress)
    problems = reader.problems
    importer.prepare(records)
    for record in records:
        for key, problem, blocks in importer.complaints(record):
            problems.append(reader.located(record, key, problem, blocks))
    problems += reader.duplicates(records)
    problems += reader.conflicts(records, conflict)
    return summed_up(table, records, problems, reader)


def summed_up(table: Table, records: list[Record], problems: list[RowProblem], reader: Reader) -> Examination:
    """Refuse the whole of each row that has a problem, and do the books."""
    refused = {problem.row for problem in problems if problem.blocks}
    accepted = [record for record in records if record.row not in refused]
    actions = Counter(record.action for record in accepted)
    imported = {record.row for record in accepted if record.action is not Action.SKIP}
    counts = Counts(
        rows=table.rows_in,
        rows_imported=len(imported),
        rows_skipped=len({record.row for record in accepted} - imported),
        rows_refused=len(refused),
        rows_without_value=len(reader.rows_without_value - refused),
        rows_empty=table.empty_rows,
        records=len(records),
        created=actions[Action.CREATE],
        updated=actions[Action.UPDATE],
        skipped=actions[Action.SKIP],
        records_refused=len(records) - len(accepted),
        problems=sum(1 for problem in problems if problem.blocks),
        warnings=sum(1 for problem in problems if not problem.blocks),
    )
    counts.check()
    problems.sort(key=lambda one: (one.row, one.letter == "", len(one.letter), one.letter))
    return Examination(accepted, problems, refused, counts, reader.left_out)
