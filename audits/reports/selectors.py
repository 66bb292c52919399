"""Reading a report: what stands there now, who signed it, what was filed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from auditors.registration.models import Registration
from audits.reports.canonical import content_hash, plain
from audits.reports.freeze import content_of
from audits.reports.models import Filing, Signature
from audits.reports.rules import Signed, Signer
from audits.workflow.models import Audit, Decision, TeamMember
from audits.workflow.selectors import registrations_on
from cpaudit.accounts.models import User


@dataclass(frozen=True, slots=True)
class Draft:
    """The report as the records stand now, and its hash."""

    content: Mapping[str, Any] = field(repr=False)
    hash: str


def draft_of(audit: Audit) -> Draft:
    content = content_of(audit)
    return Draft(content, content_hash(content))


def signed_of(audit: Audit) -> list[Signed]:
    """All signatures of the audit, over whatever content, as the gates see them; one query."""
    return [
        Signed(signature.member_id, signature.level, signature.content_hash) for signature in audit.signatures.all()
    ]


def member_of(audit: Audit, user: User) -> TeamMember | None:
    """The person's present place in the team, by his account or by his auditor's record."""
    present = audit.team.filter(left_on=None).filter(Q(user=user) | Q(auditor__user=user))
    return present.select_related("auditor").first()


def registration_of(member: TeamMember | None, user: User, *, on: dt.date) -> Registration | None:
    """The registration in force that day, else the latest there is, so that a refusal can say what became of it."""
    auditor = member.auditor if member and member.auditor else getattr(user, "auditor", None)
    if auditor is None:
        return None
    in_force = registrations_on([auditor.pk], on).get(auditor.pk)
    return in_force or Registration.objects.filter(auditor=auditor).order_by("-approved_on", "-pk").first()


def signer_of(audit: Audit, user: User, *, on: dt.date) -> Signer:
    """Who wants to sign, as the gates see him."""
    member = member_of(audit, user)
    registration = registration_of(member, user, on=on)
    signer = Signer(member.pk if member else None, member.names if member else user.names)
    if registration is None:
        return signer
    return Signer(
        signer.member,
        signer.names,
        registration.level,
        registration.approved_on,
        registration.valid_until,
        registration.ended_on,
    )


def annex_of(audit: Audit) -> dict[str, Any]:
    """What is printed with a report but not signed: signatures, earlier filings, decisions; three queries."""
    return plain(
        {
            "signatures": [
                {
                    "names": signature.signer_names,
                    "level": signature.level,
                    "certificate_no": signature.certificate_no,
                    "at": signature.at,
                    "content_hash": signature.content_hash,
                }
                for signature in audit.signatures.all()
            ],
            "filings": [filing_entry(filing) for filing in audit.filings.light().select_related("filed_by")],
            "decisions": [decision_entry(decision) for decision in audit.decisions.all()],
        }
    )


def filing_entry(filing: Filing) -> dict[str, Any]:
    """A filing as the annex keeps it."""
    return {
        "version": filing.version,
        "names": filing.filer_names,
        "body_names": filing.filer_body_names,
        "at": filing.filed_at,
        "content_hash": filing.content_hash,
    }


def decision_entry(decision: Decision) -> dict[str, Any]:
    """A decision as the annex keeps it."""
    return {
        "action": decision.action,
        "stage": decision.stage_number,
        "version": decision.filing_version,
        "names": decision.decider_names,
        "body_names": decision.body_names,
        "at": decision.at,
        "comment": decision.comment,
        "due_on": decision.due_on,
    }


def annex_as_printed(filing: Filing) -> dict[str, Any]:
    """The frozen annex, with what was decided on this very version since: rows that never change either."""
    later = filing.audit.decisions.filter(filing_version=filing.version, stage_number=None, at__gte=filing.filed_at)
    known = filing.annex.get("decisions", [])
    return {**filing.annex, "decisions": [*known, *(plain(decision_entry(decision)) for decision in later)]}


def signatures_over(audit: Audit, hash_: str) -> list[Signature]:
    return list(audit.signatures.filter(content_hash=hash_).select_related("member"))
