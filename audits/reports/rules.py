"""What must hold before a report is signed, filed or closed. Pure: facts in, findings out.

Which days count: a registration must be valid on the day of signing (Item 10), the team must be complete on the day of
signing and again on the day of filing (Item 6). A signature stands for one content and for no other.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from audits.workflow.rules.facts import Facts
from audits.workflow.rules.gates import (
    every_stage_is_completed,
    qualified,
    something_is_implemented,
    the_team_has_enough_qualified_auditors,
)
from cpaudit.rulebook.findings import Finding, Severity, _

DECLARATION = _(
    "I took part in this audit as a member of its team. I declare that its procedure followed the manual, that its "
    "methods are sound, that this report has the prescribed form, and that the data in it are true. I answer for this "
    "under Item 6 of the Interim Measures."
)
DECLARATION_ZH = (
    "本人作为审核小组成员参加了本次清洁生产审核。本人声明：审核程序符合手册规定，审核方法科学合理，"
    "审核报告形式符合要求，报告所载数据真实。本人依照《暂行管理办法》第六条对此承担责任。"
)
"""The Chinese wording stands beside the English one whatever language the page has: who signs must understand it."""


@dataclass(frozen=True, slots=True)
class Signer:
    """Who wants to sign: his place in the team, if any, and the registration he has, valid or not."""

    member: int | None
    names: Mapping[str, str]
    level: str | None = None
    approved_on: dt.date | None = None
    valid_until: dt.date | None = None
    ended_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Signed:
    """One signature as the gates see it: by which member, at which level, over which content."""

    member: int
    level: str
    content_hash: str


def the_signer_is_qualified(facts: Facts, signer: Signer) -> Finding:
    """R-10: level auditor or principal, registration valid on the day, member of this team."""
    params: dict[str, object] = {"name": signer.names, "on": facts.on}
    remedy = ""
    if signer.member is None:
        text, ok = _("%(name)s is not in the team of this audit."), False
        params.pop("on")
        remedy = _("A report is signed by auditors of its own team.")
    elif signer.level is None:
        text, ok = _("%(name)s has no registration as an auditor."), False
        params.pop("on")
    elif signer.approved_on is not None and facts.on < signer.approved_on:
        text, ok = _("The registration of %(name)s begins on %(from)s, after %(on)s."), False
        params["from"] = signer.approved_on
    elif signer.ended_on is not None and signer.ended_on <= facts.on:
        text, ok = _("The registration of %(name)s ended on %(ended)s; it no longer holds on %(on)s."), False
        params["ended"] = signer.ended_on
    elif signer.valid_until is not None and signer.valid_until < facts.on:
        text, ok = _("The registration of %(name)s was valid until %(until)s; it has expired on %(on)s."), False
        params["until"] = signer.valid_until
        remedy = _("Have the registration renewed before signing.")
    elif signer.level not in facts.rules.choices("team_levels"):
        text, ok = _("%(name)s is registered as an associate; a report is signed by an auditor or a principal."), False
        params.pop("on")
    else:
        text, ok = _("%(name)s is an auditor of the team with a registration valid on %(on)s."), True
    return Finding("R-10", "Item 10", ok, text, params=params, remedy=remedy)


def signing_findings(facts: Facts, signer: Signer) -> list[Finding]:
    """Whether this person may sign this report on that day (R-10), and whether it is there to be signed (R-5, R-6b)."""
    return [
        the_signer_is_qualified(facts, signer),
        *every_stage_is_completed(facts),
        *the_team_has_enough_qualified_auditors(facts),
    ]


def holding(signatures: Sequence[Signed], content_hash: str, facts: Facts) -> list[Signed]:
    """Signatures that count: over exactly this content, by a present member, at a level that may sign."""
    present = {member.pk for member in facts.members}
    levels = facts.rules.choices("team_levels")
    return [
        signature
        for signature in signatures
        if signature.content_hash == content_hash and signature.member in present and signature.level in levels
    ]


def every_auditor_has_declared(facts: Facts, signatures: Sequence[Signed], content_hash: str) -> list[Finding]:
    """R-6c: each auditor and principal of the team has declared over exactly this content."""
    signed = {signature.member for signature in holding(signatures, content_hash, facts)}
    before = {signature.member for signature in signatures} - signed
    findings = []
    for member in qualified(facts):
        ok = member.pk in signed
        if ok:
            text = _("%(name)s has declared to answer for procedure, method, form and truth.")
        elif member.pk in before:
            text = _("%(name)s signed, but the records changed afterwards: the signature no longer holds.")
        else:
            text = _("%(name)s has not signed the declaration yet.")
        remedy = "" if ok else _("Every auditor and principal of the team reads this version and signs it.")
        findings.append(Finding("R-6c", "Item 6", ok, text, params={"name": member.names}, remedy=remedy))
    return findings


def the_report_is_signed(facts: Facts, signatures: Sequence[Signed], content_hash: str) -> list[Finding]:
    """R-10: at least one signature holds."""
    count = len(holding(signatures, content_hash, facts))
    return [
        Finding(
            "R-10", "Item 10", count > 0,
            _("Signatures that hold under this version: %(count)s.") if count
            else _("No valid signature stands under this version."),
            params={"count": count} if count else {},
        )
    ]  # fmt: skip


def filing_findings(facts: Facts, signatures: Sequence[Signed], content_hash: str) -> list[Finding]:
    """Everything that is asked when a report is filed: R-5, R-6b, R-6c, R-10; R-2 as a warning kept on the record."""
    return [
        *every_stage_is_completed(facts),
        *the_team_has_enough_qualified_auditors(facts),
        *every_auditor_has_declared(facts, signatures, content_hash),
        *the_report_is_signed(facts, signatures, content_hash),
        *something_is_implemented(facts),
    ]


def closing_findings(facts: Facts) -> list[Finding]:
    """R-2: an audit of which nothing was put into effect cannot be closed as complete; what is still open is noted."""
    implemented = sum(option.status == "implemented" for option in facts.options)
    waiting = [option.code for option in facts.options if option.status in {"approved", "in_progress"}]
    return [
        Finding(
            "R-2", "Item 2", implemented > 0,
            _("Options implemented: %(count)s.") if implemented
            else _("No option is implemented: an audit that put nothing into effect cannot be closed as complete."),
            params={"count": implemented} if implemented else {},
            remedy="" if implemented else _("The enterprise carries out options and records what they really save."),
        ),
        Finding(
            "R-2", "Item 2", not waiting,
            _("These options are approved and not implemented yet: %(codes)s.") if waiting
            else _("Every approved option is implemented or abandoned with a reason."),
            Severity.WARN,
            {"codes": ", ".join(waiting)} if waiting else {},
            _("A closed audit takes no more figures.") if waiting else "",
        ),
    ]  # fmt: skip
