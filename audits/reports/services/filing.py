"""Handing the report in: what is filed is frozen at that moment."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from audits.reports.canonical import plain
from audits.reports.models import Filing
from audits.reports.rules import filing_findings
from audits.reports.selectors import annex_of, draft_of, filing_entry, signed_of
from audits.reports.services.rendering import order_all
from audits.reports.services.signing import note_void_signatures
from audits.workflow.models import Audit
from audits.workflow.policies import check_can
from audits.workflow.rules.transitions import Action
from audits.workflow.selectors import facts_for
from audits.workflow.services import move
from audits.workflow.services.records import hold
from cpaudit.accounts.models import User


def file_report(*, audit: Audit, version: int, by: User, at: dt.datetime) -> Filing:
    """File the report: freeze it, hand it over, order its PDFs; exactly once however often it is asked.

    `version` is the audit's version the person saw. A double click, a second person or a stale tab gets `Stale`.
    """
    check_can(Action.FILE, by, audit)
    note_void_signatures(audit=audit, content_hash=draft_of(audit).hash, by=by, at=at)
    return _file(audit, version, by, at)


@transaction.atomic
def _file(audit: Audit, version: int, by: User, at: dt.datetime) -> Filing:
    hold(audit)  # nobody writes a record between the freezing and the move
    draft = draft_of(audit)
    findings = filing_findings(facts_for(audit, on=timezone.localdate(at)), signed_of(audit), draft.hash)
    audit = move(
        audit=audit,
        action=Action.FILE,
        version=version,
        by=by,
        at=at,
        findings=findings,
        changes={"filing_version": F("filing_version") + 1, "filed_at": at},
    )
    filing = Filing(
        audit=audit,
        version=audit.filing_version,
        content=draft.content,
        content_hash=draft.hash,
        findings=[finding.as_data() for finding in findings],
        filed_by=by,
        filer_names=by.names,
        filer_body_names=by.body.names if by.body else {},
        filed_at=at,
    )
    annex = annex_of(audit)
    filing.annex = {**annex, "filings": [*annex["filings"], plain(filing_entry(filing))]}
    filing.save()
    order_all(filing=filing, by=by, at=at)
    return filing
