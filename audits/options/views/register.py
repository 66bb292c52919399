"""The register: the table of an audit's options, one option, proposing and editing, the cost classes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from audits.options import services
from audits.options.filters import OptionFilter
from audits.options.forms import AddForm, EditForm, EvidenceForm
from audits.options.models import Option, OptionQuerySet
from audits.options.policies import actions_open_to
from audits.options.rules import ASPECT_LABELS, Aspect
from audits.options.rules.transitions import OptionAction
from audits.options.selectors import (
    economics_of,
    effects_side_by_side,
    files_of,
    findings_about,
    history_of,
    totals_of,
)
from audits.options.views.frame import get_option, list_page, option_page, option_url
from audits.options.views.refusing import refused_in_form
from audits.workflow.forms import ThresholdForm
from audits.workflow.models import Audit
from audits.workflow.policies import allowed, check_can_form_team
from audits.workflow.views.frame import get_audit
from cpaudit.documents.models import StoredFile
from cpaudit.rulebook.errors import Invalid, Refused, Stale
from cpaudit.web.csv_export import csv_response
from cpaudit.web.pagination import page_of

SORTS = {
    "code": ("code_length", "code"),
    "status": ("status", "code_length", "code"),
    "planned_investment": ("planned_investment",),
    "planned_benefit": ("planned_benefit",),
    "actual_investment": ("actual_investment",),
    "actual_benefit": ("actual_benefit",),
    "due_on": ("due_on",),
}


def found_options(request: HttpRequest, audit: Audit) -> OptionFilter:
    """The audit's options, narrowed to what the address asks for."""
    return OptionFilter(request.GET, queryset=Option.objects.visible_to(request.user).filter(audit=audit).in_order())


def ordered(options: OptionQuerySet, request: HttpRequest) -> OptionQuerySet:
    """In the order of the codes, or as the address asks (`?sort=due_on`, `-due_on`)."""
    asked = request.GET.get("sort", "")
    terms = SORTS.get(asked.removeprefix("-"))
    if terms is None:
        return options
    return options.order_by(*(f"-{term}" if asked.startswith("-") else term for term in terms))


@require_safe
@login_required
def option_list(request: HttpRequest, pk: int) -> HttpResponse:
    audit = get_audit(request, pk)
    found = found_options(request, audit)
    return render(
        request,
        "audits/options/option_list.html",
        list_page(
            request,
            audit,
            filter=found,
            rows=page_of(ordered(found.qs, request), request),
            totals=totals_of(found.qs),
            can_add=OptionAction.ADD in actions_open_to(request.user, audit),
            can_set_thresholds=allowed(check_can_form_team, request.user, audit),
        ),
    )


