"""What the reader should do next in one audit, in one sentence with one link. Reads only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from audits.workflow.models import Audit, Stage
from audits.workflow.policies import sides_of
from audits.workflow.rules.transitions import STATUS_LABELS, Side, StageStatus, Status
from cpaudit.accounts.models import User
from cpaudit.web.addresses import url_or_none


def next_step(audit: Audit, user: User) -> dict[str, Any]:
    """The panel's params: title, text, url, label, due_on; `waits` where somebody else has the turn."""
    sides = sides_of(user, audit)
    step = STEPS[Status(audit.status)](audit, sides)
    return {"due_on": audit.due_on} | step


def _wait(title: str, **more: Any) -> dict[str, Any]:
    return {"title": title, "waits": True} | more


def _planned(audit: Audit, sides: frozenset[Side]) -> dict[str, Any]:
    if Side.ENTERPRISE in sides:
        return {
            "title": _("Choose who carries out the audit"),
            "text": _("Engage a consulting organisation, or audit yourselves."),
            "url": reverse("audits:audit-engage", args=[audit.pk]),
            "label": _("Choose"),
        }
    return _wait(_("The enterprise chooses who carries out the audit"))


def _engaged(audit: Audit, sides: frozenset[Side]) -> dict[str, Any]:
    if Side.AUDITING in sides:
        return {
            "title": _("Form the team and start the audit"),
            "text": _("At least two qualified auditors, one of them the leader."),
            "url": reverse("audits:team", args=[audit.pk]),
            "label": _("Form the team"),
        }
    return _wait(_("%(organisation)s forms the team") % {"organisation": audit.auditing_body})


def _in_work(audit: Audit, sides: frozenset[Side]) -> dict[str, Any]:
    stages = list(audit.stages.all())
    late = next((stage for stage in stages if stage.status == StageStatus.SENT_BACK), None)
    current = late or next((stage for stage in stages if stage.status != StageStatus.COMPLETED), None)
    if Side.AUDITING not in sides:
        who = {"organisation": audit.auditing_body}
        if current is None:
            return _wait(_("%(organisation)s signs and files the report") % who)
        return _wait(_("%(organisation)s works on stage %(stage)s") % (who | {"stage": current.number}))
    if current is None:
        return {
            "title": _("Sign and file the report"),
            "text": _("All seven stages are completed."),
            "url": url_or_none("audits:report-detail", audit.pk),
            "label": _("Open the report"),
        }
    return _stage_step(audit, current)


def _stage_step(audit: Audit, stage: Stage) -> dict[str, Any]:
    step: dict[str, Any] = {
        "url": reverse("audits:stage-detail", args=[audit.pk, stage.number]),
        "label": _("Open stage %(stage)s") % {"stage": stage.number},
        "text": _(stage.spec.purpose),
    }
    if stage.status == StageStatus.SENT_BACK:
        return step | {
            "title": _("Correct stage %(stage)s: it was sent back") % {"stage": stage.number},
            "text": stage.sent_back_comment,
            "due_on": stage.due_on,
        }
    return step | {
        "title": _("Work on stage %(stage)s: %(name)s") % {"stage": stage.number, "name": _(stage.spec.name)}
    }


def _returned(audit: Audit, sides: frozenset[Side]) -> dict[str, Any]:
    if Side.AUDITING in sides:
        decision = audit.decisions.filter(action="return").last()
        return {
            "title": _("Correct the report and file it again"),
            "text": decision.comment if decision else "",
            "url": url_or_none("audits:report-detail", audit.pk),
            "label": _("Open the report"),
        }
    return _wait(_("%(organisation)s corrects the report") % {"organisation": audit.auditing_body})


def _filed(audit: Audit, sides: frozenset[Side]) -> dict[str, Any]:
    if Side.AUTHORITY in sides:
        return {
            "title": _("Examine the report and decide"),
            "text": _("Version %(version)s was filed.") % {"version": audit.filing_version},
            "url": url_or_none("audits:report-detail", audit.pk),
            "label": _("Examine"),
        }
    return _wait(_("The authority examines version %(version)s of the report") % {"version": audit.filing_version})


def _approved(audit: Audit, sides: frozenset[Side]) -> dict[str, Any]:
    if Side.ENTERPRISE in sides:
        return {
            "title": _("Carry out the options and record what they save"),
            "url": url_or_none("audits:option-list", audit.pk),
            "label": _("Open the options"),
        }
    return _wait(
        _("The enterprise carries out the options"),
        url=url_or_none("audits:option-list", audit.pk),
        label=_("Open the options"),
    )


def _ended(audit: Audit, _sides: frozenset[Side]) -> dict[str, Any]:
    return _wait(
        _("Nothing is left to do: the audit is “%(status)s”") % {"status": _(STATUS_LABELS[Status(audit.status)])},
        over=True,
    )


STEPS: dict[Status, Callable[[Audit, frozenset[Side]], dict[str, Any]]] = {
    Status.PLANNED: _planned,
    Status.ENGAGED: _engaged,
    Status.IN_PROGRESS: _in_work,
    Status.RETURNED: _returned,
    Status.FILED: _filed,
    Status.APPROVED: _approved,
    Status.REJECTED: _ended,
    Status.CANCELLED: _ended,
    Status.CLOSED: _ended,
    Status.RECORDED: _ended,
}
