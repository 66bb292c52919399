"""The acts on one option: screening, starting, progress, results, abandoning, effects, files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from audits.enterprises.models import Method
from audits.options import services
from audits.options.forms import (
    AbandonForm,
    DeedForm,
    EffectForm,
    EvidenceForm,
    ImplementForm,
    MetricForm,
    ProgressForm,
    ResultsForm,
    ScreenForm,
)
from audits.options.models import EffectKind, Option
from audits.options.rules.transitions import OPTION_TRANSITIONS, OptionAction, OptionTransition
from audits.options.selectors import economics_of, effects_side_by_side, files_of
from audits.options.views.frame import get_option, option_page, option_url
from audits.options.views.refusing import refused_in_form
from audits.options.views.register import detail_page
from cpaudit.reference.models import Metric
from cpaudit.rulebook.errors import Invalid, Refused, Stale
from cpaudit.web.findings import translated


@dataclass(frozen=True, slots=True)
class Deed:
    """One act with its page: the row of the table it is named after, its form, the service that does it."""

    action: OptionAction
    form: type[DeedForm]
    service: Callable[..., Any]
    danger: bool = False

    @property
    def row(self) -> OptionTransition:
        """Any row of the action: label, words and questions are the same in all of them."""
        return next(row for row in OPTION_TRANSITIONS if row.action is self.action)


A = OptionAction
DEEDS: dict[str, Deed] = {
    "screen": Deed(A.SCREEN_IN, ScreenForm, services.screen_option),
    "undo-screening": Deed(A.UNDO_SCREENING, DeedForm, services.undo_screening),
    "remove": Deed(A.REMOVE, DeedForm, services.remove_option, danger=True),
    "start": Deed(A.START, DeedForm, services.start_option),
    "progress": Deed(A.PROGRESS, ProgressForm, services.record_progress),
    "implement": Deed(A.IMPLEMENT, ImplementForm, services.mark_implemented),
    "results": Deed(A.CORRECT, ResultsForm, services.correct_results),
    "abandon": Deed(A.ABANDON, AbandonForm, services.abandon_option, danger=True),
    "reopen": Deed(A.REOPEN, DeedForm, services.reopen_option),
}
SCREEN_LABEL = "screen"


@require_http_methods(["GET", "POST"])
@login_required
def option_act(request: HttpRequest, pk: int, option_pk: int, deed: str) -> HttpResponse:
    """Ask for what an act needs, then do it. A POST without a page before it (a button) works the same."""
    option = get_option(request, pk, option_pk)
    if deed not in DEEDS:
        raise Http404
    act = DEEDS[deed]
    posted = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = act.form(*posted, option=option, today=timezone.localdate())
    page = option_page(
        request, option, form=form, deed=deed, label=_label(deed, act), consequences=_consequences(deed, act),
        is_danger=act.danger, economics=economics_of(option), effects=effects_side_by_side(option),
        files_count=files_of(option).count(),
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        if "file" in given:
            given["evidence"] = given.pop("file")
        try:
            act.service(option=option, by=request.user, at=timezone.now(), **given)
        except (Invalid, Refused, Stale) as refusal:
            return refused_in_form(request, form, refusal, "audits/options/option_act.html", page)
        return _done(request, option, act)
    return render(request, "audits/options/option_act.html", page)


def _label(deed: str, act: Deed) -> str:
    return _("Screen the option") if deed == SCREEN_LABEL else translated(act.row.label)


def _consequences(deed: str, act: Deed) -> list[str]:
    if deed == SCREEN_LABEL:
        return []
    return [translated(act.row.confirm)] if act.row.confirm else []


def _done(request: HttpRequest, option: Option, act: Deed) -> HttpResponse:
    words = {"option": option.code}
    if act.action is A.REMOVE:
        messages.success(request, _("The option %(option)s is removed.") % words)
        return redirect("audits:option-list", option.audit_id)
    messages.success(request, _("It is recorded for option %(option)s.") % words)
    return redirect(option_url(option))


# --- Effects --------------------------------------------------------------------------------------------------------
@require_http_methods(["GET", "POST"])
@login_required
def effect_record(request: HttpRequest, pk: int, option_pk: int, kind: str) -> HttpResponse:
    """Choose a metric (`?metric=`), then say how much: the units that fit follow from the metric, without a script."""
    option = get_option(request, pk, option_pk)
    if kind not in EffectKind.values:
        raise Http404
    page = option_page(request, option, kind=EffectKind(kind))
    if "metric" not in request.GET:
        return render(request, "audits/options/effect_form.html", page | {"metric_form": MetricForm()})
    metric = get_object_or_404(Metric, code=request.GET["metric"])
    form = _effect_form(request, option, metric, EffectKind(kind))
    page |= {"metric": metric, "form": form, "expected": _effect_of(option, metric, EffectKind.EXPECTED)}
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        evidence = given.pop("file", None)
        try:
            services.record_effect(
                option=option, kind=kind, metric=metric, evidence=evidence, by=request.user, at=timezone.now(), **given
            )
        except (Invalid, Refused, Stale) as refusal:
            return refused_in_form(request, form, refusal, "audits/options/effect_form.html", page)
        messages.success(request, _("The effect on “%(metric)s” is recorded.") % {"metric": metric})
        return redirect(option_url(option, "effects"))
    return render(request, "audits/options/effect_form.html", page)


def _effect_of(option: Option, metric: Metric, kind: EffectKind) -> Any:
    """The option's effect of that kind on that metric, from what was prefetched."""
    return next((e for e in option.effects.all() if e.metric_id == metric.pk and e.kind == kind), None)


