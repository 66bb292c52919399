"""The authority decides on what was filed; the filer takes it back; the audit is closed."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone

from audits.options.services import approve_feasible
from audits.reports.models import Filing
from audits.reports.rules import closing_findings
from audits.reports.services.rendering import renew_all
from audits.workflow.models import Audit
from audits.workflow.policies import check_can
from audits.workflow.rules.transitions import TRANSITIONS, Action
from audits.workflow.selectors import facts_for
from audits.workflow.services import move
from audits.workflow.services.moves import what_happened_meanwhile
from cpaudit.accounts.models import User
from cpaudit.rulebook.errors import Stale
from cpaudit.rulebook.findings import Finding, _

DECISIONS = frozenset({Action.APPROVE, Action.RETURN, Action.REJECT})


@transaction.atomic
def decide(
    *,
    audit: Audit,
    action: Action,
    filing_version: int,
    version: int,
    comment: str = "",
    due_on: dt.date | None = None,
    by: User,
    at: dt.datetime,
) -> Audit:
    """Approve, return or reject the version of the report that was read (`filing_version`), at the audit's `version`.

    Whoever comes second is told who decided what when. Approval makes the feasible options binding. Refused to anybody
    who filed, signed or worked in the team.
    """
    if action not in DECISIONS:
        raise ValueError(f"{action} is no decision on a report.")
    check_can(action, by, audit)
    filing = Filing.objects.light().filter(audit=audit, version=filing_version).first()
    if filing is None or audit.filing_version != filing_version:
        raise what_happened_meanwhile(audit, TRANSITIONS[action])
    changes: dict[Action, dict[str, Any]] = {
        Action.APPROVE: {"decided_at": at, "due_on": None},
        Action.RETURN: {"due_on": due_on},
        Action.REJECT: {"decided_at": at, "due_on": None},
    }
    try:
        audit = move(
            audit=audit,
            action=action,
            version=version,
            by=by,
            at=at,
            comment=comment,
            due_on=due_on,
            changes=changes[action],
            # On record with the decision: what the rules said of the very version it was made on.
            findings=[Finding.from_data(data) for data in filing.findings],
        )
    except Stale as stale:
        raise _decided_meanwhile(audit, filing_version) or stale from stale
    if action is Action.APPROVE:
        approve_feasible(audit=audit, by=by, at=at)
    renew_all(filing=filing, by=by, at=at)
    return audit


def _decided_meanwhile(audit: Audit, filing_version: int) -> Stale | None:
    """Who decided on this version before, and what; None where something else happened to it."""
    decision = audit.decisions.filter(filing_version=filing_version, action__in=DECISIONS).last()
    if decision is None:
        return None
    return Stale(
        _("Nothing was changed: %(who)s (%(body)s) has already %(done)s version %(version)s on %(day)s."),
        who=decision.decider_names,
        body=decision.body_names,
        done={"msgid": TRANSITIONS[Action(decision.action)].done},
        version=filing_version,
        day=timezone.localdate(decision.at),
    )


@transaction.atomic
def take_back(*, audit: Audit, version: int, comment: str, by: User, at: dt.datetime) -> Audit:
    """Take the filed report back before it is decided on; the filed version stays readable."""
    return move(audit=audit, action=Action.TAKE_BACK, version=version, by=by, at=at, comment=comment)


@transaction.atomic
def close(*, audit: Audit, version: int, by: User, at: dt.datetime) -> Audit:
    """Close an approved audit; refused while nothing was put into effect (R-2)."""
    check_can(Action.CLOSE, by, audit)
    findings = closing_findings(facts_for(audit, on=timezone.localdate(at)))
    return move(
        audit=audit,
        action=Action.CLOSE,
        version=version,
        by=by,
        at=at,
        findings=findings,
        changes={"closed_at": at, "due_on": None},
    )