@require_safe
@login_required
def option_export(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """The table as it is filtered, whole, as CSV; a column pair for each metric would not fit, effects are REST's."""
    audit = get_audit(request, pk)
    header = [
        _("Audit"), _("Code"), _("Title"), _("Main aspect"), _("Cost class"), _("Status"), _("Currency"),
        _("Planned investment"), _("Actual investment"), _("Planned yearly benefit"), _("Actual yearly benefit"),
        _("Progress (%)"), _("Responsible person"), _("Due on"), _("Implemented on"), _("Reason of the screening"),
        _("Reason of abandoning"),
    ]  # fmt: skip
    rows = _export_rows(audit, ordered(found_options(request, audit).qs, request))
    return csv_response(f"options-{audit.number}.csv", header, rows)


def _export_rows(audit: Audit, options: OptionQuerySet) -> Iterator[list[Any]]:
    for option in options.iterator(chunk_size=500):
        yield [
            audit.number, option.code, option.title, option.get_aspect_display(), option.get_cost_class_display(),
            option.get_status_display(), option.currency, option.planned_investment, option.actual_investment,
            option.planned_benefit, option.actual_benefit, option.progress, option.responsible, option.due_on,
            option.implemented_on, option.screening_reason, option.abandoned_reason,
        ]  # fmt: skip


@require_safe
@login_required
def option_detail(request: HttpRequest, pk: int, option_pk: int) -> HttpResponse:
    option = get_option(request, pk, option_pk)
    return render(request, "audits/options/option_detail.html", detail_page(request, option))


def detail_page(request: HttpRequest, option: Option, *, evidence_form: EvidenceForm | None = None) -> dict[str, Any]:
    """Everything about one option; `evidence_form` is the one that was posted and has errors."""
    files = list(files_of(option))
    return option_page(
        request,
        option,
        economics=economics_of(option),
        effects=effects_side_by_side(option),
        files=[_shown_file(file) for file in files],
        findings=findings_about(option, files, today=timezone.localdate()),
        other_aspects=[_(ASPECT_LABELS[Aspect(value)]) for value in option.other_aspects],
        events=history_of(option)[::-1],
        evidence_form=evidence_form or EvidenceForm(),
    )


def _shown_file(file: StoredFile) -> dict[str, Any]:
    """A file as the list of files shows it."""
    return {
        "pk": file.pk,
        "name": f"{file.name} · {file.caption}" if file.caption else file.name,
        "url": reverse("documents:file-download", args=[file.pk]),
        "size": file.size,
        "at": file.uploaded_at,
        "who": file.uploaded_by,
    }


@require_http_methods(["GET", "POST"])
@login_required
def option_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose an option; "and one more" keeps the form open for a whole list of them."""
    audit = get_audit(request, pk)
    form = AddForm(request.POST or None, currency=audit.currency)
    page = list_page(request, audit, form=form, can_add=OptionAction.ADD in actions_open_to(request.user, audit))
    if request.method == "POST" and form.is_valid():
        try:
            option = services.add_option(audit=audit, by=request.user, at=timezone.now(), **form.cleaned_data)
        except (Invalid, Refused) as refusal:
            return refused_in_form(request, form, refusal, "audits/options/option_form.html", page)
        messages.success(request, _("The option %(option)s is in the register.") % {"option": option})
        return redirect("audits:option-add", audit.pk) if "more" in request.POST else redirect(option_url(option))
    return render(request, "audits/options/option_form.html", page)


@require_http_methods(["GET", "POST"])
@login_required
def option_edit(request: HttpRequest, pk: int, option_pk: int) -> HttpResponse:
    option = get_option(request, pk, option_pk)
    form = EditForm(request.POST or None, currency=option.currency, initial=EditForm.initial_of(option))
    if request.method == "POST" and form.is_valid():
        changes = dict(form.cleaned_data)
        version = changes.pop("version")
        try:
            services.change_option(
                option=option, changes=changes, version=version, by=request.user, at=timezone.now()
            )  # fmt: skip
        except (Invalid, Refused, Stale) as refusal:
            page = option_page(request, option, form=form)
            return refused_in_form(request, form, refusal, "audits/options/option_form.html", page)
        messages.success(request, _("The option %(option)s is saved.") % {"option": option.code})
        return redirect(option_url(option))
    return render(request, "audits/options/option_form.html", option_page(request, option, form=form))


@require_http_methods(["GET", "POST"])
@login_required
def audit_thresholds(request: HttpRequest, pk: int) -> HttpResponse:
    """The cost classes of an audit: its options are classed anew with them."""
    audit = get_audit(request, pk)
    initial = {"version": audit.version, "low_max": audit.cost_low_max, "medium_max": audit.cost_medium_max}
    form = ThresholdForm(request.POST or None, initial=initial)
    page = {
        "title": _("Cost classes of this audit"),
        "sentence": _("In %(currency)s. They are frozen when stage 4 is completed.") % {"currency": audit.currency},
        "consequences": [_("Every option of the audit is classed anew by its planned investment.")],
        "form": form,
        "action_label": _("Set the classes"),
        "back_url": reverse("audits:option-list", args=[audit.pk]),
        "crumbs": list_page(request, audit)["crumbs"],
    }
    if request.method == "POST" and form.is_valid():
        try:
            services.set_thresholds(audit=audit, by=request.user, at=timezone.now(), **form.cleaned_data)
        except (Invalid, Refused) as refusal:
            return refused_in_form(request, form, refusal, "confirm.html", page)
        messages.success(request, _("The cost classes are set and the options classed anew."))
        return redirect("audits:option-list", audit.pk)
    return render(request, "confirm.html", page)
