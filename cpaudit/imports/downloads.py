"""Files with what a run found, for pages and REST."""

from __future__ import annotations

from typing import Any

from django.http import StreamingHttpResponse
from django.utils.text import slugify

from cpaudit.imports import selectors
from cpaudit.imports.models import ImportRun
from cpaudit.web.csv_export import csv_response
from cpaudit.web.xlsx_export import xlsx_response


def problem_file(run: ImportRun, kind: str) -> Any:
    respond = xlsx_response if kind == "xlsx" else csv_response
    return respond(f"{stem(run)}-problems.{kind}", selectors.Line.HEADINGS, selectors.problem_rows(run))


def refused_file(run: ImportRun) -> StreamingHttpResponse:
    headings, rows = selectors.refused_rows(run)
    return csv_response(f"{stem(run)}-refused.csv", headings, rows)


def stem(run: ImportRun) -> str:
    """A name for downloads that every system takes."""
    return slugify(run.of.name.rpartition(".")[0]) or "import"
