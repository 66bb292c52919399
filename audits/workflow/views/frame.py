"""What every page of one audit has: the audit itself, its tabs, its stepper, what the reader may do."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audits.workflow.models import Audit
from audits.workflow.policies import allowed, check_can, sides_of
from audits.workflow.rules.transitions import TRANSITIONS, StageStatus
from cpaudit.web.addresses import url_or_none

TABS = (
    ("overview", gettext_lazy("Overview"), "audits:audit-detail"),
    ("team", gettext_lazy("Team"), "audits:team"),
    ("options", gettext_lazy("Options"), "audits:option-list"),
    ("report", gettext_lazy("Report"), "audits:report-detail"),
    ("history", gettext_lazy("History"), "audits:audit-history"),
)
STEP_STATES = {
    StageStatus.NOT_BEGUN: "not_begun",
    StageStatus.OPEN: "current",
    StageStatus.COMPLETED: "done",
    StageStatus.SENT_BACK: "sent_back",
}


def get_audit(request: HttpRequest, pk: int) -> Audit:
    """The audit with its names, or 404 where it is not there for this reader."""
    return get_object_or_404(Audit.objects.visible_to(request.user).with_names(), pk=pk)


def audit_page(request: HttpRequest, audit: Audit, tab: str, **more: Any) -> dict[str, Any]:
    """The context of one page of an audit; `more` is the page's own."""
    return {
        "audit": audit,
        "tabs": [
            {"label": label, "url": url, "is_current": key == tab}
            for key, label, name in TABS
            if (url := url_or_none(name, audit.pk))
        ],
        "crumbs": [
            (_("Audits"), reverse("audits:audit-list")),
            (audit.number, reverse("audits:audit-detail", args=[audit.pk])),
        ],
        "stepper": stepper(audit, more.get("stage_number")),
        "sides": sides_of(request.user, audit),
        "can": {
            action.value: audit.status in row.sources and allowed(check_can, action, request.user, audit)
            for action, row in TRANSITIONS.items()
            if row.sources
        },
        "today": timezone.localdate(),
    } | more


def stepper(audit: Audit, open_number: int | None = None) -> list[dict[str, Any]]:
    """The seven stages for the stepper component."""
    return [
        {
            "number": stage.number,
            "name": _(stage.spec.name),
            "state": STEP_STATES[StageStatus(stage.status)],
            "url": reverse("audits:stage-detail", args=[audit.pk, stage.number]),
            "due_on": stage.due_on,
            "is_open": stage.number == open_number,
        }
        for stage in audit.stages.all()
    ]
