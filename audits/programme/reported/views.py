"""The pages about reported programmes."""

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

from audits.programme.models import ReportedProgramme
from audits.programme.reported.forms import EffectForms, ProgrammeForm
from audits.programme.reported.policies import check_can_report
from audits.programme.reported.selectors import account_of
from audits.programme.reported.services import change_programme, enter_programme
from cpaudit.rulebook.errors import Invalid, Stale, allowed
from cpaudit.trail.selectors import timeline
from cpaudit.web.findings import refusal_sentence, translated
from cpaudit.web.pagination import page_of


@require_safe
@login_required
def programme_list(request: HttpRequest) -> HttpResponse:
    programmes = ReportedProgramme.objects.visible_to(request.user).with_effects()
    rows = page_of(programmes, request)
    context = {
        "rows": rows,
        "accounts": [account_of(programme) for programme in rows],
        "can": {"report": allowed(check_can_report, request.user)},
    }
    return render(request, "audits/programme/reported_list.html", context)


@require_safe
@login_required
def programme_detail(request: HttpRequest, pk: int) -> HttpResponse:
    programme = seen_programme(request, pk)
    context = {
        "programme": programme,
        "account": account_of(programme),
        "events": timeline(programme),
        "can": {"change": allowed(check_can_report, request.user, programme.region)},
    }
    return render(request, "audits/programme/reported_detail.html", context)


def seen_programme(request: HttpRequest, pk: int) -> ReportedProgramme:
    """The programme, or 404 where it does not exist for this person."""
    return get_object_or_404(ReportedProgramme.objects.visible_to(request.user).with_effects(), pk=pk)


@require_http_methods(["GET", "POST"])
@login_required
def programme_create(request: HttpRequest) -> HttpResponse:
    check_can_report(request.user)
    data = request.POST if request.method == "POST" else None
    form, effects = ProgrammeForm(data, user=request.user), EffectForms(data)
    left: list[str] = []
    if _all_valid(form, effects):
        try:
            programme = enter_programme(effects=effects.given(), by=request.user, at=timezone.now(), **form.values)
        except Invalid as refusal:
            _add_errors(form, effects, refusal)
        else:
            messages.success(request, _("The programme is entered as reported."))
            return redirect("audits:programme-detail", programme.pk)
    return _form_page(request, form, effects, left, _("Enter a reported programme"), reverse("audits:programme-list"))


@require_http_methods(["GET", "POST"])
@login_required
def programme_edit(request: HttpRequest, pk: int) -> HttpResponse:
    programme = seen_programme(request, pk)
    check_can_report(request.user, programme.region)
    data = request.POST if request.method == "POST" else None
    form = ProgrammeForm(data, user=request.user, programme=programme)
    effects = EffectForms(data, list(programme.effects.all()))
    left: list[str] = []
    if _all_valid(form, effects):
        try:
            change_programme(
                programme=programme,
                version=form.cleaned_data["version"] or 0,
                effects=effects.given(),
                by=request.user,
                at=timezone.now(),
                **form.values,
            )
        except Invalid as refusal:
            _add_errors(form, effects, refusal)
        except Stale as refusal:
            left = [refusal_sentence(refusal)]
        else:
            messages.success(request, _("The corrections are saved."))
            return redirect("audits:programme-detail", programme.pk)
    back = reverse("audits:programme-detail", args=[programme.pk])
    return _form_page(request, form, effects, left, _("Correct what was entered"), back, programme)


def _form_page(
    request: HttpRequest,
    form: ProgrammeForm,
    effects: EffectForms,
    left: list[str],
    title: str,
    back_url: str,
    programme: ReportedProgramme | None = None,
) -> HttpResponse:
    context = {
        "form": form, "effects": effects, "left": left, "title": title, "back_url": back_url, "programme": programme,
    }  # fmt: skip
    status = 409 if left else 422 if form.is_bound else 200
    return render(request, "audits/programme/reported_form.html", context, status=status)


def _all_valid(form: ProgrammeForm, effects: EffectForms) -> bool:
    """Both are looked at, so that all problems are shown at once."""
    return all([form.is_valid(), effects.is_valid()])


def _add_errors(form: Any, effects: EffectForms, refusal: Invalid) -> None:
    """What the service could not use, beside the fields and lines it is about."""
    for name, sentences in refusal.errors.items():
        if name not in form.fields and effects.add_errors(name, sentences):
            continue
        for sentence in sentences:
            form.add_error(name if name in form.fields else None, translated(str(sentence)))
