"""The pages about enterprises."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from audits.enterprises import rules
from audits.enterprises.filters import EnterpriseFilter, sorts
from audits.enterprises.forms import EnterpriseForm, FiguresForm, YearForm
from audits.enterprises.models import Enterprise, EnterpriseQuerySet
from audits.enterprises.policies import (
    check_can_change,
    check_can_create,
    check_can_record_figures,
)
from audits.enterprises.selectors import (
    FiguresTable,
    MetricRow,
    enterprises_with_last_audit,
    figures_of_year,
    figures_table,
    people_at,
    sees_people,
)
from audits.enterprises.services import change_enterprise, create_enterprise, record_figures
from cpaudit.accounts.roles import Permission
from cpaudit.reference.selectors import metrics_by_group
from cpaudit.rulebook.errors import Invalid, Stale, allowed
from cpaudit.templatetags.ui import number
from cpaudit.trail.selectors import timeline
from cpaudit.web import charts
from cpaudit.web.csv_export import csv_response
from cpaudit.web.filters import sorted_by
from cpaudit.web.findings import refusal_sentence
from cpaudit.web.forms import show_errors
from cpaudit.web.pagination import page_of

DRAWN_AT_MOST = 3


# --- The list -------------------------------------------------------------------------------------------------------
@require_safe
@login_required
def enterprise_list(request: HttpRequest) -> HttpResponse:
    found = found_enterprises(request)
    context = {
        "filter": found,
        "rows": page_of(ordered(found.qs, request), request),
        "year": timezone.localdate().year,
        "can": {"create": allowed(check_can_create, request.user)},
    }
    return render(request, "audits/enterprises/enterprise_list.html", context)


@require_safe
@login_required
def enterprise_export(request: HttpRequest) -> StreamingHttpResponse:
    """The list as it is filtered and sorted, whole, as CSV."""
    found = ordered(found_enterprises(request).qs, request)
    header = [
        _("Credit code"), _("Reference in the source"), _("Name (Chinese)"), _("Name (English)"), _("Region code"),
        _("Region"), _("Industry code"), _("Industry"), _("Ownership"), _("Size"), _("Employees"), _("Main products"),
        _("Address"), _("Contact person"), _("Telephone"), _("E-mail"), _("Last audit"), _("On this year's list"),
    ]  # fmt: skip
    return csv_response("enterprises.csv", header, _export_rows(found))


def _export_rows(enterprises: EnterpriseQuerySet) -> Iterator[list[Any]]:
    for enterprise in enterprises.iterator(chunk_size=500):
        body, sector = enterprise.body, enterprise.sector
        yield [
            enterprise.credit_code, enterprise.source_ref, body.name_zh, body.name_en, body.region.code,
            body.region.name, sector.code, sector.name, enterprise.get_ownership_display(),
            enterprise.get_size_display(), enterprise.employees, enterprise.products, enterprise.address,
            enterprise.contact_name, enterprise.contact_phone, enterprise.contact_email, enterprise.last_audit_year,
            _("yes") if enterprise.is_listed else _("no"),
        ]  # fmt: skip


def found_enterprises(request: HttpRequest) -> EnterpriseFilter:
    """The enterprises this person may see, narrowed to what the address asks for."""
    seen = enterprises_with_last_audit(
        Enterprise.objects.visible_to(request.user).with_names(), listed_in=timezone.localdate().year
    )
    return EnterpriseFilter(request.GET, seen, user=request.user)


def ordered(enterprises: EnterpriseQuerySet, request: HttpRequest) -> EnterpriseQuerySet:
    return sorted_by(enterprises, request.GET.get("sort", ""), sorts(), "name")


# --- One enterprise -------------------------------------------------------------------------------------------------
@require_safe
@login_required
def enterprise_detail(request: HttpRequest, pk: int) -> HttpResponse:
    enterprise = seen_enterprise(request, pk)
    figures = figures_table(enterprise)
    today = timezone.localdate()
    context = {
        "enterprise": enterprise,
        "facts": _facts(enterprise),
        "figures": figures,
        "chart": _chart(figures),
        "year_form": YearForm(today=today, initial={"year": today.year - 1}),
        "audits": enterprise.audits.visible_to(request.user).select_related("consultancy", "authority"),
        "listings": enterprise.listings.visible_to(request.user).select_related("authority", "audit"),
        "people": people_at(enterprise.body) if sees_people(request.user, enterprise) else None,
        "today": today,
        "events": timeline(enterprise),
        "can": {
            "change": allowed(check_can_change, request.user, enterprise),
            "record_figures": allowed(check_can_record_figures, request.user, enterprise),
            "list": request.user.may(Permission.LIST_ENTERPRISES),
        },
    }
    return render(request, "audits/enterprises/enterprise_detail.html", context)


def seen_enterprise(request: HttpRequest, pk: int) -> Enterprise:
    """The enterprise, or 404 where it does not exist for this person."""
    # By the body's own number: a lookup through the relation takes numbers no database holds.
    return get_object_or_404(Enterprise.objects.visible_to(request.user).with_names(), body__id=pk)


def _facts(enterprise: Enterprise) -> list[tuple[str, Any]]:
    body = enterprise.body
    facts = [
        (_("Name (Chinese)"), body.name_zh),
        (_("Name (English)"), body.name_en),
        (_("Unified social credit code"), enterprise.credit_code),
        (_("Region"), f"{body.region.name} ({body.region.code})"),
        (_("Industry (GB/T 4754)"), enterprise.sector),
        (_("Ownership"), enterprise.get_ownership_display()),
        (_("Size"), enterprise.get_size_display()),
        (_("Employees"), number(enterprise.employees)),
        (_("Main products"), enterprise.products),
        (_("Address"), enterprise.address),
        (_("Contact person"), enterprise.contact_name),
        (_("Telephone"), enterprise.contact_phone),
        (_("E-mail"), enterprise.contact_email),
    ]
    if enterprise.source_ref:
        facts.append((_("Source"), f"{enterprise.source} {enterprise.source_ref}".strip()))
    return facts


def _chart(table: FiguresTable) -> charts.Figure | None:
    """The first metrics of one unit over the years; None where there is no line to draw."""
    drawable = [row for row in table.rows if len([value for value in row.amounts if value is not None]) >= 2]
    if not drawable:
        return None
    unit = drawable[0].unit
    shown: list[MetricRow] = [row for row in drawable if row.unit == unit][:DRAWN_AT_MOST]
    return charts.lines(
        _("Over the years"),
        [str(year) for year in table.years],
        [charts.Series(row.metric.name, row.amounts) for row in shown],
        unit=unit,
        category_label=_("Year"),
    )


# --- Entering and correcting ----------------------------------------------------------------------------------------
@require_http_methods(["GET", "POST"])
@login_required
def enterprise_create(request: HttpRequest) -> HttpResponse:
    check_can_create(request.user)
    form = EnterpriseForm(request.POST or None, user=request.user)
    if form.is_valid():
        try:
            enterprise = create_enterprise(by=request.user, at=timezone.now(), **form.values)
        except Invalid as refusal:
            show_errors(form, refusal)
        else:
            messages.success(request, _("%(name)s is entered.") % {"name": enterprise.name})
            return redirect("audits:enterprise-detail", enterprise.pk)
    context = {"form": form, "title": _("Enter an enterprise"), "back_url": reverse("audits:enterprise-list")}
    return render(request, "audits/enterprises/enterprise_form.html", context, status=_status(form))


@require_http_methods(["GET", "POST"])
@login_required
def enterprise_edit(request: HttpRequest, pk: int) -> HttpResponse:
    enterprise = seen_enterprise(request, pk)
    check_can_change(request.user, enterprise)
    form = EnterpriseForm(request.POST or None, user=request.user, enterprise=enterprise)
    status = _status(form)
    if form.is_valid():
        try:
            change_enterprise(
                enterprise=enterprise,
                version=form.cleaned_data["version"] or 0,
                by=request.user,
                at=timezone.now(),
                **form.values,
            )
        except Invalid as refusal:
            show_errors(form, refusal)
        except Stale as refusal:
            form.show_what_is_now(seen_enterprise(request, pk), refusal_sentence(refusal))
            status = refusal.status
        else:
            messages.success(request, _("The corrections are saved."))
            return redirect("audits:enterprise-detail", enterprise.pk)
    context = {
        "form": form,
        "enterprise": enterprise,
        "title": _("Correct the data"),
        "back_url": reverse("audits:enterprise-detail", args=[enterprise.pk]),
    }
    return render(request, "audits/enterprises/enterprise_form.html", context, status=status)


# --- Yearly figures -------------------------------------------------------------------------------------------------
@require_safe
@login_required
def figures_choose(request: HttpRequest, pk: int) -> HttpResponse:
    """From the year somebody chose to the form of that year; an impossible year says why."""
    enterprise = seen_enterprise(request, pk)
    form = YearForm(request.GET, today=timezone.localdate())
    if form.is_valid():
        return redirect("audits:figures-edit", enterprise.pk, form.cleaned_data["year"])
    for sentences in form.errors.values():
        for sentence in sentences:
            messages.error(request, sentence)
    return HttpResponseRedirect(reverse("audits:enterprise-detail", args=[enterprise.pk]) + "#figures")


@require_http_methods(["GET", "POST"])
@login_required
def figures_edit(request: HttpRequest, pk: int, year: int) -> HttpResponse:
    enterprise = seen_enterprise(request, pk)
    check_can_record_figures(request.user, enterprise)
    if rules.year_problems(year, today=timezone.localdate()):
        raise Http404
    form = FiguresForm(
        request.POST if request.method == "POST" else None,
        metrics=metrics_by_group(),
        figures=figures_of_year(enterprise, year),
    )
    version = request.POST.get("version", enterprise.version)
    status, left = _status(form), list[str]()
    if form.is_valid():
        try:
            record_figures(
                enterprise=enterprise,
                year=year,
                figures=form.given(),
                version=_whole(version),
                by=request.user,
                at=timezone.now(),
            )
        except Invalid as refusal:
            left = form.add_errors(refusal.errors)
        except Stale as refusal:
            # What was typed stays; saving again is then a decision against what has been saved meanwhile.
            left, version, status = [refusal_sentence(refusal)], enterprise.version, refusal.status
        else:
            messages.success(request, _("The figures of %(year)s are saved.") % {"year": year})
            return HttpResponseRedirect(reverse("audits:enterprise-detail", args=[enterprise.pk]) + "#figures")
    context = {
        "form": form,
        "left": left,
        "enterprise": enterprise,
        "year": year,
        "version": version,
        "back_url": reverse("audits:enterprise-detail", args=[enterprise.pk]),
    }
    return render(request, "audits/enterprises/figures_form.html", context, status=status)


# --- Shared ---------------------------------------------------------------------------------------------------------
def _status(form: Any) -> int:
    return 422 if form.is_bound else 200


def _whole(text: Any) -> int:
    """A version as it came back from the form; something else is no version anybody ever saw."""
    return int(text) if str(text).isdecimal() and len(str(text)) < 10 else 0
