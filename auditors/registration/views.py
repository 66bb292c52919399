"""The pages of the register of auditors: people with their registrations."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from auditors.people import services as people
from auditors.people.forms import AuditorForm
from auditors.people.models import Auditor
from auditors.people.policies import check_can_keep_register
from auditors.registration import services
from auditors.registration.filters import AuditorFilter, sorts
from auditors.registration.forms import EndForm, RegistrationForm
from auditors.registration.models import Registration
from auditors.registration.selectors import highest, with_registrations
from cpaudit.rulebook.errors import Invalid, Refused, Stale, allowed
from cpaudit.trail.selectors import timeline
from cpaudit.web.filters import sorted_by
from cpaudit.web.findings import refusal_sentence
from cpaudit.web.forms import show_errors
from cpaudit.web.pagination import page_of

STATES = {
    "valid": gettext_lazy("valid"),
    "expiring": gettext_lazy("expires soon"),
    "expired": gettext_lazy("expired"),
    "ended": gettext_lazy("ended"),
    "future": gettext_lazy("not valid yet"),
}


@require_safe
@login_required
def auditor_list(request: HttpRequest) -> HttpResponse:
    seen = with_registrations(Auditor.objects.visible_to(request.user))
    found = AuditorFilter(request.GET, seen, user=request.user)
    rows = page_of(sorted_by(found.qs, request.GET.get("sort", ""), sorts(), "name"), request)
    today = timezone.localdate()
    context = {
        "filter": found,
        "rows": rows,
        "auditors": [(auditor, highest(auditor.registrations.all(), on=today)) for auditor in rows],
        "can": {"enter": allowed(check_can_keep_register, request.user)},
    }
    return render(request, "auditors/registration/auditor_list.html", context)


@require_safe
@login_required
def auditor_detail(request: HttpRequest, pk: int) -> HttpResponse:
    auditor = seen_auditor(request, pk)
    today = timezone.localdate()
    registrations = list(auditor.registrations.all())
    context = {
        "auditor": auditor,
        "facts": [
            (_("Name (Chinese)"), auditor.name_zh),
            (_("Name (Latin)"), auditor.name_en),
            (_("Employer"), auditor.employer),
            (_("Account"), auditor.user.email if auditor.user else ""),
        ],
        "held": highest(registrations, on=today),
        "registrations": [(one, (state := one.state(today)), STATES[state]) for one in registrations],
        "events": timeline(auditor),
        "can": {"keep": allowed(check_can_keep_register, request.user)},
    }
    return render(request, "auditors/registration/auditor_detail.html", context)


@require_http_methods(["GET", "POST"])
@login_required
def auditor_create(request: HttpRequest) -> HttpResponse:
    check_can_keep_register(request.user)
    form = AuditorForm(request.POST or None)
    if form.is_valid():
        try:
            auditor = people.enter_auditor(by=request.user, at=timezone.now(), **form.values)
        except Invalid as refusal:
            show_errors(form, refusal)
        else:
            messages.success(request, _("%(name)s is entered. Add the registration.") % {"name": auditor})
            return redirect("auditors:auditor-detail", auditor.pk)
    return _form_page(request, form, _("Enter an auditor"), reverse("auditors:auditor-list"))


@require_http_methods(["GET", "POST"])
@login_required
def auditor_edit(request: HttpRequest, pk: int) -> HttpResponse:
    auditor = seen_auditor(request, pk)
    check_can_keep_register(request.user)
    form = AuditorForm(request.POST or None, auditor=auditor)
    if form.is_valid():
        try:
            people.change_auditor(
                auditor=auditor,
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
            return redirect("auditors:auditor-detail", auditor.pk)
    return _form_page(request, form, _("Correct the data"), _address(auditor), auditor=auditor)


@require_http_methods(["GET", "POST"])
@login_required
def registration_create(request: HttpRequest, pk: int) -> HttpResponse:
    auditor = seen_auditor(request, pk)
    check_can_keep_register(request.user)
    form = RegistrationForm(request.POST or None)
    findings: list[Any] = []
    if form.is_valid():
        try:
            registration = services.enter_registration(
                auditor=auditor, by=request.user, at=timezone.now(), **form.cleaned_data
            )
        except Invalid as refusal:
            show_errors(form, refusal)
        except Refused as refusal:
            form.add_error(None, refusal_sentence(refusal))
            findings = refusal.findings
        else:
            sentence = _("%(certificate)s is entered, valid until %(until)s.")
            words = {"certificate": registration.certificate_no, "until": registration.valid_until}
            messages.success(request, sentence % words)
            return redirect("auditors:auditor-detail", auditor.pk)
    title = _("Enter a registration")
    return _form_page(request, form, title, _address(auditor), auditor=auditor, findings=findings)


@require_http_methods(["GET", "POST"])
@login_required
def registration_end(request: HttpRequest, pk: int, registration_pk: int) -> HttpResponse:
    auditor = seen_auditor(request, pk)
    registration = get_object_or_404(Registration.objects.visible_to(request.user), pk=registration_pk, auditor=auditor)
    check_can_keep_register(request.user)
    form = EndForm(request.POST or None, initial={"ended_on": timezone.localdate()})
    if form.is_valid():
        try:
            services.end_registration(
                registration=registration, by=request.user, at=timezone.now(), **form.cleaned_data
            )
        except Invalid as refusal:
            show_errors(form, refusal)
        else:
            messages.success(request, _("The registration %(certificate)s has ended.") % {"certificate": registration})
            return redirect("auditors:auditor-detail", auditor.pk)
    context = {
        "title": _("End the registration %(certificate)s") % {"certificate": registration},
        "sentence": _("What was signed under it before stays valid."),
        "form": form,
        "action_label": _("End the registration"),
        "is_danger": True,
        "back_url": _address(auditor),
        "crumbs": [(_("Auditors"), reverse("auditors:auditor-list")), (str(auditor), _address(auditor))],
    }
    return render(request, "confirm.html", context, status=422 if form.is_bound else 200)


def _form_page(request: HttpRequest, form: Any, title: str, back_url: str, **more: Any) -> HttpResponse:
    context = {"form": form, "title": title, "back_url": back_url, **more}
    status = 422 if form.is_bound else 200
    return render(request, "auditors/registration/register_form.html", context, status=status)


def seen_auditor(request: HttpRequest, pk: int) -> Auditor:
    """The auditor with his registrations, or 404 where he does not exist for this person."""
    seen = with_registrations(Auditor.objects.visible_to(request.user)).select_related("user")
    return get_object_or_404(seen, pk=pk)


def _address(auditor: Auditor) -> str:
    return reverse("auditors:auditor-detail", args=[auditor.pk])
