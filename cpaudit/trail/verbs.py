"""What can happen, as sentences. Pure: one table for every event of the system.

An event stores its verb and the names it needs; the sentence is made from this table in the reader's language. The
names in ``%(…)s`` are keys of the event's facts; `actor` and `thing` are always there. `_zh`/`_en` pairs in the facts are
resolved to the reader's language by the timeline.
"""

from __future__ import annotations

from cpaudit.rulebook.findings import _

VERBS: dict[str, str] = {
    # accounts
    "body.entered": _("%(actor)s entered %(thing)s"),
    "user.changed": _("%(actor)s changed the profile"),
    "user.invited": _("%(actor)s invited %(email)s as %(role)s"),
    "user.joined": _("%(actor)s accepted the invitation as %(role)s"),
    "user.invitation_withdrawn": _("%(actor)s withdrew the invitation of %(email)s"),
    "posting.ended": _("%(actor)s ended the posting of %(person)s"),
    "token.created": _("%(actor)s created the API token %(label)s"),
    "token.revoked": _("%(actor)s revoked the API token %(label)s"),
    # notices
    "mail.sent": _("E-mail sent to %(recipient)s: %(subject)s"),
    "mail.failed": _("E-mail to %(recipient)s could not be sent: %(subject)s"),
    # files and imports
    "file.added": _("%(actor)s added the file %(file)s"),
    "file.removed": _("%(actor)s removed the file %(file)s"),
    "import.finished": _(
        "%(actor)s imported %(file)s: %(rows_in)s rows in, %(imported)s imported, %(refused)s refused"
    ),
    "import.failed": _("The import of %(file)s by %(actor)s failed: %(reason)s"),
    # enterprises
    "enterprise.created": _("%(actor)s entered the enterprise"),
    "enterprise.changed": _("%(actor)s corrected the enterprise: %(fields)s"),
    "enterprise.imported": _("%(actor)s imported the enterprise from %(file)s"),
    "enterprise.listed": _("%(actor)s put the enterprise on the compulsory list of %(year)s: %(reason)s"),
    "figures.recorded": _("%(actor)s recorded figures of %(year)s: %(metrics)s"),
    "programme.reported": _("%(actor)s entered the reported programme"),
    "programme.changed": _("%(actor)s corrected the reported programme: %(fields)s"),
    # registrations
    "auditor.entered": _("%(actor)s entered the auditor"),
    "auditor.changed": _("%(actor)s corrected the auditor: %(fields)s"),
    "organisation.entered": _("%(actor)s entered the organisation, affirmed on %(affirmed_on)s"),
    "organisation.changed": _("%(actor)s corrected the organisation: %(fields)s"),
    "registration.ended": _("%(actor)s ended the registration %(certificate)s on %(ended_on)s: %(reason)s"),
    "registration.entered": _("%(actor)s entered the registration %(certificate)s of %(person)s"),
    # audit
    "audit.listed": _("%(actor)s listed %(enterprise)s for a compulsory audit: %(reason)s"),
    "audit.opened": _("%(actor)s opened a voluntary audit"),
    "audit.recorded": _("%(actor)s recorded this past audit from %(file)s"),
    "audit.engaged": _("%(actor)s engaged %(organisation)s"),
    "audit.self_audited": _("%(actor)s decided that the enterprise audits itself"),
    "audit.declined": _("%(actor)s declined the engagement: %(comment)s"),
    "audit.team_member_added": _("%(actor)s took %(person)s into the team as %(role)s"),
    "audit.team_member_left": _("%(actor)s took %(person)s out of the team"),
    "audit.started": _("%(actor)s started the audit"),
    "audit.thresholds_set": _("%(actor)s set the cost classes: low up to %(low)s, medium up to %(medium)s"),
    "audit.filed": _("%(actor)s filed version %(version)s of the report"),
    "audit.taken_back": _("%(actor)s took the filed report back: %(comment)s"),
    "audit.approved": _("%(actor)s approved version %(version)s of the report"),
    "audit.returned": _("%(actor)s returned version %(version)s of the report, due %(due_on)s: %(comment)s"),
    "audit.rejected": _("%(actor)s rejected version %(version)s of the report: %(comment)s"),
    "audit.cancelled": _("%(actor)s cancelled the audit: %(comment)s"),
    "audit.closed": _("%(actor)s closed the audit"),
    "audit.overdue": _("The audit is overdue: %(what)s was due on %(due_on)s"),
    "report.signed": _("%(actor)s declared and signed the report"),
    "report.signature_void": _("The signature of %(person)s no longer holds: the records changed after it"),
    "report.rendered": _("The PDF of version %(version)s (%(language)s) is ready"),
    "report.render_failed": _("The PDF of version %(version)s (%(language)s) could not be made: %(reason)s"),
    # stages
    "stage.started": _("%(actor)s began stage %(stage)s"),
    "stage.section_saved": _("%(actor)s wrote “%(section)s” in stage %(stage)s"),
    "stage.deliverable_ticked": _("%(actor)s marked “%(deliverable)s” of stage %(stage)s as done"),
    "stage.deliverable_unticked": _("%(actor)s marked “%(deliverable)s” of stage %(stage)s as open"),
    "stage.work_logged": _("%(actor)s logged %(hours)s hours of %(person)s (%(stage)s)"),
    "stage.work_removed": _("%(actor)s removed %(hours)s hours of %(person)s (%(stage)s)"),
    "stage.dates_set": _("%(actor)s dated stage %(stage)s from %(started_on)s to %(finished_on)s"),
    "stage.completed": _("%(actor)s completed stage %(stage)s"),
    "stage.reopened": _("%(actor)s reopened stage %(stage)s: %(comment)s"),
    "stage.sent_back": _("%(actor)s sent stage %(stage)s back, due %(due_on)s: %(comment)s"),
    "stage.overdue": _("Stage %(stage)s was due on %(due_on)s and is still open"),
    # options
    "option.added": _("%(actor)s added the option %(option)s"),
    "option.changed": _("%(actor)s changed the option %(option)s: %(fields)s"),
    "option.removed": _("%(actor)s removed the option %(option)s"),
    "option.screened": _("%(actor)s screened the option %(option)s: %(verdict)s. Reason: %(reason)s"),
    "option.made_binding": _("With the approval, %(count)s feasible options became binding"),
    "option.moved": _("%(actor)s set the option %(option)s to “%(status)s”"),
    "option.progress": _("%(actor)s recorded progress of the option %(option)s: %(progress)s %%"),
    "option.effect_expected": _("%(actor)s stated an expected effect of the option %(option)s: %(effect)s"),
    "option.effect_recorded": _("%(actor)s recorded a measured effect of the option %(option)s: %(effect)s"),
    "option.effect_removed": _("%(actor)s removed an effect of the option %(option)s: %(effect)s"),
    "option.implemented": _("%(actor)s reported the option %(option)s as implemented on %(implemented_on)s"),
    "option.corrected": _("%(actor)s corrected the results of the option %(option)s: %(fields)s"),
    "option.abandoned": _("%(actor)s abandoned the option %(option)s: %(reason)s"),
    "option.imported": _("%(actor)s imported %(count)s options from %(file)s"),
    "option.overdue": _("The option %(option)s was due on %(due_on)s and is not implemented"),
}
