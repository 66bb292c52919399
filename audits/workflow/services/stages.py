"""The moves of a stage: begin, submit, reopen, send back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from audits.workflow.models import Audit, Decision, Stage
from audits.workflow.policies import check_can_on_stage
from audits.workflow.rules.gates import STAGE_GATES, every_stage_is_completed, findings_of
from audits.workflow.rules.transitions import (
    STAGE_STATUS_LABELS,
    STAGE_TRANSITIONS,
    STATUS_LABELS,
    WORKING,
    Side,
    StageAction,
    StageStatus,
    Status,
)
from audits.workflow.selectors import facts_for, people_of
from audits.workflow.services.moves import check_words, notice_facts
from audits.workflow.services.records import hold
from cpaudit.accounts.models import User
from cpaudit.notices.services import notify
from cpaudit.rulebook.errors import Refused, Stale
from cpaudit.rulebook.findings import Finding, _, blocking
from cpaudit.trail.services import record

VERBS = {
    StageAction.BEGIN: "stage.started",
    StageAction.COMPLETE: "stage.completed",
    StageAction.REOPEN: "stage.reopened",
    StageAction.SEND_BACK: "stage.sent_back",
}


def begin_stage(*, stage: Stage, version: int, by: User, at: dt.datetime) -> Stage:
    """Open a stage for work; several may be open at once."""
    return _move(
        stage=stage, action=StageAction.BEGIN, version=version, by=by, at=at,
        changes={"started_on": stage.started_on or timezone.localdate(at)},
    )  # fmt: skip


@transaction.atomic
def complete_stage(*, stage: Stage, version: int, by: User, at: dt.datetime) -> tuple[Stage, list[Finding]]:
    """Submit a stage: its gates run, and with no blocking finding it is completed. Returns the findings, too."""
    hold(stage.audit)  # what the gates look at stays as it is until the stage is completed
    findings = findings_of(STAGE_GATES[stage.number], facts_for(stage.audit, on=timezone.localdate(at)))
    done = _move(
        stage=stage, action=StageAction.COMPLETE, version=version, by=by, at=at, findings=findings,
        changes={"completed_at": at, "completed_by": by, "due_on": None, "sent_back_comment": ""},
    )  # fmt: skip
    facts = facts_for(done.audit, on=timezone.localdate(at))
    if not blocking(every_stage_is_completed(facts)):
        _ask_for_signatures(done, by, at)
    return done, findings


def reopen_stage(*, stage: Stage, version: int, by: User, at: dt.datetime, comment: str) -> Stage:
    """Whoever carries out the audit opens a completed stage again to correct it, and says why."""
    return _move(
        stage=stage, action=StageAction.REOPEN, version=version, by=by, at=at, comment=comment,
        changes={"completed_at": None, "completed_by": None},
    )  # fmt: skip


@transaction.atomic
def send_stage_back(
    *, stage: Stage, version: int, by: User, at: dt.datetime, comment: str, due_on: dt.date | None
) -> Stage:
    """The authority sends a completed stage back with a comment and a date; the clock runs from now."""
    back = _move(
        stage=stage, action=StageAction.SEND_BACK, version=version, by=by, at=at, comment=comment, due_on=due_on,
        changes={
            "completed_at": None, "completed_by": None, "due_on": due_on, "sent_back_comment": comment,
            "escalated_at": None,
        },
    )  # fmt: skip
    assert by.body is not None  # the policy let nobody without a posting through
    Decision.objects.create(
        audit=back.audit, action=StageAction.SEND_BACK, stage_number=back.number, decided_by=by,
        decider_names=by.names, body_names=by.body.names, at=at, comment=comment, due_on=due_on,
        filing_version=back.audit.filing_version,
    )  # fmt: skip
    for side in (Side.AUDITING, Side.ENTERPRISE):
        notify(
            kind="stage.sent_back",
            to=people_of(back.audit, side, on=timezone.localdate(at)),
            by=by,
            at=at,
            key=f"stage-{back.pk}-v{back.version}",
            facts=notice_facts(back.audit)
            | {"stage": back.number, "due_on": due_on, "comment": comment, "actor": by.names},
            link=f"/audits/{back.audit_id}/stages/{back.number}/",
            thing=back.audit,
        )
    return back


@transaction.atomic
def _move(
    *,
    stage: Stage,
    action: StageAction,
    version: int,
    by: User,
    at: dt.datetime,
    comment: str = "",
    due_on: dt.date | None = None,
    findings: Sequence[Finding] = (),
    changes: Mapping[str, Any],
) -> Stage:
    row = STAGE_TRANSITIONS[action]
    check_can_on_stage(action, by, stage.audit)
    check_words(row, comment, due_on, at)
    if blocking(findings):
        raise Refused(_("Stage %(stage)s cannot be completed yet."), findings, stage=stage.number)
    # The audit must be in work at the very moment of writing. Its status is a subquery and no join: a join would put
    # the version into the subquery too, which PostgreSQL does not look at again after waiting for another's lock.
    moved = Stage.objects.filter(
        pk=stage.pk, version=version, status__in=row.sources, audit__in=Audit.objects.filter(status__in=WORKING)
    ).update(status=row.target, version=F("version") + 1, **changes)
    if not moved:
        raise _what_happened_meanwhile(stage)
    stage.refresh_from_db()
    record(
        verb=VERBS[action],
        thing=stage.audit,
        by=by,
        at=at,
        part=f"stage_{stage.number}",
        facts={"stage": stage.number, "comment": comment, "due_on": due_on},
    )
    return stage


def _what_happened_meanwhile(stage: Stage) -> Stale:
    now = Stage.objects.select_related("audit").get(pk=stage.pk)
    return Stale(
        _("Nothing was changed: stage %(stage)s is now “%(status)s”, the audit “%(audit)s”."),
        stage=now.number,
        status={"msgid": STAGE_STATUS_LABELS[StageStatus(now.status)]},
        audit={"msgid": STATUS_LABELS[Status(now.audit.status)]},
    )


def _ask_for_signatures(stage: Stage, by: User, at: dt.datetime) -> None:
    """All seven stages are completed: the team's auditors with an account are asked to sign."""
    audit = stage.audit
    signers = [member.user for member in audit.team.filter(left_on=None, auditor__isnull=False).select_related("user")]
    notify(
        kind="audit.to_sign",
        to=[user for user in signers if user],
        by=None,
        at=at,
        key=f"audit-{audit.pk}-v{audit.version}-s{stage.version}",
        facts=notice_facts(audit),
        link=f"/audits/{audit.pk}/report/",
        thing=audit,
    )
