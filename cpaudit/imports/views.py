"""Pages of an import: upload, mapping, lookups, dry run, import, and what became of every row."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cpaudit.imports import mapping as mappings
from cpaudit.imports import selectors, services
from cpaudit.imports.forms import KeepForm, LookupForm, MappingForm, SheetForm, UploadForm, UseForm, VersionForm
from cpaudit.imports.models import Import, ImportRun, RunKind, SavedMapping
from cpaudit.imports.policies import check_can_import, targets_for
from cpaudit.imports.registry import Scope, registry
from cpaudit.imports.work import written_so_far
from cpaudit.jobs.models import JobState
from cpaudit.rulebook.errors import Invalid, Refused
from cpaudit.trail.selectors import timeline
from cpaudit.web.csv_export import csv_response
from cpaudit.web.findings import refusal_sentence
from cpaudit.web.forms import show_errors
from cpaudit.web.pagination import page_of
from cpaudit.web.xlsx_export import xlsx_response

LOOKUP_CODES = 400
"""Codes shown for translating, the most frequent first; rarer ones come up when these are done, or through REST."""


def get_import(request: HttpRequest, pk: int) -> Import:
    return get_object_or_404(Import.objects.visible_to(request.user), pk=pk)


def get_run(request: HttpRequest, pk: int, run_pk: int) -> ImportRun:
    return get_object_or_404(get_import(request, pk).runs.select_related("of", "ordered_by"), pk=run_pk)


def page_context(imported: Import, **more: Any) -> dict[str, Any]:
    """What every page of one import has."""
    return {
        "imported": imported,
        "target": registry.target(imported.target),
        "crumbs": [
            (_("Imports"), reverse("imports:run-list")),
            (imported.name, reverse("imports:import-detail", args=[imported.pk])),
        ],
    } | more


@login_required
@require_GET
def run_list(request: HttpRequest) -> HttpResponse:
    """The body's imports, the latest first."""
    check_can_import(request.user)
    rows = page_of(Import.objects.visible_to(request.user).select_related("uploaded_by"), request)
    latest = selectors.latest_runs(rows.object_list)
    return render(
        request,
        "cpaudit/imports/run_list.html",
        {
            "rows": rows,
            "lines": [(one, registry.target(one.target), latest.get(one.pk)) for one in rows.object_list],
            "saved": SavedMapping.objects.visible_to(request.user).filter(
                target__in=[target.key for target in targets_for(request.user)]
            ),
        },
    )


