"""The pages of the register of organisations."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from consultancies.organisations import services
from consultancies.organisations.filters import OrganisationFilter, sorts
from consultancies.organisations.forms import OrganisationForm
from consultancies.organisations.models import Organisation
from consultancies.organisations.policies import check_can_keep_organisations
from consultancies.organisations.selectors import staff_of
from cpaudit.accounts.roles import BodyKind
from cpaudit.rulebook.errors import Invalid, Stale, allowed
from cpaudit.rulebook.rulesets import rule_set_on
from cpaudit.templatetags.ui import day
from cpaudit.trail.selectors import timeline
from cpaudit.web.filters import sorted_by
from cpaudit.web.findings import refusal_sentence
from cpaudit.web.forms import show_errors
from cpaudit.web.pagination import page_of


@require_safe
@login_required
def organisation_list(request: HttpRequest) -> HttpResponse:
    seen = Organisation.objects.visible_to(request.user).with_names()
    found = OrganisationFilter(request.GET, seen, user=request.user)
    rows = page_of(sorted_by(found.qs, request.GET.get("sort", ""), sorts(), "name"), request)
    today = timezone.localdate()
    for organisation in rows:
        organisation.operates_today = organisation.operates(today)
    context = {
        "filter": found,
        "rows": rows,
        "can": {"enter": allowed(check_can_keep_organisations, request.user)},
    }
    return render(request, "consultancies/organisations/organisation_list.html", context)


@require_safe
@login_required
def organisation_detail(request: HttpRequest, pk: int) -> HttpResponse:
    organisation = seen_organisation(request, pk)
    today = timezone.localdate()
    keeps = allowed(check_can_keep_organisations, request.user)
    consults = organisation.body.kind == BodyKind.CONSULTING
    context = {
        "organisation": organisation,
        "facts": _facts(organisation),
        "operates": organisation.operates(today),
        "findings": [staff_of(organisation, on=today, rules=rule_set_on(today))] if consults else [],
        "auditors": organisation.body.auditors.visible_to(request.user),
        # The history is the organisation's own and its supervisors'; the register shows everybody the facts.
        "events": timeline(organisation) if keeps or request.user.body == organisation.body else None,
        "can": {"change": keeps},
    }
    return render(request, "consultancies/organisations/organisation_detail.html", context)


@require_http_methods(["GET", "POST"])
@login_required
def organisation_create(request: HttpRequest) -> HttpResponse:
    check_can_keep_organisations(request.user)
    form = OrganisationForm(request.POST or None, user=request.user)
    if form.is_valid():
        try:
            organisation = services.enter_organisation(by=request.user, at=timezone.now(), **form.values)
        except Invalid as refusal:
            show_errors(form, refusal)
        else:
            messages.success(request, _("%(name)s is entered.") % {"name": organisation.body.name})
            return redirect("consultancies:organisation-detail", organisation.pk)
    return _form_page(request, form, _("Enter an organisation"), reverse("consultancies:organisation-list"))


@require_http_methods(["GET", "POST"])
@login_required
def organisation_edit(request: HttpRequest, pk: int) -> HttpResponse:
    organisation = seen_organisation(request, pk)
    check_can_keep_organisations(request.user)
    form = OrganisationForm(request.POST or None, user=request.user, organisation=organisation)
    if form.is_valid():
        try:
            services.change_organisation(
                organisation=organisation,
                version=form.cleaned_data["version"] or 0,
                by=request.user,
                at=timezone.now(),
                **form.values,
            )
        except Invalid as refusal:
            show_errors(form, refusal)
        except Stale as refusal:
            form.add_error(None, refusal_sentence(refusal))
        else:
            messages.success(request, _("The corrections are saved."))
            return redirect("consultancies:organisation-detail", organisation.pk)
    back = reverse("consultancies:organisation-detail", args=[organisation.pk])
    return _form_page(request, form, _("Correct the data"), back, organisation=organisation)


def _form_page(request: HttpRequest, form: OrganisationForm, title: str, back_url: str, **more: Any) -> HttpResponse:
    context = {"form": form, "title": title, "back_url": back_url, **more}
    status = 422 if form.is_bound else 200
    return render(request, "consultancies/organisations/organisation_form.html", context, status=status)


def seen_organisation(request: HttpRequest, pk: int) -> Organisation:
    """The organisation, or 404 where it does not exist for this person."""
    # By the body's own number: a lookup through the relation takes numbers no database holds.
    return get_object_or_404(Organisation.objects.visible_to(request.user).with_names(), body__id=pk)


def _facts(organisation: Organisation) -> list[tuple[str, Any]]:
    body = organisation.body
    return [
        (_("Name (Chinese)"), body.name_zh),
        (_("Name (English)"), body.name_en),
        (_("Registration number"), organisation.registration_no),
        (_("Region"), f"{body.region.name} ({body.region.code})"),
        (_("Affirmed on"), day(organisation.affirmed_on)),
        (_("Ended on"), day(organisation.ended_on)),
    ]
