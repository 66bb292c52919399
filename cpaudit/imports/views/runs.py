"""Ordering runs, watching them, and reading what they found."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cpaudit.imports import selectors, services
from cpaudit.imports.downloads import problem_file, refused_file
from cpaudit.imports.forms.files import VersionForm
from cpaudit.imports.models import ImportRun, RunKind
from cpaudit.imports.views.frame import get_import, get_run, page_context
from cpaudit.imports.work import written_so_far
from cpaudit.jobs.models import JobState
from cpaudit.web.pagination import page_of


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
    form = VersionForm(request.POST or None, initial={"version": imported.version})
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"]
        run = services.start_import(imported=imported, version=version, by=request.user, at=timezone.now())
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
        form=form,
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