def _effect_form(request: HttpRequest, option: Option, metric: Metric, kind: EffectKind) -> Form:
    known = _effect_of(option, metric, kind)
    usual = Method.MEASURED if kind == EffectKind.MEASURED else Method.ESTIMATED
    initial: dict[str, Any] = {"version": option.version, "method": usual}
    if known:
        initial |= {
            "amount": f"{known.given_amount.normalize():f}", "unit": known.given_unit, "method": known.method,
            "note": known.note,
        }  # fmt: skip
    posted = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    return EffectForm(*posted, metric=metric, kind=kind, initial=initial)


@require_http_methods(["GET", "POST"])
@login_required
def effect_remove(request: HttpRequest, pk: int, option_pk: int, effect_pk: int) -> HttpResponse:
    option = get_option(request, pk, option_pk)
    effect = get_object_or_404(option.effects.select_related("metric"), pk=effect_pk)
    effect.option = option
    form = DeedForm(request.POST or None, option=option, today=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        services.remove_effect(
            effect=effect, version=form.cleaned_data["version"], by=request.user, at=timezone.now()
        )  # fmt: skip
        messages.success(request, _("The effect on “%(metric)s” is removed.") % {"metric": effect.metric})
        return redirect(option_url(option, "effects"))
    page = option_page(
        request, option, form=form, label=_("Remove the effect on “%(metric)s”") % {"metric": effect.metric},
        consequences=[_("The timeline keeps what it said.")], is_danger=True,
    )  # fmt: skip
    return render(request, "audits/options/option_act.html", page)


# --- Files ----------------------------------------------------------------------------------------------------------
@require_POST
@login_required
def evidence_add(request: HttpRequest, pk: int, option_pk: int) -> HttpResponse:
    option = get_option(request, pk, option_pk)
    form = EvidenceForm(request.POST, request.FILES)
    page = detail_page(request, option, evidence_form=form)
    if not form.is_valid():
        return render(request, "audits/options/option_detail.html", page, status=400)
    try:
        services.add_evidence(
            option=option, upload=form.cleaned_data["file"], caption=form.cleaned_data["caption"],
            by=request.user, at=timezone.now(),
        )  # fmt: skip
    except Invalid as invalid:
        return refused_in_form(request, form, invalid, "audits/options/option_detail.html", page)
    messages.success(request, _("The file is kept with the option."))
    return redirect(option_url(option, "files"))


@require_http_methods(["GET", "POST"])
@login_required
def evidence_remove(request: HttpRequest, pk: int, option_pk: int, file_pk: int) -> HttpResponse:
    option = get_option(request, pk, option_pk)
    file = get_object_or_404(files_of(option), pk=file_pk)
    if request.method == "POST":
        services.remove_evidence(option=option, file=file, by=request.user, at=timezone.now())
        messages.success(request, _("The file is removed."))
        return redirect(option_url(option, "files"))
    page = option_page(
        request, option, form=None, label=_("Remove the file “%(file)s”") % {"file": file.name},
        consequences=[_("It is out of sight; the timeline keeps that it was there.")], is_danger=True,
    )  # fmt: skip
    return render(request, "audits/options/option_act.html", page)
