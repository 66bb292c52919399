"""What a person does with an import: upload, map, keep a mapping, order a dry run, order the import."""

from __future__ import annotations

import datetime as dt
import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files import File
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy

from cpaudit.accounts.models import User
from cpaudit.documents.models import Purpose, StoredFile
from cpaudit.documents.services import store_made
from cpaudit.imports import mapping as mappings
from cpaudit.imports import tasks
from cpaudit.imports.checks import check
from cpaudit.imports.guessing import guess
from cpaudit.imports.models import CONFLICT_LABELS, Import, ImportRun, RunKind, SavedMapping
from cpaudit.imports.policies import check_can_import, check_can_import_target
from cpaudit.imports.problems import FILE, LABELS, FileRefused, Problem
from cpaudit.imports.reading import Limits, Table, read
from cpaudit.imports.registry import Scope, registry
from cpaudit.jobs.bell import ring
from cpaudit.jobs.models import JobState
from cpaudit.rulebook.errors import Invalid, NotAllowed, Refused, Stale
from cpaudit.rulebook.findings import Finding, _

CONTENT_TYPES = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


def limits() -> Limits:
    return Limits(max_bytes=settings.UPLOAD_MAX_BYTES)


# --- Upload ---------------------------------------------------------------------------------------------------------
def upload_file(
    *, file: File, name: str, target: str, by: User, at: dt.datetime, sheet: str = "", header_row: int = 0
) -> Import:
    """Take in a table and propose a mapping. `Invalid` with a sentence when it cannot be read."""
    if not registry.knows(target):
        raise Invalid(_("This kind of data cannot be imported."), {"target": [_("Choose one of the list.")]})
    check_can_import_target(by, target)
    if by.body is None:  # the check has seen a role, and a role is one at a body
        raise NotAllowed(_("Your role does not import data from files."))
    name = Path(name.replace("\\", "/")).name[:200] or "table"
    with on_disk(file) as path:
        table = read_or_refuse(path, sheet=sheet, header_row=header_row)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        size = path.stat().st_size
        with transaction.atomic(), path.open("rb") as content:
            made = Import.objects.create(
                target=target,
                name=name,
                sha256=digest,
                size=size,
                sheet=table.sheet,
                header_row=table.header_row,
                table=table_facts(table),
                mapping=proposed(table, target, by=by, at=at).as_data(),
                body=by.body,
                uploaded_by=by,
                uploaded_at=at,
            )
            store_made(
                thing=made,
                content=File(content),
                name=name,
                content_type=CONTENT_TYPES[table.format],
                purpose=Purpose.IMPORT,
                by=by,
                at=at,
            )
    return made


def choose_sheet(*, imported: Import, sheet: str, header_row: int, version: int, by: User, at: dt.datetime) -> Import:
    """Read another sheet or another header row of the same file, and propose anew."""
    check_can_import_target(by, imported.target)
    with source_on_disk(imported) as path:
        table = read_or_refuse(path, sheet=sheet, header_row=header_row)
    return change(
        imported,
        version,
        sheet=table.sheet,
        header_row=table.header_row,
        table=table_facts(table),
        mapping=proposed(table, imported.target, by=by, at=at).as_data(),
    )


@contextmanager
def on_disk(file: File) -> Iterator[Path]:
    """The bytes in a file of the local disk, wherever they come from; refused as soon as they are too many."""
    limit = settings.UPLOAD_MAX_BYTES
    size = 0
    with tempfile.NamedTemporaryFile(prefix="import-") as copy:
        for chunk in file.chunks():
            size += len(chunk)
            if size > limit:
                raise refusal(FileRefused("too_large", size=file.size, limit=limit))
            copy.write(chunk)
        copy.flush()
        yield Path(copy.name)


@contextmanager
def source_on_disk(imported: Import) -> Iterator[Path]:
    """The uploaded file of an import, out of the storage."""
    stored = StoredFile.objects.about(imported).get()
    with stored.file.open("rb") as file, on_disk(file) as path:
        yield path


