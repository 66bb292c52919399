"""What happens to options by itself: they become binding with the approval, and overdue with the calendar."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from audits.options.models import Option
from audits.options.rules import OptionStatus
from audits.options.rules.transitions import OPTION_TRANSITIONS, OptionAction
from audits.workflow.models import Audit
from audits.workflow.rules.transitions import Side
from audits.workflow.selectors import people_of
from cpaudit.accounts.models import User
from cpaudit.notices.services import notify
from cpaudit.trail.services import record

(_APPROVE,) = (row for row in OPTION_TRANSITIONS if row.action is OptionAction.APPROVE)


@transaction.atomic
def approve_feasible(*, audit: Audit, by: User, at: dt.datetime) -> int:
    """Make every feasible option binding; called with the audit's approval, inside its transaction. How many it was."""
    if audit.status not in _APPROVE.audit_statuses:
        return 0
    # Only columns of its own in the condition: what waits for another's lock is then looked at again (PostgreSQL).
    count = Option.objects.filter(audit=audit, status__in=_APPROVE.sources).update(
        status=OptionStatus.APPROVED, version=F("version") + 1
    )
    if count:
        record(verb="option.made_binding", thing=audit, by=by, at=at, facts={"count": count})
    return count


def note_overdue(*, at: dt.datetime, by: User | None = None) -> int:
    """Tell once of every option whose due date has passed; returns how many options were noted.

    Called by the schedule. Each due date is noted once whoever runs it and how often, and a missed night is caught up:
    the row remembers the date it was noted for, by compare-and-set.
    """
    today = timezone.localdate(at)
    late = Option.objects.overdue(on=today).exclude(overdue_noted_for=F("due_on"))
    return sum(_note(option, today, by, at) for option in late.select_related("audit").order_by("pk"))


@transaction.atomic
def _note(option: Option, today: dt.date, by: User | None, at: dt.datetime) -> bool:
    # No join in this condition: PostgreSQL asks it again on the row as the faster worker left it, but not a subquery.
    mine = (
        Option.objects.carried_out()
        .filter(pk=option.pk, due_on=option.due_on)
        .exclude(overdue_noted_for=option.due_on)
        .update(overdue_noted_for=option.due_on)
    )
    if not mine:
        return False
    audit = option.audit
    facts = {"option": str(option), "due_on": option.due_on}
    record(verb="option.overdue", thing=audit, by=by, at=at, part=option.part, facts=facts)
    for side in (Side.ENTERPRISE, Side.AUTHORITY):
        notify(
            kind="option.overdue",
            to=people_of(audit, side, on=today),
            by=by,
            at=at,
            key=f"option-{option.pk}-{option.due_on}",
            facts={
                "option": option.code,
                "title": option.title,
                "audit": audit.number,
                "enterprise": audit.enterprise.names,
                "due_on": option.due_on,
            },
            link=f"/audits/{audit.pk}/options/{option.pk}/",
            thing=audit,
        )
    return True
