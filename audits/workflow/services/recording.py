"""Past audits that are entered with their results, without having been walked through here."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone

from audits.enterprises.models import Enterprise
from audits.workflow.models import Audit, AuditKind
from audits.workflow.rules.transitions import Status
from cpaudit.accounts.models import User
from cpaudit.rulebook.rulesets import rule_set_on
from cpaudit.trail.services import record_each

CHUNK = 500


@dataclass(frozen=True, slots=True)
class PastAudit:
    """An audit of one enterprise in one year, as a source reports it. Limits of the cost classes in `currency`."""

    enterprise: Enterprise
    year: int
    currency: str
    cost_low_max: Decimal | None = None
    cost_medium_max: Decimal | None = None


def record_past_audits(
    *, audits: Sequence[PastAudit], source: str, file: str, by: User | None, at: dt.datetime
) -> list[Audit]:
    """Enter past audits as *recorded*: they count in the statistics and can no longer be moved. Same order as given.

    Whether `by` may write about these enterprises, the caller has asked for each. Belongs inside his transaction: a
    number that another took meanwhile raises IntegrityError.
    """
    rules = rule_set_on(timezone.localdate(at))
    following = next_numbers({prefix_of(past) for past in audits})
    rows = []
    for past in audits:
        prefix = prefix_of(past)
        rows.append(
            Audit(
                number=f"{prefix}{following[prefix]:05d}",
                enterprise=past.enterprise,
                kind=AuditKind.VOLUNTARY,
                year=past.year,
                status=Status.RECORDED,
                authority=by.body if by else None,
                rule_set=rules.id,
                source=source,
                currency=past.currency,
                cost_low_max=past.cost_low_max or rules.number("cost_low_max"),
                cost_medium_max=past.cost_medium_max or rules.number("cost_medium_max"),
                opened_by=by,
                opened_at=at,
            )
        )
        following[prefix] += 1
    for start in range(0, len(rows), CHUNK):
        Audit.objects.bulk_create(rows[start : start + CHUNK])
    record_each(verb="audit.recorded", occasions=((audit, {"file": file}) for audit in rows), by=by, at=at)
    return rows


def prefix_of(past: PastAudit) -> str:
    return f"{past.year}-{past.enterprise.body.region.code}-"


def next_numbers(prefixes: set[str]) -> dict[str, int]:
    """The next free running number under each prefix; one query for each year."""
    following: dict[str, int] = defaultdict(lambda: 1)
    for year in {prefix.partition("-")[0] for prefix in prefixes}:
        for number in Audit.objects.filter(number__startswith=f"{year}-").values_list("number", flat=True):
            prefix, running = number[:-5], number[-5:]
            if prefix in prefixes and running.isdigit():
                following[prefix] = max(following[prefix], int(running) + 1)
    return following
