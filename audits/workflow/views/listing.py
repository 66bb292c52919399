"""Putting an enterprise on the compulsory list: one act with opening its audit."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from audits.enterprises.models import Enterprise
from audits.programme.forms import ListingForm
from audits.programme.policies import check_can_list
from audits.programme.rules import deadlines
from audits.programme.selectors import listing_findings
from audits.workflow import services
from cpaudit.rulebook.errors import Invalid, Refused
from cpaudit.rulebook.rulesets import rule_set_on
from cpaudit.web.findings import refusal_sentence
from cpaudit.web.forms import show_errors


@require_http_methods(["GET", "POST"])
@login_required
def listing_create(request: HttpRequest, pk: int) -> HttpResponse:
    """List an enterprise; what is known about its last round stands above the form."""
    # By the body's own number: a lookup through the relation takes numbers no database holds.
    enterprise = get_object_or_404(Enterprise.objects.visible_to(request.user).with_names(), body__id=pk)
    check_can_list(request.user, enterprise)
    today = timezone.localdate()
    rules = rule_set_on(today)
    form = ListingForm(request.POST or None, today=today)
    findings = listing_findings(enterprise, published_on=today, rules=rules)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        given = form.cleaned_data
        try:
            audit = services.open_compulsory(
                enterprise=enterprise, year=given["published_on"].year, by=request.user, at=timezone.now(), **given
            )
        except Invalid as refusal:
            show_errors(form, refusal)
        except Refused as refusal:
            form.add_error(None, refusal_sentence(refusal))
            findings = refusal.findings
        else:
            messages.success(
                request,
                _("%(enterprise)s is on the list of %(year)s, and its audit is open.")
                % {"enterprise": enterprise.name, "year": audit.year},
            )
            return redirect("audits:audit-detail", audit.pk)
    context = {
        "form": form,
        "enterprise": enterprise,
        "findings": findings,
        "deadlines": deadlines(today, rules),
        "today": today,
        "back_url": reverse("audits:enterprise-detail", args=[enterprise.pk]),
    }
    return render(request, "audits/programme/listing_form.html", context, status=status)
