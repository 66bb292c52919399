"""The list of imports, the upload, and where one import stands."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from cpaudit.imports import selectors, services
from cpaudit.imports.forms.files import UploadForm
from cpaudit.imports.models import Import, RunKind, SavedMapping
from cpaudit.imports.policies import check_can_import, targets_for
from cpaudit.imports.registry import registry
from cpaudit.imports.views.frame import get_import, page_context
from cpaudit.rulebook.errors import Invalid
from cpaudit.trail.selectors import timeline
from cpaudit.web.findings import refusal_sentence
from cpaudit.web.forms import show_errors
from cpaudit.web.pagination import page_of


@login_required
@require_GET
def run_list(request: HttpRequest) -> HttpResponse:
    """The body's imports, the latest first."""
    check_can_import(request.user)
    rows = page_of(Import.objects.visible_to(request.user).select_related("uploaded_by"), request)
    latest = selectors.latest_runs(rows.object_list)
    targets = targets_for(request.user)
    return render(
        request,
        "cpaudit/imports/run_list.html",
        {
            "rows": rows,
            "lines": [(one, registry.target(one.target), latest.get(one.pk)) for one in rows.object_list],
            "targets": targets,
            "saved": SavedMapping.objects.visible_to(request.user).filter(
                target__in=[target.key for target in targets]
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
