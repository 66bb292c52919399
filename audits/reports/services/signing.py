"""Declaring and signing (Items 6, 10), and noticing when a signature no longer holds."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils import timezone

from audits.reports.models import Signature
from audits.reports.policies import check_can_sign
from audits.reports.rules import every_auditor_has_declared, signing_findings
from audits.reports.selectors import draft_of, member_of, registration_of, signed_of, signer_of
from audits.workflow.models import Audit
from audits.workflow.rules.facts import Facts
from audits.workflow.rules.transitions import WORKING, Side
from audits.workflow.selectors import facts_for, people_of
from audits.workflow.services.moves import notice_facts
from cpaudit.accounts.models import User
from cpaudit.notices.services import notify
from cpaudit.rulebook.errors import Refused, Stale
from cpaudit.rulebook.findings import _, blocking
from cpaudit.trail.models import Event
from cpaudit.trail.services import record


@transaction.atomic
def sign_report(*, audit: Audit, expected_hash: str, by: User, at: dt.datetime) -> Signature:
    """Declare and sign the report as it stands, which must be the one that was shown (`expected_hash`).

    Refuses with every finding when the signer is not a present team member with a registration as auditor or principal
    valid that day, or when the report is not complete. A change of the records since the page was shown is `Stale`.
    """
    check_can_sign(by, audit)
    on = timezone.localdate(at)
    facts = facts_for(audit, on=on)
    findings = signing_findings(facts, signer_of(audit, by, on=on))
    if blocking(findings):
        raise Refused(_("You cannot sign this report. Each point below says why."), findings)
    # Locked, so that nobody files or takes back between this question and the signature (PostgreSQL; SQLite has one
    # writer at a time anyway).
    if not Audit.objects.select_for_update().filter(pk=audit.pk, status__in=WORKING).exists():
        raise Stale(_("Nothing was signed: the report is not in work any more."))
    draft = draft_of(audit)
    if draft.hash != expected_hash:
        raise Stale(_("Nothing was signed: the records changed since you opened this page. Read the report again."))
    member = member_of(audit, by)
    registration = registration_of(member, by, on=on)
    assert member is not None and registration is not None  # the findings refused everybody else
    try:
        with transaction.atomic():
            signature = Signature.objects.create(
                audit=audit,
                member=member,
                signed_by=by,
                signer_names=member.names,
                level=registration.level,
                certificate_no=registration.certificate_no,
                content_hash=draft.hash,
                at=at,
            )
    except IntegrityError as error:
        raise Stale(_("You have signed this version already.")) from error
    facts_kept = {"hash": draft.hash, "certificate": registration.certificate_no}
    record(verb="report.signed", thing=audit, by=by, at=at, part="report", facts=facts_kept)
    _tell_when_all_have_signed(audit, facts, draft.hash, by, at)
    return signature


def _tell_when_all_have_signed(audit: Audit, facts: Facts, content_hash: str, by: User, at: dt.datetime) -> None:
    if blocking(every_auditor_has_declared(facts, signed_of(audit), content_hash)):
        return
    notify(
        kind="report.signed",
        to=people_of(audit, Side.AUDITING, on=facts.on),
        by=by,
        at=at,
        key=f"audit-{audit.pk}-{content_hash[:16]}",
        facts=notice_facts(audit),
        link=f"/audits/{audit.pk}/report/",
        thing=audit,
    )


@transaction.atomic
def note_void_signatures(*, audit: Audit, content_hash: str, by: User | None, at: dt.datetime) -> int:
    """Record, once for each signature, that the records changed after it, and ask its signer again; how many it was.

    A transaction of its own: it is noticed when somebody files, and stays on record although the filing is refused.
    """
    noted = set(Event.objects.about(audit).filter(verb="report.signature_void").values_list("part", flat=True))
    again = {each.member_id for each in audit.signatures.all() if each.content_hash == content_hash}
    void = [
        signature
        for signature in audit.signatures.exclude(content_hash=content_hash).select_related("signed_by")
        if signature.member_id not in again and f"signature_{signature.pk}" not in noted
    ]
    for signature in void:
        record(
            verb="report.signature_void",
            thing=audit,
            by=None,
            at=at,
            part=f"signature_{signature.pk}",
            facts={"person": signature.signer_names},
        )
    notify(
        kind="audit.to_sign",
        to=[signature.signed_by for signature in void if signature.signed_by],
        by=by,
        at=at,
        key=f"audit-{audit.pk}-{content_hash[:16]}",
        facts=notice_facts(audit),
        link=f"/audits/{audit.pk}/report/",
        thing=audit,
    )
    return len(void)