def read_or_refuse(path: Path, *, sheet: str, header_row: int) -> Table:
    try:
        return read(path, sheet=sheet, header_row=header_row, limits=limits())
    except FileRefused as error:
        raise refusal(error) from error


def refusal(error: FileRefused) -> Invalid:
    """The same sentence for page and REST, told at the field it belongs to."""
    found = FILE[error.problem.code]
    return Invalid(found.problem, {"file": [found.remedy % error.problem.params]}, **error.problem.params)


def table_facts(table: Table) -> dict[str, Any]:
    """What the pages show of the file: names and first values of the columns, how many rows there are."""
    return {
        "format": table.format,
        "encoding": table.encoding,
        "sheets": table.sheets,
        "headers": table.headers,
        "samples": {name: table.samples(name) for name in table.headers},
        "rows": table.rows_in,
        "empty_rows": table.empty_rows,
        "first_rows": table.texts(5),
    }


def proposed(table: Table, target: str, *, by: User, at: dt.datetime) -> mappings.Mapping:
    found = registry.target(target)
    importer = registry.importer(target, Scope(by=by, at=at, file=""))
    samples = {name: table.samples(name, 20) for name in table.headers}
    return guess(table.headers, found, samples=samples, labels=importer.known(), units=importer.units())


# --- Mapping --------------------------------------------------------------------------------------------------------
def save_mapping(
    *,
    imported: Import,
    data: Any,
    conflict: str,
    good_rows_only: bool,
    version: int,
    by: User,
    at: dt.datetime,
) -> Import:
    """Set how the file is read and what happens to conflicts and bad rows. What does not fit the file is refused."""
    check_can_import_target(by, imported.target)
    if conflict not in CONFLICT_LABELS:
        raise Invalid(_("The mapping cannot be used."), {"conflict": [_("Choose skip, update or stop.")]})
    mapping = mapping_of(data)
    findings = mapping_findings(imported, mapping, by=by, at=at)
    if findings:
        raise Refused(_("The mapping does not fit this file yet."), findings)
    return change(imported, version, mapping=mapping.as_data(), conflict=conflict, good_rows_only=good_rows_only)


def mapping_of(data: Any) -> mappings.Mapping:
    try:
        return mappings.from_data(data)
    except mappings.Malformed as error:
        raise Invalid(_("The mapping cannot be used."), {"mapping": [str(error)]}) from error


def mapping_findings(imported: Import, mapping: mappings.Mapping, *, by: User, at: dt.datetime) -> list[Finding]:
    """What does not fit, as findings: the same words on the page and in REST."""
    importer = registry.importer(imported.target, Scope(by=by, at=at, file=imported.name))
    faults = check(
        mapping,
        registry.target(imported.target),
        imported.headers,
        known=importer.known(),
        units=set(importer.units().values()),
    )
    return [problem_finding(fault) for fault in faults]


def problem_finding(problem: Problem) -> Finding:
    """A problem of the mapping, in the shape in which pages and REST show why something is refused."""
    found = registry.sentence(problem.code)
    params = {key: gettext_lazy(value) if key in LABELS else value for key, value in problem.params.items()}
    return Finding(
        rule=f"IMP.{problem.code}", article="", ok=False, text=found.problem, params=params, remedy=found.remedy
    )


def change(imported: Import, version: int, **values: Any) -> Import:
    """Compare and set. Nothing changes while a run is at work or after the import is done."""
    with transaction.atomic():
        unfinished = Import.objects.filter(pk=imported.pk, version=version, imported_at=None)
        if not unfinished.update(version=version + 1, **values):
            raise Stale(_("This import was changed or finished meanwhile. Look at it again."))
        if imported.runs.filter(state__in=[JobState.WAITING, JobState.RUNNING]).exists():
            raise Stale(_("A run over this file is under way. Wait for its end, then change the mapping."))
    imported.refresh_from_db()
    return imported


def keep_mapping(*, imported: Import, name: str, by: User, at: dt.datetime) -> SavedMapping:
    """Keep the import's mapping by name for the body's next file of this kind; the same name is replaced."""
    check_can_import_target(by, imported.target)
    kept, _created = SavedMapping.objects.update_or_create(
        body=by.body,
        target=imported.target,
        name=name.strip(),
        defaults={"data": imported.mapping, "saved_by": by, "saved_at": at},
    )
    return kept


