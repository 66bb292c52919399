"""Columns to fields, codes to values, kept mappings, another sheet."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cpaudit.imports import mapping as mappings
from cpaudit.imports import selectors, services
from cpaudit.imports.forms.files import KeepForm, SheetForm, UseForm
from cpaudit.imports.forms.lookup import LookupForm
from cpaudit.imports.forms.mapping import MappingForm
from cpaudit.imports.models import Import, SavedMapping
from cpaudit.imports.registry import Scope, registry
from cpaudit.imports.views.frame import get_import, page_context
from cpaudit.rulebook.errors import Refused

LOOKUP_CODES = 400
"""Codes shown for translating, the most frequent first; rarer ones come up when these are done, or through REST."""


@login_required
@require_http_methods(["GET", "POST"])
def import_mapping(request: HttpRequest, pk: int) -> HttpResponse:
    """Columns to fields, with samples, units and formats."""
    imported = get_import(request, pk)
    form = mapping_form(imported, request)
    findings = []
    if request.method == "POST" and form.is_valid():
        try:
            services.save_mapping(
                imported=imported,
                data=form.as_data(),
                conflict=form.cleaned_data["conflict"],
                good_rows_only=form.cleaned_data["good_rows_only"],
                version=form.cleaned_data["version"],
                by=request.user,
                at=timezone.now(),
            )
        except Refused as refused:
            findings = refused.findings
        else:
            if lookup := request.POST.get("then_lookup"):
                return redirect("imports:lookup-edit", pk, lookup)
            messages.success(request, _("The mapping is saved."))
            return redirect("imports:import-detail", pk)
    saved = SavedMapping.objects.visible_to(request.user).filter(target=imported.target)
    context = page_context(
        imported,
        form=form,
        findings=findings,
        use_form=UseForm(choices=saved, initial={"version": imported.version}) if saved else None,
        keep_form=KeepForm(),
        sheet_form=SheetForm(
            sheets=imported.table.get("sheets", []),
            initial={"version": imported.version, "sheet": imported.sheet, "header_row": imported.header_row},
        ),
    )
    status = 422 if findings or form.errors else 200
    return render(request, "cpaudit/imports/import_mapping.html", context, status=status)


def mapping_form(imported: Import, request: HttpRequest) -> MappingForm:
    target = registry.target(imported.target)
    importer = registry.importer(imported.target, Scope(by=request.user, at=timezone.now(), file=imported.name))
    mapping = mappings.from_data(imported.mapping)
    return MappingForm(request.POST or None, imported=imported, mapping=mapping, target=target, importer=importer)


@login_required
@require_http_methods(["GET", "POST"])
def lookup_edit(request: HttpRequest, pk: int, field: str) -> HttpResponse:
    """Our value for each code of a column."""
    imported = get_import(request, pk)
    mapping = mappings.from_data(imported.mapping)
    found = registry.target(imported.target).field(field)
    source = mapping.fields.get(field)
    if found is None or not found.takes_lookup or source is None or not source.columns:
        raise Http404
    importer = registry.importer(imported.target, Scope(by=request.user, at=timezone.now(), file=imported.name))
    codes = selectors.codes_in(imported, source).most_common(LOOKUP_CODES)
    values = selectors.values_of(found, importer.known())
    form = LookupForm(
        request.POST or None,
        codes=codes,
        lookup=mapping.lookups.get(field, {}),
        values=values,
        initial={"version": imported.version},
    )
    findings = []
    if request.method == "POST" and form.is_valid():
        try:
            services.save_mapping(
                imported=imported,
                data=mappings.with_lookup(mapping, field, form.as_lookup()).as_data(),
                conflict=imported.conflict,
                good_rows_only=imported.good_rows_only,
                version=form.cleaned_data["version"],
                by=request.user,
                at=timezone.now(),
            )
        except Refused as refused:
            findings = refused.findings
        else:
            messages.success(request, _("The lookup is saved."))
            return redirect("imports:import-mapping", pk)
    context = page_context(
        imported, form=form, field=found, label=_(found.label), values=values, source=source, findings=findings
    )
    status = 422 if findings or form.errors else 200
    return render(request, "cpaudit/imports/lookup_edit.html", context, status=status)


@login_required
@require_POST
def mapping_use(request: HttpRequest, pk: int) -> HttpResponse:
    imported = get_import(request, pk)
    form = UseForm(request.POST, choices=SavedMapping.objects.visible_to(request.user))
    if form.is_valid():
        services.use_mapping(
            imported=imported,
            saved=form.cleaned_data["saved"],
            version=form.cleaned_data["version"],
            by=request.user,
            at=timezone.now(),
        )
        messages.success(request, _("The file is now read by the kept mapping. Check it and save."))
    return redirect("imports:import-mapping", pk)


@login_required
@require_POST
def mapping_keep(request: HttpRequest, pk: int) -> HttpResponse:
    imported = get_import(request, pk)
    form = KeepForm(request.POST)
    if form.is_valid():
        kept = services.keep_mapping(
            imported=imported, name=form.cleaned_data["name"], by=request.user, at=timezone.now()
        )
        messages.success(request, _("The mapping is kept as “%(name)s”.") % {"name": kept.name})
    return redirect("imports:import-mapping", pk)


@login_required
@require_POST
def mapping_forget(request: HttpRequest, pk: int) -> HttpResponse:
    saved = get_object_or_404(SavedMapping.objects.visible_to(request.user), pk=pk)
    services.forget_mapping(saved=saved, by=request.user, at=timezone.now())
    messages.success(request, _("The kept mapping “%(name)s” is removed.") % {"name": saved.name})
    return redirect("imports:run-list")


@login_required
@require_POST
def sheet_choose(request: HttpRequest, pk: int) -> HttpResponse:
    imported = get_import(request, pk)
    form = SheetForm(request.POST, sheets=imported.table.get("sheets", []))
    if form.is_valid():
        data = form.cleaned_data
        services.choose_sheet(
            imported=imported,
            sheet=data.get("sheet", ""),
            header_row=data["header_row"],
            version=data["version"],
            by=request.user,
            at=timezone.now(),
        )
        messages.success(request, _("The file is read anew. Check the mapping."))
    return redirect("imports:import-mapping", pk)
