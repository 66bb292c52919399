"""Lists, the overview of one audit, opening, engaging, and the acts that need a confirmation."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from auditors.registration.selectors import registrations_on
from audits.enterprises.models import Enterprise
from audits.workflow import services
from audits.workflow.filters import AuditFilter
from audits.workflow.forms import CommentForm, EngageForm, OpenForm
from audits.workflow.models import Audit
from audits.workflow.next_steps import next_step
from audits.workflow.policies import allowed, check_can_form_team, check_can_open
from audits.workflow.rules.transitions import TRANSITIONS, Action
from audits.workflow.selectors import present_team
from audits.workflow.views.frame import audit_page, get_audit
from cpaudit.trail.selectors import timeline
from cpaudit.web.pagination import page_of

SORTS = {"number", "status", "year", "due_on"}
ACTS: dict[Action, Any] = {
    Action.SELF_AUDIT: services.self_audit,
    Action.DECLINE: services.decline,
    Action.CANCEL: services.cancel,
}


@login_required
def audit_list(request: HttpRequest) -> HttpResponse:
    """Audits within the reader's jurisdiction."""
    found = AuditFilter(request.GET, queryset=Audit.objects.visible_to(request.user).with_names())
    sort = request.GET.get("sort", "")
    queryset = found.qs.order_by(sort) if sort.lstrip("-") in SORTS else found.qs.order_by("-year", "-pk")
    return render(
        request,
        "audits/workflow/audit_list.html",
        {
            "filter": found,
            "rows": page_of(queryset, request),
            "can_open": request.user.body is not None and allowed(check_can_open, request.user, request.user.body.pk),
        },
    )


@login_required
def audit_detail(request: HttpRequest, pk: int) -> HttpResponse:
    audit = get_audit(request, pk)
    team = present_team(audit)
    levels = registrations_on([m.auditor_id for m in team if m.auditor_id], timezone.localdate())
    return render(
        request,
        "audits/workflow/audit_detail.html",
        audit_page(
            request,
            audit,
            "overview",
            next=next_step(audit, request.user),
            team=[(member, levels.get(member.auditor_id) if member.auditor_id else None) for member in team],
            decisions=audit.decisions.all(),
            events=timeline(audit)[-8:][::-1],
            can_set_thresholds=allowed(check_can_form_team, request.user, audit),
        ),
    )


@login_required
def audit_history(request: HttpRequest, pk: int) -> HttpResponse:
    audit = get_audit(request, pk)
    return render(
        request,
        "audits/workflow/audit_history.html",
        audit_page(request, audit, "history", events=timeline(audit)[::-1]),
    )


@login_required
@require_http_methods(["GET", "POST"])
def audit_create(request: HttpRequest) -> HttpResponse:
    """An enterprise opens a voluntary audit of itself."""
    body = request.user.body
    enterprise = get_object_or_404(Enterprise.objects.visible_to(request.user).with_names(), pk=body.pk if body else 0)
    form = OpenForm(request.POST or None, initial={"year": timezone.localdate().year})
    if request.method == "POST" and form.is_valid():
        audit = services.open_voluntary(
            enterprise=enterprise, year=form.cleaned_data["year"], by=request.user, at=timezone.now()
        )
        messages.success(request, _("The audit %(number)s is open.") % {"number": audit.number})
        return redirect("audits:audit-detail", audit.pk)
    return render(
        request,
        "confirm.html",
        {
            "title": _("Open a voluntary audit"),
            "sentence": _("%(enterprise)s is audited of its own accord.") % {"enterprise": enterprise.name},
            "form": form,
            "action_label": _("Open the audit"),
            "back_url": reverse("audits:audit-list"),
            "crumbs": [(_("Audits"), reverse("audits:audit-list"))],
        },
    )


@login_required
@require_http_methods(["GET", "POST"])
def audit_engage(request: HttpRequest, pk: int) -> HttpResponse:
    """The enterprise chooses a consulting organisation, or itself."""
    audit = get_audit(request, pk)
    form = EngageForm(request.POST or None, on=timezone.localdate(), initial={"version": audit.version})
    if request.method == "POST" and form.is_valid():
        services.engage(
            audit=audit,
            consultancy=form.cleaned_data["consultancy"].body,
            version=form.cleaned_data["version"],
            by=request.user,
            at=timezone.now(),
        )
        messages.success(request, _("%(organisation)s is engaged.") % {"organisation": audit.consultancy})
        return redirect("audits:audit-detail", audit.pk)
    return render(request, "audits/workflow/audit_engage.html", audit_page(request, audit, "overview", form=form))


@login_required
@require_http_methods(["GET", "POST"])
def audit_act(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """One of the acts that ask first: what it means, a comment where the table wants one, then the deed."""
    audit = get_audit(request, pk)
    if action not in ACTS:
        raise Http404
    row = TRANSITIONS[Action(action)]
    form = CommentForm(
        request.POST or None, comment=row.comment, due_date=row.due_date, initial={"version": audit.version}
    )
    if request.method == "POST" and form.is_valid():
        ACTS[row.action](audit=audit, by=request.user, at=timezone.now(), **form.cleaned_data)
        messages.success(request, _("The audit is %(done)s.") % {"done": _(row.done)})
        return redirect("audits:audit-detail", audit.pk)
    return render(
        request,
        "confirm.html",
        {
            "title": _(row.label),
            "sentence": f"{audit.number} · {audit.enterprise.name}",
            "consequences": [_(row.confirm)] if row.confirm else [],
            "form": form,
            "action_label": _(row.label),
            "is_danger": row.action in {Action.CANCEL, Action.DECLINE},
            "back_url": reverse("audits:audit-detail", args=[audit.pk]),
            "crumbs": [(_("Audits"), reverse("audits:audit-list"))],
        },
    )
