"""What every page of one import has."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from cpaudit.imports.models import Import, ImportRun
from cpaudit.imports.registry import registry


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
