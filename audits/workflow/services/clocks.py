"""What time does by itself: reminders before a date, and escalation after it. Called by the schedule; safe to repeat.

A reminder belongs to the tightest window already crossed and is unique by its key, so a missed night loses nothing and
two workers tell once.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from audits.workflow.models import Audit, Stage
from audits.workflow.rules.clocks import window_crossed
from audits.workflow.rules.stages import FIELD_LABELS
from audits.workflow.rules.transitions import WORKING, Side, StageStatus, Status
from audits.workflow.selectors import people_of
from audits.workflow.services.moves import notice_facts
from cpaudit.accounts.models import User
from cpaudit.notices.services import notify
from cpaudit.rulebook.findings import _
from cpaudit.rulebook.periods import days_left
from cpaudit.trail.models import Event
from cpaudit.trail.services import record

WHAT: dict[str, str] = {
    Status.PLANNED: _("Start of the audit"),
    Status.ENGAGED: _("Start of the audit"),
    Status.IN_PROGRESS: _("Audit report"),
    Status.RETURNED: _("Corrected audit report"),
}


def run_clocks(*, at: dt.datetime, by: User | None = None) -> int:
    """Remind and escalate everything whose date is near or past; returns how many people were told."""
    on = timezone.localdate(at)
    told = 0
    for audit in Audit.objects.filter(status__in=WHAT, due_on__isnull=False).with_names().iterator():
        told += _remind_or_escalate(audit, on, at, by)
    sent_back = Stage.objects.filter(status=StageStatus.SENT_BACK, audit__status__in=WORKING).select_related("audit")
    for stage in sent_back.filter(due_on__gte=on):
        told += _remind_of_stage(stage, on, at, by)
    for stage in sent_back.filter(due_on__lt=on, escalated_at=None):
        told += _escalate_stage(stage, at, by)
    return told


def _remind_of_stage(stage: Stage, on: dt.date, at: dt.datetime, by: User | None) -> int:
    """Before the date of a stage sent back: whoever corrects it, once for each window crossed."""
    assert stage.due_on is not None  # a constraint: what is sent back has a date
    left = days_left(stage.due_on, on)
    window = window_crossed(left)
    if window is None:
        return 0
    what = {"msgid": FIELD_LABELS[stage.spec.field]}
    return notify(
        kind="audit.due_soon", to=people_of(stage.audit, Side.AUDITING, on=on), by=by, at=at,
        key=f"stage-{stage.pk}-v{stage.version}-due-{window}",
        facts=notice_facts(stage.audit) | {"what": what, "due_on": stage.due_on, "days": left},
        link=f"/audits/{stage.audit_id}/stages/{stage.number}/", thing=stage.audit,
    )  # fmt: skip


@transaction.atomic
def _remind_or_escalate(audit: Audit, on: dt.date, at: dt.datetime, by: User | None) -> int:
    assert audit.due_on is not None
    left = days_left(audit.due_on, on)
    window = window_crossed(left)
    if window is None:
        return 0
    # Held, so that of two workers the second finds what the first put on record, or the date already moved.
    if (
        not Audit.objects.select_for_update(no_key=True)
        .filter(pk=audit.pk, status=audit.status, due_on=audit.due_on)
        .exists()
    ):
        return 0
    what = {"msgid": WHAT[audit.status]}
    overdue = left < 0
    facts = notice_facts(audit) | {"what": what, "due_on": audit.due_on, "days": left}
    sides = [Side.AUDITING, Side.ENTERPRISE] + ([Side.AUTHORITY] if overdue else [])
    key = f"audit-{audit.pk}-due-{audit.due_on.isoformat()}-{window}"
    told = sum(
        notify(
            kind="audit.overdue" if overdue else "audit.due_soon", to=people_of(audit, side, on=on), by=by, at=at,
            key=key, facts=facts, link=f"/audits/{audit.pk}/", thing=audit,
        )
        for side in sides
    )  # fmt: skip
    if overdue and not _on_record(audit, "audit.overdue", audit.due_on):
        record(verb="audit.overdue", thing=audit, by=by, at=at, facts={"what": what, "due_on": audit.due_on})
    return told


def _on_record(audit: Audit, verb: str, due_on: dt.date) -> bool:
    return Event.objects.about(audit).filter(verb=verb, facts__due_on=due_on.isoformat()).exists()


@transaction.atomic
def _escalate_stage(stage: Stage, at: dt.datetime, by: User | None) -> int:
    mine = Stage.objects.filter(pk=stage.pk, escalated_at=None, version=stage.version).update(escalated_at=at)
    if not mine:
        return 0
    facts = {"stage": stage.number, "due_on": stage.due_on}
    record(verb="stage.overdue", thing=stage.audit, by=by, at=at, part=f"stage_{stage.number}", facts=facts)
    return sum(
        notify(
            kind="stage.overdue", to=people_of(stage.audit, side, on=timezone.localdate(at)), by=by, at=at,
            key=f"stage-{stage.pk}-v{stage.version}-overdue", facts=notice_facts(stage.audit) | facts,
            link=f"/audits/{stage.audit_id}/stages/{stage.number}/", thing=stage.audit,
        )
        for side in (Side.AUTHORITY, Side.AUDITING, Side.ENTERPRISE)
    )  # fmt: skip
