"""The pages of the statistics: figures with a chart, their definitions, and the table as a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from audits.programme.models import ReportedProgramme
from audits.programme.reported.policies import check_can_report
from audits.statistics import page
from audits.statistics.asking import Question, question
from audits.statistics.datasets import AGGREGATIONS, Dataset
from audits.statistics.policies import has_jurisdiction
from audits.statistics.selectors import Result, catalogue, has_american_factories, query
from audits.statistics.tables import csv_rows, words
from cpaudit.rulebook.errors import Invalid, allowed
from cpaudit.web.csv_export import csv_response

PAGE_WORDS = ("dataset", "draw", "view")
"""What the page's address says beside a question: which dataset, what is drawn, how it is shown."""


@require_safe
def statistics(request: HttpRequest) -> HttpResponse:
    """Figures of one's jurisdiction; strangers get the public ones."""
    datasets = catalogue(request.user)
    dataset, given = _dataset_and_words(request, datasets)
    first = page.first_words(dataset, request.user)
    problems: list[str] = []
    try:
        asked = question(dataset, first | given | {"total": ["true"]})
    except Invalid as refusal:
        problems = [f"{name}: {text}" for name, texts in refusal.errors.items() for text in texts]
        asked = question(dataset, first | {"total": ["true"]})
    result = answered(request, dataset, asked)
    return render(
        request,
        "audits/statistics/statistics.html",
        _context(request, datasets, asked, result) | {"problems": problems},
        status=400 if problems else 200,
    )


@require_safe
def statistics_table(request: HttpRequest) -> StreamingHttpResponse:
    """Exactly the table of the page, for a spreadsheet."""
    dataset, given = _dataset_and_words(request, catalogue(request.user))
    asked = question(dataset, page.first_words(dataset, request.user) | given)
    header, *rows = csv_rows(answered(request, dataset, asked))
    return csv_response(f"{dataset.key}.csv", header, rows)


@require_safe
def statistics_definitions(request: HttpRequest) -> HttpResponse:
    """What each dimension and measure means, for those who quote a figure."""
    datasets = [
        {
            "key": dataset.key,
            "label": words(dataset.label),
            "definition": words(dataset.definition),
            "dimensions": [
                (key, words(each.label), words(each.definition)) for key, each in dataset.dimensions.items()
            ],
            "measures": [
                (key, words(each.label), each.unit, words(AGGREGATIONS[each.kind]), words(each.definition))
                for key, each in dataset.measures.items()
            ],
        }
        for dataset in catalogue(request.user).values()
    ]
    return render(request, "audits/statistics/definitions.html", {"datasets": datasets})


def answered(request: HttpRequest, dataset: Dataset, asked: Question) -> Result:
    return query(
        dataset=dataset,
        by=asked.by,
        measures=asked.measures,
        filters=asked.filters,
        total=asked.total,
        user=request.user,
        at=timezone.now(),
    )


def _dataset_and_words(request: HttpRequest, datasets: Mapping[str, Dataset]) -> tuple[Dataset, dict[str, list[str]]]:
    """The dataset the address names, or the first; and what it asks of it."""
    dataset = datasets.get(request.GET.get("dataset", ""), next(iter(datasets.values())))
    return dataset, dict(_words(request))


def _words(request: HttpRequest) -> Iterator[tuple[str, list[str]]]:
    for name, values in request.GET.lists():
        # A form sends its empty fields, too. Only an empty `by` says something: do not divide.
        if name not in PAGE_WORDS and (name == "by" or any(values)):
            yield name, values


def _context(request: HttpRequest, datasets: Mapping[str, Dataset], asked: Question, result: Result) -> dict[str, Any]:
    dataset, user, here = result.dataset, request.user, reverse("audits:statistics")
    draw = request.GET.get("draw", "")
    said = page.address_words(asked)
    return {
        "dataset": dataset,
        "american": has_american_factories(user),
        "tabs": [
            {"label": words(each.label), "url": f"{here}?dataset={key}", "is_current": key == dataset.key}
            for key, each in datasets.items()
        ],
        "is_public": not has_jurisdiction(user),
        "keeps_programmes": has_jurisdiction(user) and allowed(check_can_report, user),
        "by_first": page.by_choices(dataset, asked.by[0] if asked.by else ""),
        "by_second": page.by_choices(dataset, asked.by[1] if len(asked.by) > 1 else ""),
        "filtered": bool(asked.filters),
        "controls": page.controls(dataset, asked, user),
        "measure_groups": page.measure_groups(dataset, asked.measures),
        "draw_choices": [page.Choice(each.key, words(each.label), each.key == draw) for each in result.measures],
        "trail": page.place_trail(dataset, asked, here),
        "figures": page.key_figures(result),
        "chart": page.chart_of(result, draw),
        "columns": [words(each.label) for each in result.by],
        "measures": [(words(each.label), page.unit_shown(each), words(each.definition)) for each in result.measures],
        "dimensions": [(words(each.label), words(each.definition)) for each in result.by],
        "lines": page.lines(result, asked, here),
        "total": page.total_line(result),
        "doubts": result.findings,
        "may_open": _programmes_seen(user, result),
        "as_of": result.as_of,
        "conditions": _conditions(dataset, asked),
        "for_print": request.GET.get("view") == "print",
        "urls": {
            "here": f"{here}?dataset={dataset.key}&{said}",
            "print": f"{here}?dataset={dataset.key}&{said}&draw={draw}&view=print",
            "csv": f"{reverse('audits:statistics-table')}?dataset={dataset.key}&{said}",
            "json": f"{reverse('api-statistics-query', args=[dataset.key])}?{said}",
        },
    }


def _programmes_seen(user: Any, result: Result) -> set[int]:
    """Which of the doubted programmes have a page for this reader."""
    if not user.is_authenticated:
        return set()
    doubted = {about.programme.pk for about in result.findings}
    return set(ReportedProgramme.objects.visible_to(user).filter(pk__in=doubted).values_list("pk", flat=True))


def _conditions(dataset: Dataset, asked: Question) -> list[tuple[str, str]]:
    """The filters in words, for the printed page."""
    found = []
    for key, wanted in asked.filters.items():
        dimension = dataset.dimensions[key]
        values = page.values_of(dimension)
        text = page.filter_text(wanted)
        found.append((words(dimension.label), ", ".join(values.get(value, value) for value in text.split(","))))
    return found
