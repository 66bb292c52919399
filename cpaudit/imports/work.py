"""The worker's side of an import: take the row, read the file, judge it, and write all of it or none.

**All or nothing.** The writes of an import, the end of its row, its event and its notice are one transaction; the row's
end comes first and is a compare-and-set under the claim this worker took. A worker that is killed leaves nothing behind
but a running row, which `sweep` puts back into the queue; a worker that was given up too early finds its claim gone and
rolls back. So no record is written twice, however often the work is done.

**Progress.** While rows are judged, the row itself is updated, outside of any transaction. While they are written no
other transaction could see an update made inside, and on SQLite a second connection would have to wait for the first;
so the number of written records goes through the shared cache (`written_so_far`) and the page reads both.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from django.core.cache import cache
from django.core.files import File
from django.db import IntegrityError, OperationalError, transaction
from django.urls import reverse
from django.utils import timezone

from cpaudit.accounts.models import User
from cpaudit.imports import services, tasks
from cpaudit.imports.engine import MappingRefused, examine
from cpaudit.imports.mapping import from_data
from cpaudit.imports.models import Import, ImportRun, RunKind, RunProblem
from cpaudit.imports.policies import check_can_import_target
from cpaudit.imports.problems import FileRefused, Problem
from cpaudit.imports.reading import read
from cpaudit.imports.records import Conflict, Counts, Examination, RowProblem
from cpaudit.imports.registry import Scope, registry
from cpaudit.imports.services import limits, source_on_disk
from cpaudit.jobs.bell import ring
from cpaudit.jobs.models import MAX_ATTEMPTS, ClaimLost, JobState
from cpaudit.notices.services import notify
from cpaudit.rulebook.errors import NotAllowed
from cpaudit.rulebook.findings import _
from cpaudit.trail.services import record

logger = logging.getLogger(__name__)

BEAT_SECONDS = 0.5
PROBLEMS_KEPT = 100_000
"""Problems stored one by one. A file with more has one mistake many times, and the summary counts them all."""


def carry_out(*, pk: int, by: User | None, at: dt.datetime) -> ImportRun | None:
    """Do a waiting run. None where another worker has it. `by` is None: the worker acts for who ordered the run."""
    run = ImportRun.take(pk, at=at)
    if run is None:
        return None
    try:
        perform(run, at=at)
    except ClaimLost:
        logger.warning("Import run %s was given up and taken by another worker", pk)
        return None
    except FileRefused as error:
        fail(run, error.problem, at=at)
    except MappingRefused as error:
        fail(run, error.problems[0], at=at)
    except NotAllowed as error:
        reason = {"msgid": error.sentence, "params": dict(error.params)}
        fail(run, Problem("not_allowed", {"reason": reason}), at=at)
    except (IntegrityError, OperationalError) as error:
        # Somebody wrote the same record between judging and writing, or the database was away: judge again.
        logger.warning("Import run %s did not go through: %s", pk, error)
        if run.attempts >= MAX_ATTEMPTS:
            fail(run, Problem("not_kept"), at=at)
        else:
            run.give_back()
            ring(tasks.carry_out, run.pk)
    except Exception:
        logger.exception("Import run %s failed", pk)
        fail(run, Problem("broke"), at=at)
    return run


def import_at_once(
    *,
    path: Path,
    target: str,
    mapping: Any,
    by: User,
    at: dt.datetime,
    conflict: Conflict = Conflict.STOP,
    good_rows_only: bool = False,
) -> ImportRun:
    """Upload, map, dry run and import in one go and in this process: for commands and demonstrations.

    The same services as page by page, so the same checks. Returns the import's run, or the dry run where rows are
    refused and that was not accepted.
    """
    with path.open("rb") as content:
        imported = services.upload_file(file=File(content), name=path.name, target=target, by=by, at=at)
    imported = services.save_mapping(
        imported=imported,
        data=mapping,
        conflict=conflict.value,
        good_rows_only=good_rows_only,
        version=imported.version,
        by=by,
        at=at,
    )
    run = settled(services.start_dry_run(imported=imported, by=by, at=at, wake=False), at=at)
    if run.state != JobState.DONE or (run.refused and not good_rows_only):
        return run
    return settled(services.start_import(imported=imported, by=by, at=at, wake=False), at=at)


def settled(run: ImportRun, *, at: dt.datetime) -> ImportRun:
    """The run when it is over. Done here, unless the sweep gave it to a worker in the same moment: then that is
    waited for. What went back into the queue is taken up again."""
    while True:
        carry_out(pk=run.pk, by=None, at=at)
        run.refresh_from_db()
        if run.is_over:
            return run
        time.sleep(BEAT_SECONDS)


def sweep(*, by: User | None, at: dt.datetime) -> int:
    """Put rows of dead workers back into the queue and ring for all that wait. Returns how many wait."""
    back, failed = ImportRun.return_stuck(at=at)
    if back or failed:
        logger.warning("Import runs without a sign of life: %s put back, %s failed", back, failed)
    waiting = list(ImportRun.objects.filter(state=JobState.WAITING).values_list("pk", flat=True))
    for pk in waiting:
        ring(tasks.carry_out, pk)
    return len(waiting)


def written_so_far(run: ImportRun) -> int:
    """Records written by the run's open transaction; 0 when it has not begun."""
    return cache.get(progress_key(run), 0)


def progress_key(run: ImportRun) -> str:
    return f"import-run-{run.pk}-written"


