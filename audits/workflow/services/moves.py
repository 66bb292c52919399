"""The one way an audit changes its status: policy, table, findings, conditional UPDATE, decision, trail, notices."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from audits.workflow.models import Audit, Decision
from audits.workflow.policies import check_can
from audits.workflow.rules.transitions import STATUS_LABELS, TRANSITIONS, Action, Side, Status, Transition
from audits.workflow.selectors import people_of
from cpaudit.accounts.models import User
from cpaudit.notices.services import notify
from cpaudit.rulebook.errors import Invalid, Refused, Stale
from cpaudit.rulebook.findings import Finding, _, blocking
from cpaudit.trail.models import Event
from cpaudit.trail.selectors import line_of
from cpaudit.trail.services import record


@dataclass(frozen=True, slots=True)
class Told:
    """After an action: which notice goes to which side."""

    kind: str
    side: Side


VERBS: dict[Action, str] = {
    Action.ENGAGE: "audit.engaged",
    Action.SELF_AUDIT: "audit.self_audited",
    Action.DECLINE: "audit.declined",
    Action.START: "audit.started",
    Action.FILE: "audit.filed",
    Action.TAKE_BACK: "audit.taken_back",
    Action.APPROVE: "audit.approved",
    Action.RETURN: "audit.returned",
    Action.REJECT: "audit.rejected",
    Action.CLOSE: "audit.closed",
    Action.CANCEL: "audit.cancelled",
}
TELLS: dict[Action, tuple[Told, ...]] = {
    Action.ENGAGE: (Told("audit.engaged", Side.AUDITING),),
    Action.DECLINE: (Told("audit.declined", Side.ENTERPRISE),),
    Action.START: (Told("audit.started", Side.ENTERPRISE), Told("audit.started", Side.AUTHORITY)),
    Action.FILE: (Told("audit.filed", Side.AUTHORITY),),
    Action.TAKE_BACK: (Told("audit.taken_back", Side.AUTHORITY),),
    Action.APPROVE: (Told("audit.approved", Side.ENTERPRISE), Told("audit.approved", Side.AUDITING)),
    Action.RETURN: (Told("audit.returned", Side.AUDITING), Told("audit.returned", Side.ENTERPRISE)),
    Action.REJECT: (Told("audit.rejected", Side.AUDITING), Told("audit.rejected", Side.ENTERPRISE)),
    Action.CANCEL: (Told("audit.cancelled", Side.ENTERPRISE), Told("audit.cancelled", Side.AUDITING)),
}
DECISIONS = frozenset({Action.APPROVE, Action.RETURN, Action.REJECT, Action.CLOSE, Action.CANCEL})


@transaction.atomic
def move(
    *,
    audit: Audit,
    action: Action,
    version: int,
    by: User,
    at: dt.datetime,
    comment: str = "",
    due_on: dt.date | None = None,
    findings: Sequence[Finding] = (),
    changes: Mapping[str, Any] | None = None,
    facts: Mapping[str, Any] | None = None,
) -> Audit:
    """Take `audit` along one row of the transition table, or not at all.

    `version` is the one the person saw: whoever comes second gets `Stale` with what happened meanwhile. `findings` are
    what the caller's gates said (a blocking one refuses). `changes` are further columns set in the same UPDATE, `facts`
    further names for the sentence in the timeline. Returns the audit as it now is.
    """
    row = TRANSITIONS[action]
    check_can(action, by, audit)
    check_words(row, comment, due_on, at)
    if blocking(findings):
        raise Refused(_("This cannot be done yet. Each point below says what is missing."), findings)
    moved = Audit.objects.filter(pk=audit.pk, version=version, status__in=row.sources).update(
        status=row.target, version=F("version") + 1, **(changes or {})
    )
    if not moved:
        raise what_happened_meanwhile(audit, row)
    audit.refresh_from_db()
    words = {"comment": comment, "due_on": due_on, "version": audit.filing_version} | dict(facts or {})
    if action in DECISIONS:
        _write_decision(audit, action, by, at, comment, due_on, findings)
    record(verb=VERBS[action], thing=audit, by=by, at=at, facts=words)
    _tell(audit, action, by, at, words)
    return audit


def check_words(row: Any, comment: str, due_on: dt.date | None, at: dt.datetime) -> None:
    """What the table demands besides the click: a comment, a date not in the past."""
    errors: dict[str, list[str]] = {}
    if row.comment and not comment.strip():
        errors["comment"] = [_("Say why; the other side reads it.")]
    if row.due_date and due_on is None:
        errors["due_on"] = [_("Say by when.")]
    if row.due_date and due_on is not None and due_on <= timezone.localdate(at):
        errors["due_on"] = [_("The date must lie in the future.")]
    if errors:
        raise Invalid(_("Something is missing."), errors)


def what_happened_meanwhile(audit: Audit, row: Transition) -> Stale:
    """The refusal for whoever came second: what the audit is now, and the last thing that happened to it."""
    now = Audit.objects.only("status").get(pk=audit.pk)
    last = Event.objects.about(audit).last()
    return Stale(
        _("Nothing was changed: the audit is now “%(status)s”. Last: %(last)s"),
        status={"msgid": STATUS_LABELS[Status(now.status)]},
        last=line_of(last).sentence if last else "",
    )


def _write_decision(
    audit: Audit,
    action: Action,
    by: User,
    at: dt.datetime,
    comment: str,
    due_on: dt.date | None,
    findings: Sequence[Finding],
) -> None:
    assert by.body is not None  # the policy let nobody without a posting through
    Decision.objects.create(
        audit=audit,
        action=action,
        filing_version=audit.filing_version,
        decided_by=by,
        decider_names=by.names,
        body_names=by.body.names,
        at=at,
        comment=comment,
        due_on=due_on,
        findings=[finding.as_data() for finding in findings],
    )


def _tell(audit: Audit, action: Action, by: User, at: dt.datetime, words: Mapping[str, Any]) -> None:
    on = timezone.localdate(at)
    facts = notice_facts(audit) | {
        "comment": words.get("comment", ""),
        "due_on": words.get("due_on"),
        "version": audit.filing_version,
    }
    for told in TELLS.get(action, ()):
        notify(
            kind=told.kind,
            to=people_of(audit, told.side, on=on),
            by=by,
            at=at,
            key=f"audit-{audit.pk}-v{audit.version}",
            facts=facts,
            link=f"/audits/{audit.pk}/",
            thing=audit,
        )


def notice_facts(audit: Audit) -> dict[str, Any]:
    """The names every notice about an audit may use."""
    auditing = audit.auditing_body
    return {
        "audit": audit.number,
        "enterprise": audit.enterprise.names,
        "authority": audit.authority.names if audit.authority else "",
        "organisation": auditing.names if auditing else "",
    }
