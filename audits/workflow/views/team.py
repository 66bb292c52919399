"""The team: who is in it, what the rules say of it, and starting the audit with it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from auditors.registration.selectors import highest, registrations_on
from audits.workflow import services
from audits.workflow.forms import MemberForm, StartForm
from audits.workflow.models import Audit
from audits.workflow.policies import allowed, check_can_form_team
from audits.workflow.rules.gates import START_GATES, TEAM_GATES, findings_of
from audits.workflow.rules.stages import FIELD_LABELS
from audits.workflow.selectors import auditors_to_choose, facts_for, hours_by_person, present_team
from audits.workflow.views.frame import audit_page, get_audit
from cpaudit.rulebook.errors import Invalid
from cpaudit.web.forms import show_errors


@login_required
@require_http_methods(["GET", "POST"])
def team(request: HttpRequest, pk: int) -> HttpResponse:
    """The team's page; a POST takes a person in."""
    audit = get_audit(request, pk)
    form = _member_form(request, audit)
    if request.method == "POST" and form.is_valid():
        try:
            member = services.add_member(audit=audit, by=request.user, at=timezone.now(), **form.cleaned_data)
        except Invalid as invalid:
            show_errors(form, invalid)
        else:
            messages.success(request, _("%(person)s is in the team.") % {"person": member})
            return redirect("audits:team", audit.pk)
    return render(request, "audits/workflow/team.html", _team_page(request, audit, form))


@login_required
@require_http_methods(["GET", "POST"])
def member_remove(request: HttpRequest, pk: int, member_pk: int) -> HttpResponse:
    audit = get_audit(request, pk)
    member = get_object_or_404(audit.team.filter(left_on=None), pk=member_pk)
    if request.method == "POST":
        services.remove_member(member=member, by=request.user, at=timezone.now())
        messages.success(request, _("%(person)s has left the team.") % {"person": member})
        return redirect("audits:team", audit.pk)
    return render(
        request,
        "confirm.html",
        {
            "title": _("Take %(person)s out of the team") % {"person": member},
            "consequences": [_("Hours and signatures stay on record."), _("Whom the person guided needs a new guide.")],
            "action_label": _("Take out"),
            "is_danger": True,
            "back_url": reverse("audits:team", args=[audit.pk]),
            "crumbs": [(audit.number, reverse("audits:audit-detail", args=[audit.pk]))],
        },
    )


@login_required
@require_POST
def audit_start(request: HttpRequest, pk: int) -> HttpResponse:
    audit = get_audit(request, pk)
    form = StartForm(request.POST)
    if form.is_valid():
        try:
            services.start(audit=audit, by=request.user, at=timezone.now(), **form.cleaned_data)
        except Invalid as invalid:
            show_errors(form, invalid)
        else:
            messages.success(request, _("The audit has started. Stage 1 is open."))
            return redirect("audits:stage-detail", audit.pk, 1)
    page = _team_page(request, audit, _member_form(request, audit, bound=False)) | {"start_form": form}
    return render(request, "audits/workflow/team.html", page)


def _member_form(request: HttpRequest, audit: Audit, *, bound: bool = True) -> MemberForm:
    """Auditors of the auditing body and of the enterprise are offered, with today's level."""
    auditors, today = auditors_to_choose(audit), timezone.localdate()
    data = request.POST if bound and request.method == "POST" else None
    held = {auditor.pk: highest(auditor.registrations.all(), on=today) for auditor in auditors}
    levels = {pk: str(registration.get_level_display()) for pk, registration in held.items() if registration}
    return MemberForm(data, audit=audit, auditors=auditors, levels=levels, initial={"external": not audit.self_audit})


def _team_page(request: HttpRequest, audit: Audit, form: MemberForm) -> dict[str, Any]:
    today = timezone.localdate()
    members = present_team(audit)
    held = registrations_on([m.auditor_id for m in members if m.auditor_id], today)
    hours = hours_by_person(audit)
    gates = START_GATES if audit.status == "engaged" else TEAM_GATES
    return audit_page(
        request,
        audit,
        "team",
        members=[
            {
                "member": member,
                "registration": held.get(member.auditor_id) if member.auditor_id else None,
                "hours": sum(hours.get(member.pk, {}).values()),
                "fields": len(hours.get(member.pk, {})),
            }
            for member in members
        ],
        former=audit.team.exclude(left_on=None),
        all_fields=len(FIELD_LABELS),
        findings=findings_of(gates, facts_for(audit, on=today)),
        form=form,
        can_form=allowed(check_can_form_team, request.user, audit),
        start_form=StartForm(initial={"version": audit.version, "planned_end": audit.report_by}),
    )