def ship_mapping(*, name: str, data: Any, by: None, at: dt.datetime) -> SavedMapping:
    """Offer a ready-made mapping to every body (the system's own; the same name is replaced)."""
    mapping = mapping_of(data)
    kept, _created = SavedMapping.objects.update_or_create(
        body=None,
        target=mapping.target,
        name=name,
        defaults={"data": mapping.as_data(), "saved_by": by, "saved_at": at},
    )
    return kept


def use_mapping(*, imported: Import, saved: SavedMapping, version: int, by: User, at: dt.datetime) -> Import:
    """Read the file by a kept mapping; columns the file does not have are left open."""
    check_can_import_target(by, imported.target)
    if saved.target != imported.target:
        raise Invalid(_("This mapping is for another kind of data."))
    return change(imported, version, mapping=saved.data)


def forget_mapping(*, saved: SavedMapping, by: User, at: dt.datetime) -> None:
    """Remove a mapping of one's own body."""
    check_can_import(by)
    if saved.body_id is None:
        raise NotAllowed(_("This mapping comes with the system."))
    saved.delete()


# --- Runs -----------------------------------------------------------------------------------------------------------
def start_dry_run(*, imported: Import, by: User, at: dt.datetime, wake: bool = True) -> ImportRun:
    """Order a run that judges every row and writes none. `wake` a worker, unless the caller does the work himself."""
    return order(imported, RunKind.DRY, by=by, at=at, wake=wake)


def start_import(
    *, imported: Import, by: User, at: dt.datetime, version: int | None = None, wake: bool = True
) -> ImportRun:
    """Order the import. It needs a dry run of the very same mapping, without refused rows unless these are accepted.

    `version` is the one whose numbers a person has seen and confirmed.
    """
    check_can_import_target(by, imported.target)
    if version is not None and version != imported.version:
        raise Stale(_("This import was changed or finished meanwhile. Look at it again."))
    findings = ready_findings(imported)
    if any(finding.blocks for finding in findings):
        raise Refused(_("The file is not ready to be imported."), findings)
    return order(imported, RunKind.REAL, by=by, at=at, wake=wake)


def ready_findings(imported: Import) -> list[Finding]:
    """May the import start? IMP-1: judged as it stands now. IMP-2: nothing refused, or refusing is accepted."""
    dry = imported.runs.filter(kind=RunKind.DRY, state=JobState.DONE, version=imported.version).first()
    clean = dry is not None and (not dry.refused or imported.good_rows_only)
    return [
        Finding(
            rule="IMP-1",
            article="",
            ok=dry is not None,
            text=_("A dry run has judged every row with this mapping and these options"),
            remedy=_("Start a dry run."),
        ),
        Finding(
            rule="IMP-2",
            article="",
            ok=clean,
            text=_("No row is refused, or it is accepted that refused rows stay out"),
            remedy=_("Correct the file or the mapping, or choose to import the good rows only."),
        ),
    ]


def order(imported: Import, kind: RunKind, *, by: User, at: dt.datetime, wake: bool) -> ImportRun:
    check_can_import_target(by, imported.target)
    findings = mapping_findings(imported, mapping_of(imported.mapping), by=by, at=at)
    if findings:
        raise Refused(_("The mapping does not fit this file yet."), findings)
    if imported.imported_at:
        raise Stale(_("This file is imported already."))
    try:
        with transaction.atomic():
            run = ImportRun.objects.create(
                of=imported,
                kind=kind,
                version=imported.version,
                mapping=imported.mapping,
                conflict=imported.conflict,
                good_rows_only=imported.good_rows_only,
                ordered_by=by,
                posting=by.posting,
                created_at=at,
                total_units=imported.table.get("rows", 0),
            )
            if wake:
                ring(tasks.carry_out, run.pk)
    except IntegrityError as error:
        raise Stale(_("A run over this file is under way or done already.")) from error
    return run
