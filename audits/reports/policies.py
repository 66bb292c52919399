"""May this person sign, file, decide, order a PDF? What the transition table says is asked by `audits.workflow`."""

from __future__ import annotations

from audits.workflow.models import Audit
from audits.workflow.policies import sides_of
from audits.workflow.rules.transitions import Side
from cpaudit.accounts.models import User
from cpaudit.accounts.roles import Permission
from cpaudit.rulebook.errors import NotAllowed
from cpaudit.rulebook.findings import _


def check_can_sign(user: User, audit: Audit) -> None:
    """Signing is for people who work on the audit, the enterprise's own auditors included (Item 6).

    Whether he is in the team and qualified on the day is no matter of permission but a finding with its article.
    """
    if not sides_of(user, audit) & {Side.AUDITING, Side.ENTERPRISE}:
        raise NotAllowed(_("Only people of the auditing organisation and of the enterprise can sign the report."))
    if not user.may(Permission.SIGN_REPORTS):
        raise NotAllowed(_("Your role at your organisation does not include signing reports."))


def check_can_order_pdf(user: User, audit: Audit) -> None:
    """Whoever works on the audit, is audited or supervises it can have its PDFs made."""
    if not sides_of(user, audit):
        raise NotAllowed(_("Only people concerned with this audit can order its PDF."))
