"""Reads about compulsory lists."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from audits.enterprises.models import Enterprise
from audits.programme.rules import Round, round_findings
from cpaudit.rulebook.findings import Finding
from cpaudit.rulebook.rulesets import RuleSet


def last_round(enterprise: Enterprise) -> Round | None:
    """The enterprise's last audit that was carried through; of a recorded past audit the last day of its year."""
    # Audits are a higher room: read through the relation that points here.
    audit = enterprise.audits.carried_through().order_by("-year", "-pk").first()
    if audit is None:
        return None
    ended_on = timezone.localdate(audit.decided_at) if audit.decided_at else dt.date(audit.year, 12, 31)
    return Round(audit.number, ended_on)


def listing_findings(enterprise: Enterprise, *, published_on: dt.date, rules: RuleSet) -> list[Finding]:
    """What there is to know before listing this enterprise on a list published that day."""
    return round_findings(last_round(enterprise), published_on, rules)
