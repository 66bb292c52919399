"""What people are told, as sentences. Pure: one table for every notice of the system.

`subject` becomes the line of the inbox and the e-mail's subject, `body` the e-mail's text. The names in ``%(…)s`` are the
notice's facts.
"""

from __future__ import annotations

from dataclasses import dataclass

from cpaudit.rulebook.findings import _


@dataclass(frozen=True, slots=True)
class Kind:
    subject: str
    body: str
    asks: bool = True  # does it hand over something to do, or only tell?


KINDS: dict[str, Kind] = {
    "account.invited": Kind(
        _("Invitation to CP Audit: %(role)s at %(body)s"),
        _("%(inviter)s invites you to work at %(body)s as %(role)s. The invitation is good until %(expires_on)s."),
    ),
    "account.joined": Kind(
        _("%(person)s accepted your invitation to %(body)s"),
        _("%(person)s now works at %(body)s as %(role)s."),
        asks=False,
    ),
    "account.posting_ended": Kind(
        _("You no longer act for %(body)s"),
        _("%(actor)s ended your posting at %(body)s as %(role)s. Your API tokens of this posting are revoked."),
        asks=False,
    ),
    "audit.listed": Kind(
        _("%(enterprise)s is listed for a compulsory audit"),
        _(
            "%(authority)s listed %(enterprise)s (%(reason)s). The audit must start by %(start_by)s; its report is due %(report_by)s."
        ),
    ),
    "audit.engaged": Kind(
        _("%(enterprise)s engaged you for audit %(audit)s"),
        _("Form the team and start the audit %(audit)s of %(enterprise)s. Decline it if you cannot take it."),
    ),
    "audit.declined": Kind(
        _("%(organisation)s declined audit %(audit)s"),
        _("%(organisation)s declined: %(comment)s. Engage another organisation or audit yourselves."),
    ),
    "audit.team": Kind(
        _("You are in the team of audit %(audit)s"),
        _("You were taken into the team that audits %(enterprise)s as %(role)s."),
        asks=False,
    ),
    "audit.started": Kind(
        _("Audit %(audit)s of %(enterprise)s has started"),
        _("The team is formed and the seven stages are open."),
        asks=False,
    ),
    "audit.to_sign": Kind(
        _("Sign the report of audit %(audit)s"),
        _(
            "All seven stages of %(enterprise)s are complete. Read the report, declare that you answer for it, and sign."
        ),
    ),
    "audit.filed": Kind(
        _("Report of audit %(audit)s is filed: version %(version)s"),
        _("%(organisation)s filed the report of %(enterprise)s. Examine it and approve, return or reject it."),
    ),
    "audit.taken_back": Kind(
        _("Report of audit %(audit)s is taken back"),
        _("%(organisation)s took the report of %(enterprise)s back before it was decided on: %(comment)s"),
        asks=False,
    ),
    "audit.approved": Kind(
        _("Report of audit %(audit)s is approved"),
        _(
            "%(authority)s approved the report of %(enterprise)s. Carry out the options and record what they really save."
        ),
    ),
    "audit.returned": Kind(
        _("Report of audit %(audit)s is returned, due %(due_on)s"),
        _("%(authority)s returned the report of %(enterprise)s: %(comment)s"),
    ),
    "audit.rejected": Kind(
        _("Report of audit %(audit)s is rejected"),
        _("%(authority)s rejected the report of %(enterprise)s: %(comment)s"),
        asks=False,
    ),
    "audit.cancelled": Kind(
        _("Audit %(audit)s is cancelled"),
        _("The audit of %(enterprise)s was cancelled: %(comment)s"),
        asks=False,
    ),
    "audit.due_soon": Kind(
        _("Audit %(audit)s: %(what)s is due %(due_on)s"),
        _("%(what)s of the audit of %(enterprise)s is due in %(days)s days."),
    ),
    "audit.overdue": Kind(
        _("Audit %(audit)s is overdue: %(what)s"),
        _("%(what)s of the audit of %(enterprise)s was due on %(due_on)s."),
    ),
    "stage.sent_back": Kind(
        _("Stage %(stage)s of audit %(audit)s is sent back, due %(due_on)s"),
        _("%(actor)s: %(comment)s"),
    ),
    "stage.overdue": Kind(
        _("Stage %(stage)s of audit %(audit)s is overdue"),
        _("It was sent back and due on %(due_on)s. %(enterprise)s"),
    ),
    "option.overdue": Kind(
        _("Option %(option)s of audit %(audit)s is overdue"),
        _("“%(title)s” at %(enterprise)s was due on %(due_on)s."),
    ),
    "import.finished": Kind(
        _("Import of %(file)s: %(imported)s imported, %(refused)s refused"),
        _("The import has ended. Open it to see every refused row with its reason."),
        asks=False,
    ),
    "report.signed": Kind(
        _("The report of audit %(audit)s is signed"),
        _("Every auditor of the team has signed the report of %(enterprise)s. It can be filed."),
    ),
    "report.ready": Kind(
        _("The PDF of audit %(audit)s (version %(version)s) is ready"),
        _("Open the audit to download it."),
        asks=False,
    ),
    "enterprise.changed": Kind(
        _("The data of %(enterprise)s were corrected"),
        _("%(body)s corrected: %(fields)s. If something is wrong, correct it or tell them."),
        asks=False,
    ),
    "figures.recorded": Kind(
        _("Figures of %(enterprise)s for %(year)s were recorded"),
        _("%(body)s recorded: %(metrics)s. If something is wrong, correct it or tell them."),
        asks=False,
    ),
    "registration.entered": Kind(
        _("Your registration %(certificate)s is on record"),
        _("You are registered as %(level)s until %(valid_until)s."),
        asks=False,
    ),
    "registration.ended": Kind(
        _("Your registration %(certificate)s has ended"),
        _("It ended on %(ended_on)s: %(reason)s"),
        asks=False,
    ),
}
