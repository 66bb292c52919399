"""Signing, filing, deciding, taking back, closing, ordering a PDF."""

from __future__ import annotations

from typing import Any

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from audits.reports import services
from audits.reports.changes import told
from audits.reports.diff import diff_of
from audits.reports.forms import DecisionForm, SignForm, TakeBackForm
from audits.reports.models import Filing
from audits.reports.policies import check_can_sign
from audits.reports.printing import HTML_LANGUAGES
from audits.reports.rules import closing_findings, filing_findings, signing_findings
from audits.reports.selectors import draft_of, signed_of, signer_of
from audits.reports.views.reading import draft_book, filing_book, get_filing, pdfs_of, report_page
from audits.workflow.forms import VersionForm
from audits.workflow.policies import check_can
from audits.workflow.rules.transitions import TRANSITIONS, WORKING, Action, Status
from audits.workflow.selectors import facts_for
from audits.workflow.views.frame import get_audit
from cpaudit.rulebook.errors import Invalid
from cpaudit.rulebook.findings import blocking
from cpaudit.web.forms import show_errors


@login_required
@require_http_methods(["GET", "POST"])
def report_sign(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole report, the declaration in both languages, and the signature under it."""
    audit = get_audit(request, pk)
    check_can_sign(request.user, audit)
    if audit.status not in WORKING:
        raise Http404
    posted = request.method == "POST"
    may_try = not posted or ratelimit.consume(request, action="reauthenticate", user=request.user)
    draft = draft_of(audit)
    form = SignForm(request.POST or None, user=request.user, may_try=may_try, initial={"content_hash": draft.hash})
    if posted and form.is_valid():
        services.sign_report(
            audit=audit, expected_hash=form.cleaned_data["content_hash"], by=request.user, at=timezone.now()
        )
        messages.success(request, _("You have signed the report."))
        return redirect("audits:report-detail", audit.pk)
    on = timezone.localdate()
    facts = facts_for(audit, on=on)
    findings = signing_findings(facts, signer_of(audit, request.user, on=on))
    book = draft_book(audit, draft, filing_findings(facts, signed_of(audit), draft.hash))
    page = report_page(
        request, audit, form=form, findings=findings, may_sign=not blocking(findings), draft=draft, **book
    )
    return render(request, "audits/reports/report_sign.html", page)


@login_required
@require_http_methods(["GET", "POST"])
def report_file(request: HttpRequest, pk: int) -> HttpResponse:
    """Every finding once more, then the filing."""
    audit = get_audit(request, pk)
    check_can(Action.FILE, request.user, audit)
    form = VersionForm(request.POST or None, initial={"version": audit.version})
    if request.method == "POST" and form.is_valid():
        filing = services.file_report(
            audit=audit, version=form.cleaned_data["version"], by=request.user, at=timezone.now()
        )
        messages.success(request, _("Version %(version)s of the report is filed.") % {"version": filing.version})
        return redirect("audits:report-detail", audit.pk)
    draft = draft_of(audit)
    findings = filing_findings(facts_for(audit, on=timezone.localdate()), signed_of(audit), draft.hash)
    return _confirm(request, audit, Action.FILE, form, findings)


@login_required
@require_http_methods(["GET", "POST"])
def report_decide(request: HttpRequest, pk: int, version: int) -> HttpResponse:
    """Exactly what was filed, what the rules say, what changed, what was decided before; and the decision."""
    audit = get_audit(request, pk)
    check_can(Action.APPROVE, request.user, audit)
    filing = get_filing(audit, version)
    form = DecisionForm(request.POST or None, initial={"version": audit.version, "filing_version": filing.version})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        action = Action(given["action"])
        try:
            services.decide(
                audit=audit,
                action=action,
                filing_version=given["filing_version"],
                version=given["version"],
                comment=given["comment"],
                due_on=given["due_on"],
                by=request.user,
                at=timezone.now(),
            )
        except Invalid as invalid:
            show_errors(form, invalid)
        else:
            messages.success(request, _("The report is %(done)s.") % {"done": _(TRANSITIONS[action].done)})
            return redirect("audits:report-detail", audit.pk)
    previous = Filing.objects.filter(audit=audit, version=filing.version - 1).first()
    page = report_page(
        request,
        audit,
        form=form,
        filing=filing,
        previous=previous,
        changes=told(diff_of(previous.content, filing.content), new=filing.content) if previous else [],
        decisions=audit.decisions.all(),
        pdfs=pdfs_of(filing, request),
        open=audit.status == Status.FILED and audit.filing_version == filing.version,
        **filing_book(filing),
    )
    return render(request, "audits/reports/report_decide.html", page)


@login_required
@require_http_methods(["GET", "POST"])
def report_take_back(request: HttpRequest, pk: int) -> HttpResponse:
    audit = get_audit(request, pk)
    check_can(Action.TAKE_BACK, request.user, audit)
    form = TakeBackForm(request.POST or None, initial={"version": audit.version})
    if request.method == "POST" and form.is_valid():
        services.take_back(audit=audit, by=request.user, at=timezone.now(), **form.cleaned_data)
        messages.success(request, _("The report is taken back. Correct it and file it again."))
        return redirect("audits:report-detail", audit.pk)
    return _confirm(request, audit, Action.TAKE_BACK, form)


@login_required
@require_http_methods(["GET", "POST"])
def report_close(request: HttpRequest, pk: int) -> HttpResponse:
    audit = get_audit(request, pk)
    check_can(Action.CLOSE, request.user, audit)
    form = VersionForm(request.POST or None, initial={"version": audit.version})
    if request.method == "POST" and form.is_valid():
        services.close(audit=audit, by=request.user, at=timezone.now(), **form.cleaned_data)
        messages.success(request, _("The audit is closed."))
        return redirect("audits:report-detail", audit.pk)
    return _confirm(request, audit, Action.CLOSE, form, closing_findings(facts_for(audit, on=timezone.localdate())))


def _confirm(request: HttpRequest, audit: Any, action: Action, form: VersionForm, findings: Any = ()) -> HttpResponse:
    row = TRANSITIONS[action]
    context = {
        "title": _(row.label),
        "sentence": f"{audit.number} · {audit.enterprise.name}",
        "consequences": [_(row.confirm)] if row.confirm else [],
        "form": form,
        "findings": findings,
        "action_label": _(row.label),
        "back_url": reverse("audits:report-detail", args=[audit.pk]),
        "crumbs": report_page(request, audit)["crumbs"],
    }
    return render(request, "confirm.html", context)


@login_required
@require_POST
def pdf_order(request: HttpRequest, pk: int, version: int, language: str) -> HttpResponse:
    """Order a PDF that failed, or one nobody ordered yet."""
    if language not in HTML_LANGUAGES:
        raise Http404
    audit = get_audit(request, pk)
    services.order_pdf(filing=get_filing(audit, version), language=language, by=request.user, at=timezone.now())
    return redirect(f"{reverse('audits:report-detail', args=[audit.pk])}#versions")
