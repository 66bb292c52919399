"""Writing the records of a stage: text, checklist, dates, hours."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from audits.workflow.models import Audit, Deliverable, Section, Stage, TeamMember, WorkEntry
from audits.workflow.policies import check_can_write_records
from audits.workflow.rules.stages import FIELD_LABELS
from audits.workflow.rules.transitions import STAGE_STATUS_LABELS, StageStatus
from cpaudit.accounts.models import User
from cpaudit.documents.models import StoredFile
from cpaudit.documents.services import remove_file, store_upload
from cpaudit.rulebook.errors import Invalid, Refused, Stale
from cpaudit.rulebook.findings import Finding, _
from cpaudit.trail.services import record

SECTION_MAX = 40_000
SAVED_MEANWHILE = _("Somebody saved this meanwhile. Your text is kept below; compare it with what is there now.")


def hold(audit: Audit) -> Audit:
    """Take the audit's row for this transaction and its status as it is now.

    Whoever files the report meanwhile waits, so that nothing is written behind the frozen content's back. (On SQLite a
    writing transaction has the whole database from its beginning.)
    """
    audit.status = Audit.objects.select_for_update(no_key=True).only("status").get(pk=audit.pk).status
    return audit


def check_stage_open(stage: Stage) -> None:
    """Records are written while the stage is in work; a completed one is reopened or sent back first.

    The stage is looked at again: the audit is held by now, so nobody completes it between this look and the write.
    """
    stage.refresh_from_db(fields=["status"])
    if stage.status in {StageStatus.OPEN, StageStatus.SENT_BACK}:
        return
    raise Refused(
        _("Stage %(stage)s is not in work."),
        [
            Finding(
                "R-5", "Item 5", False, _("Stage %(stage)s is “%(status)s”."),
                params={"stage": stage.number, "status": {"msgid": STAGE_STATUS_LABELS[StageStatus(stage.status)]}},
                remedy=_("Begin it, or reopen it for correction."),
            )
        ],
        stage=stage.number,
    )  # fmt: skip


@transaction.atomic
def write_section(*, stage: Stage, key: str, text: str, version: int, by: User, at: dt.datetime) -> Section:
    """Save a section. `version` is that of the text the person began from (0: there was none)."""
    check_can_write_records(by, hold(stage.audit))
    check_stage_open(stage)
    spec = stage.spec.section(key)
    if len(text) > SECTION_MAX:
        raise Invalid(_("The text is too long."), {"text": [_("At most 40,000 characters; put the rest into a file.")]})
    values = {"text": text, "written_by": by, "written_at": at}
    if version:
        saved = Section.objects.filter(stage=stage, key=key, version=version).update(version=F("version") + 1, **values)
        if not saved:
            raise Stale(SAVED_MEANWHILE)
        section = Section.objects.get(stage=stage, key=key)
    else:
        try:
            with transaction.atomic():
                section = Section.objects.create(stage=stage, key=key, **values)
        except IntegrityError as error:
            raise Stale(SAVED_MEANWHILE) from error
    _record(stage, "stage.section_saved", by, at, section={"msgid": spec.title})
    return section


@transaction.atomic
def tick_deliverable(*, stage: Stage, key: str, by: User, at: dt.datetime) -> None:
    """Mark a line of the checklist as done; marking it again changes nothing."""
    check_can_write_records(by, hold(stage.audit))
    check_stage_open(stage)
    spec = stage.spec.deliverable(key)
    _row, created = Deliverable.objects.get_or_create(stage=stage, key=key, defaults={"done_by": by, "done_at": at})
    if created:
        _record(stage, "stage.deliverable_ticked", by, at, deliverable={"msgid": spec.title})


@transaction.atomic
def untick_deliverable(*, stage: Stage, key: str, by: User, at: dt.datetime) -> None:
    """Mark a line of the checklist as open again."""
    check_can_write_records(by, hold(stage.audit))
    check_stage_open(stage)
    spec = stage.spec.deliverable(key)
    removed, _rows = Deliverable.objects.filter(stage=stage, key=key).delete()
    if removed:
        _record(stage, "stage.deliverable_unticked", by, at, deliverable={"msgid": spec.title})


@transaction.atomic
def set_stage_dates(
    *, stage: Stage, started_on: dt.date | None, finished_on: dt.date | None, version: int, by: User, at: dt.datetime
) -> Stage:
    """First and last day of work in the stage. Neither lies in the future."""
    check_can_write_records(by, hold(stage.audit))
    check_stage_open(stage)
    errors: dict[str, list[str]] = {}
    today = timezone.localdate(at)
    if started_on and started_on > today:
        errors["started_on"] = [_("This day lies in the future.")]
    if finished_on and finished_on > today:
        errors["finished_on"] = [_("This day lies in the future.")]
    if finished_on and started_on and finished_on < started_on:
        errors["finished_on"] = [_("The stage cannot finish before it starts.")]
    if finished_on and not started_on:
        errors["started_on"] = [_("Give the first day, too.")]
    if errors:
        raise Invalid(_("The dates do not fit."), errors)
    saved = Stage.objects.filter(pk=stage.pk, version=version).update(
        started_on=started_on, finished_on=finished_on, version=F("version") + 1
    )
    if not saved:
        raise Stale(_("Somebody changed this stage meanwhile. Look at it again and repeat what is still right."))
    stage.refresh_from_db()
    _record(stage, "stage.dates_set", by, at, started_on=started_on or "–", finished_on=finished_on or "–")
    return stage


@transaction.atomic
def log_work(
    *,
    audit: Audit,
    member: TeamMember,
    field: str,
    worked_on: dt.date,
    hours: Decimal,
    note: str = "",
    by: User,
    at: dt.datetime,
) -> WorkEntry:
    """Log hours of a team member in one of the ten fields; at most 24 a day over the whole audit."""
    check_can_write_records(by, hold(audit))
    errors: dict[str, list[str]] = {}
    if member.audit_id != audit.pk:
        errors["member"] = [_("This person is not in the team.")]
    if field not in FIELD_LABELS:
        errors["field"] = [_("Choose one of the ten fields.")]
    if hours <= 0 or hours > 24:
        errors["hours"] = [_("Between 0.1 and 24 hours a day.")]
    if worked_on > timezone.localdate(at):
        errors["worked_on"] = [_("This day lies in the future.")]
    elif member.left_on and worked_on > member.left_on:
        errors["worked_on"] = [_("The person had left the team by then.")]
    if not errors:
        that_day = sum(WorkEntry.objects.filter(member=member, worked_on=worked_on).values_list("hours", flat=True))
        if that_day + hours > 24:
            errors["hours"] = [_("More than 24 hours on one day.")]
    if errors:
        raise Invalid(_("The hours cannot be logged."), errors)
    entry = WorkEntry.objects.create(
        audit=audit, member=member, field=field, worked_on=worked_on, hours=hours, note=note,
        entered_by=by, entered_at=at,
    )  # fmt: skip
    _record_work(entry, "stage.work_logged", by, at)
    return entry


@transaction.atomic
def remove_work(*, entry: WorkEntry, by: User, at: dt.datetime) -> None:
    """Take a wrong entry out; the trail keeps what it said."""
    check_can_write_records(by, hold(entry.audit))
    removed, _rows = WorkEntry.objects.filter(pk=entry.pk).delete()
    if not removed:
        raise Stale(_("This entry has been removed already."))
    _record_work(entry, "stage.work_removed", by, at)


@transaction.atomic
def add_stage_file(*, stage: Stage, upload: File[bytes], caption: str, by: User, at: dt.datetime) -> StoredFile:
    """Keep a file as evidence of a stage in work."""
    check_can_write_records(by, hold(stage.audit))
    check_stage_open(stage)
    return store_upload(thing=stage.audit, upload=upload, part=part_of(stage), caption=caption, by=by, at=at)


@transaction.atomic
def remove_stage_file(*, stage: Stage, file: StoredFile, by: User, at: dt.datetime) -> None:
    """Take a file of a stage in work out of sight; its bytes and its trail stay."""
    check_can_write_records(by, hold(stage.audit))
    check_stage_open(stage)
    remove_file(file=file, thing=stage.audit, by=by, at=at)


def part_of(stage: Stage) -> str:
    """How files and events of a stage are marked on the audit."""
    return f"stage_{stage.number}"


def _record_work(entry: WorkEntry, verb: str, by: User, at: dt.datetime) -> None:
    record(
        verb=verb,
        thing=entry.audit,
        by=by,
        at=at,
        part=entry.field,
        facts={
            "hours": entry.hours,
            "person": entry.member.names,
            "stage": {"msgid": FIELD_LABELS[entry.field]},
            "worked_on": entry.worked_on,
        },
    )


def _record(stage: Stage, verb: str, by: User, at: dt.datetime, **facts: object) -> None:
    record(
        verb=verb,
        thing=stage.audit,
        by=by,
        at=at,
        part=part_of(stage),
        facts={"stage": stage.number} | facts,
    )