# --- One run --------------------------------------------------------------------------------------------------------
def perform(run: ImportRun, *, at: dt.datetime) -> None:
    imported = run.of
    user = run.ordered_by.acting_as(run.posting)
    if not run.posting or not user.is_active or run.posting not in user.current_postings:
        raise NotAllowed(_("The posting this import was ordered in has ended."))
    check_can_import_target(user, imported.target)
    importer = registry.importer(imported.target, Scope(by=user, at=at, file=imported.name))
    with source_on_disk(imported) as path:
        table = read(path, sheet=imported.sheet, header_row=imported.header_row, limits=limits())
    beat = Beat(run)
    examination = examine(
        table, from_data(run.mapping), importer, conflict=Conflict(run.conflict), progress=beat.judged
    )
    if run.kind == RunKind.DRY:
        with transaction.atomic():
            finish(run, examination, JobState.DONE, at=at)
        return
    if examination.blocks and not run.good_rows_only:
        with transaction.atomic():
            finish(run, examination, JobState.FAILED, at=at, problem=Problem("rows_refused"))
            tell(run, examination.counts, at=at, kept=False)
        return
    try:
        with transaction.atomic():
            finish(run, examination, JobState.DONE, at=at)
            importer.write(examination.records, beat.written)
            if not Import.objects.filter(pk=imported.pk, imported_at=None).update(imported_at=at):
                raise ClaimLost(f"{imported} is imported already")
            tell(run, examination.counts, at=at, kept=True)
    finally:
        cache.delete(progress_key(run))


class Beat:
    """Signs of life at a bearable rate."""

    def __init__(self, run: ImportRun) -> None:
        self.run, self.last = run, 0.0

    def judged(self, done: int, total: int) -> None:
        self._if_due(lambda: self.run.beat(at=timezone.now(), done=done, total=total), force=done == total)

    def written(self, done: int) -> None:
        self._if_due(lambda: cache.set(progress_key(self.run), done, 600))

    def _if_due(self, act: Callable[[], None], *, force: bool = False) -> None:
        now = time.monotonic()
        if force or now - self.last >= BEAT_SECONDS:
            self.last = now
            act()


def finish(
    run: ImportRun, examination: Examination, state: JobState, *, at: dt.datetime, problem: Problem | None = None
) -> None:
    """End the row with its books and keep what was found, in the caller's transaction."""
    run.end(
        state=state,
        at=at,
        counts=examination.counts.as_data(),
        summary=summary_of(examination),
        problem=problem_data(problem) if problem else None,
        done_units=examination.counts.rows,
        total_units=examination.counts.rows,
    )
    keep_problems(run, examination.problems)


def summary_of(examination: Examination) -> dict[str, Any]:
    """How often each problem occurs in each column, and what the lookups left out."""
    kinds: dict[tuple[str, str, bool], int] = {}
    for one in examination.problems:
        key = (one.column, one.problem.code, one.blocks)
        kinds[key] = kinds.get(key, 0) + 1
    return {
        "kinds": [
            {"column": column, "code": code, "blocks": blocks, "count": count}
            for (column, code, blocks), count in sorted(kinds.items(), key=lambda item: -item[1])
        ],
        "left_out": [
            {"field": field, "code": code, "count": count}
            for (field, code), count in examination.left_out.most_common()
        ],
    }


def keep_problems(run: ImportRun, problems: Sequence[RowProblem]) -> None:
    run.problems.all().delete()  # of an attempt that did not reach its end
    blocking_first = sorted(problems, key=lambda one: not one.blocks)[:PROBLEMS_KEPT]
    blocking_first.sort(key=lambda one: one.row)
    RunProblem.objects.bulk_create(
        (
            RunProblem(
                run=run,
                sheet=one.sheet,
                row=one.row,
                column=one.column[:500],
                letter=one.letter,
                value=one.value,
                code=one.problem.code,
                params=plain_params(one.problem),
                blocks=one.blocks,
            )
            for one in blocking_first
        ),
        batch_size=2_000,
    )


def fail(run: ImportRun, problem: Problem, *, at: dt.datetime) -> None:
    """The run as a whole ends without result, and says why."""
    with transaction.atomic():
        try:
            run.end(state=JobState.FAILED, at=at, problem=problem_data(problem))
        except ClaimLost:
            return
        if run.kind == RunKind.REAL:
            tell(run, Counts(rows=run.of.table.get("rows", 0)), at=at, kept=False)


def problem_data(problem: Problem) -> dict[str, Any]:
    return {"code": problem.code, "params": plain_params(problem)}


def plain_params(problem: Problem) -> dict[str, Any]:
    """Parameters as JSON keeps them: texts, and nested sentences (`{"msgid", "params"}`) to be translated later."""
    return {key: value if isinstance(value, dict) else str(value) for key, value in problem.params.items()}


def tell(run: ImportRun, counts: Counts, *, at: dt.datetime, kept: bool) -> None:
    """The event on the import's timeline, and the notice to who ordered it."""
    imported = run.of
    user = run.ordered_by.acting_as(run.posting)
    facts = {
        "file": imported.name,
        "rows_in": counts.rows,
        "imported": counts.rows_imported if kept else 0,
        "refused": counts.rows_refused,
    }
    if kept:
        record(verb="import.finished", thing=imported, by=user, at=at, facts=facts)
    else:
        problem = run.problem or {}
        reason = {"msgid": registry.sentence(problem["code"]).problem, "params": problem["params"]}
        record(verb="import.failed", thing=imported, by=user, at=at, facts=facts | {"reason": reason})
    notify(
        kind="import.finished",
        to=[run.ordered_by],
        by=None,
        at=at,
        key=str(run.pk),
        facts=facts,
        link=reverse("imports:run-detail", args=[imported.pk, run.pk]),
        thing=imported,
    )