@login_required
@require_http_methods(["GET", "POST"])
def import_create(request: HttpRequest) -> HttpResponse:
    """Upload a file."""
    check_can_import(request.user)
    targets = targets_for(request.user)
    form = UploadForm(
        request.POST or None,
        request.FILES or None,
        targets=targets,
        initial={"target": request.GET.get("target", targets[0].key if targets else "")},
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            imported = services.upload_file(
                file=data["file"],
                name=data["file"].name,
                target=data["target"],
                sheet=data["sheet"],
                header_row=data["header_row"] or 0,
                by=request.user,
                at=timezone.now(),
            )
        except Invalid as invalid:
            explain(form, invalid)
        else:
            return redirect("imports:import-mapping", imported.pk)
    context = {"form": form, "targets": targets, "crumbs": [(_("Imports"), reverse("imports:run-list"))]}
    return render(request, "cpaudit/imports/import_create.html", context, status=422 if form.errors else 200)


def explain(form: UploadForm, invalid: Invalid) -> None:
    """What is wrong with the file, and what mends it, both at the file."""
    if "file" in invalid.errors:
        form.add_error("file", refusal_sentence(invalid))
    show_errors(form, invalid)


@login_required
@require_GET
def import_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Where the import stands and what comes next."""
    imported = get_import(request, pk)
    runs = list(imported.runs.select_related("ordered_by")[:20])
    dry = selectors.current_dry_run(imported)
    context = page_context(
        imported,
        runs=runs,
        open_run=next((run for run in runs if not run.is_over), None),
        dry=dry,
        last_real=next((run for run in runs if run.kind == RunKind.REAL), None),
        findings=services.ready_findings(imported) if not imported.imported_at else [],
        same_file=selectors.same_file_imported(imported),
        events=timeline(imported),
    )
    return render(request, "cpaudit/imports/import_detail.html", context)


# --- Mapping --------------------------------------------------------------------------------------------------------
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


# --- Runs -----------------------------------------------------------------------------------------------------------
@login_required
@require_POST
def dry_run_start(request: HttpRequest, pk: int) -> HttpResponse:
    run = services.start_dry_run(imported=get_import(request, pk), by=request.user, at=timezone.now())
    return redirect("imports:run-detail", pk, run.pk)


@login_required
@require_http_methods(["GET", "POST"])
def import_start(request: HttpRequest, pk: int) -> HttpResponse:
    """Asked once more before records are written."""
    imported = get_import(request, pk)
    if request.method == "POST":
        run = services.start_import(imported=imported, by=request.user, at=timezone.now())
        return redirect("imports:run-detail", pk, run.pk)
    dry = selectors.current_dry_run(imported)
    counts = dry.counts if dry else {}
    consequences = [
        _("%(count)s records are created") % {"count": counts.get("created", 0)},
        _("%(count)s existing records are updated") % {"count": counts.get("updated", 0)},
        _("%(count)s existing records are left as they are") % {"count": counts.get("skipped", 0)},
        _("%(count)s rows are refused and can be downloaded with the reasons")
        % {"count": counts.get("rows_refused", 0)},
    ]
    context = page_context(
        imported,
        title=_("Import %(file)s") % {"file": imported.name},
        sentence=_("Every row is judged once more by the same rules; then all of it is written, or nothing."),
        consequences=consequences if dry else [],
        findings=services.ready_findings(imported),
        form=VersionForm(initial={"version": imported.version}),
        action_label=_("Import now"),
        back_url=reverse("imports:import-detail", args=[pk]),
    )
    return render(request, "confirm.html", context)


@login_required
@require_GET
def run_detail(request: HttpRequest, pk: int, run_pk: int) -> HttpResponse:
    """Progress while the run is at work, then its books and problems. Programs of the page ask for the bar alone."""
    run = get_run(request, pk, run_pk)
    context = page_context(run.of, run=run, progress=progress_of(run), poll_url=request.path)
    if getattr(request, "htmx", False) and "part" not in request.GET:
        response = render(request, "cpaudit/imports/_progress.html", context)
        if run.is_over:
            response["HX-Refresh"] = "true"
        return response
    if not run.is_over:
        return render(request, "cpaudit/imports/run_progress.html", context)
    only = request.GET.get("only", "")
    problems = run.problems.all()
    if only in ("refused", "warnings"):
        problems = problems.filter(blocks=only == "refused")
    rows = page_of(problems, request)
    context |= {
        "books": selectors.books(run),
        "counts": run.counts,
        "kinds": selectors.kinds_of_problems(run),
        "left_out": selectors.left_out(run),
        "rows": rows,
        "lines": [selectors.line_of(found) for found in rows.object_list],
        "only": only,
        "reason": selectors.failure_of(run),
        "is_current": run.version == run.of.version and not run.of.imported_at,
        "may_start": run.kind == RunKind.DRY
        and run.state == JobState.DONE
        and all(finding.ok for finding in services.ready_findings(run.of))
        and not run.of.imported_at,
    }
    return render(request, "cpaudit/imports/run_detail.html", context)


def progress_of(run: ImportRun) -> dict[str, Any]:
    """How far the run is: rows judged, then records written."""
    written = written_so_far(run)
    if run.state == JobState.WAITING:
        message = _("Waiting for a worker …")
    elif written:
        message = _("%(count)s records written …") % {"count": written}
    else:
        message = _("Reading and judging the rows …")
    return {"done": run.done_units, "total": run.total_units, "message": message}


@login_required
@require_GET
def problems_download(request: HttpRequest, pk: int, run_pk: int, kind: str) -> Any:
    """Everything the run found, as CSV or XLSX."""
    return problem_file(get_run(request, pk, run_pk), kind)


@login_required
@require_GET
def refused_download(request: HttpRequest, pk: int, run_pk: int) -> StreamingHttpResponse:
    """The refused rows as they stand in the file, each with its reasons, as CSV."""
    return refused_file(get_run(request, pk, run_pk))


def problem_file(run: ImportRun, kind: str) -> Any:
    respond = xlsx_response if kind == "xlsx" else csv_response
    return respond(f"{stem(run)}-problems.{kind}", selectors.Line.HEADINGS, selectors.problem_rows(run))


def refused_file(run: ImportRun) -> StreamingHttpResponse:
    headings, rows = selectors.refused_rows(run)
    return csv_response(f"{stem(run)}-refused.csv", headings, rows)


def stem(run: ImportRun) -> str:
    """A name for downloads that every system takes."""
    return slugify(run.of.name.rpartition(".")[0]) or "import"
