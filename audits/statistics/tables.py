"""How an answer is written down for programs: as JSON, and as CSV."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from audits.statistics.datasets import AGGREGATIONS, Dataset, Dimension, Kind, Measure, Values, Words
from audits.statistics.reckoning import Figure, as_ratio
from audits.statistics.selectors import About, Result, Row
from cpaudit.web.csv_export import safe_cell
from cpaudit.web.findings import findings_data
from cpaudit.web.words import in_language


def words(text: Words) -> str:
    """A label or definition in the reader's language."""
    return _(text) if isinstance(text, str) else in_language(text)


# --- What there is --------------------------------------------------------------------------------------------------
def dataset_data(dataset: Dataset) -> dict[str, Any]:
    return {
        "dataset": dataset.key,
        "label": words(dataset.label),
        "definition": words(dataset.definition),
        "dimensions": {key: _dimension_data(each) for key, each in dataset.dimensions.items()},
        "measures": {
            key: {
                **measure_data(each),
                "definition": words(each.definition),
                "aggregation": words(AGGREGATIONS[each.kind]),
            }
            for key, each in dataset.measures.items()
        },
    }


def _dimension_data(dimension: Dimension) -> dict[str, Any]:
    data: dict[str, Any] = {"label": words(dimension.label), "definition": words(dimension.definition)}
    if dimension.choices:
        data["values"] = {value: words(label) for value, label in dimension.choices.items()}
    return data


def measure_data(measure: Measure) -> dict[str, str]:
    return {"unit": measure.unit, "label": words(measure.label)}


# --- An answer as JSON ----------------------------------------------------------------------------------------------
def result_data(result: Result) -> dict[str, Any]:
    """The answer without the moment it was given: what its tag is made from. `as_of` comes in when it is sent."""
    rows = [_row_data(result, row) for row in result.rows]
    if result.total is not None:
        rows.append(_row_data(result, result.total))
    return {
        "dataset": result.dataset.key,
        "by": [dimension.key for dimension in result.by],
        "measures": {measure.key: measure_data(measure) for measure in result.measures},
        "rows": rows,
        "findings": [finding_data(about) for about in result.findings],
    }


def _row_data(result: Result, row: Row) -> dict[str, Any]:
    """A row; the total (without a key) says so, because null in a dimension means "not stated"."""
    data: dict[str, Any] = {}
    for place, dimension in enumerate(result.by):
        value = row.key[place] if row.key else None
        data[dimension.key] = value
        if dimension.values is not Values.YEAR:
            data[f"{dimension.key}_label"] = result.labels[dimension.key].get(value) if row.key else _("Total")
    if not row.key:
        data["total"] = True
    for measure in result.measures:
        figure = row.figures[measure.key]
        data[measure.key] = figure_text(figure) if isinstance(figure, Decimal) else figure
        if measure.kind is Kind.RATIO:
            data[f"{measure.key}_label"] = as_ratio(figure) or None
    return data


def figure_text(figure: Decimal) -> str:
    return f"{figure:f}"


def finding_data(about: About) -> dict[str, Any]:
    """As every finding of the interface, with what it is about."""
    (data,) = findings_data([about.finding])
    programme = about.programme
    return data | {"about": {"kind": "programme", "id": programme.pk, "title": in_language(programme.names)}}


def moment(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


# --- An answer as CSV -----------------------------------------------------------------------------------------------
def csv_rows(result: Result) -> Iterator[Sequence[Any]]:
    """Codes and labels in columns of their own, headed by the names JSON has; the total is the last row."""
    yield [name for dimension in result.by for name in _columns(dimension)] + [each.key for each in result.measures]
    rows: Iterable[Row] = result.rows if result.total is None else [*result.rows, result.total]
    for row in rows:
        yield [*_csv_key(result, row), *(_csv_figure(row.figures[each.key]) for each in result.measures)]


def _columns(dimension: Dimension) -> list[str]:
    return [dimension.key] if dimension.values is Values.YEAR else [dimension.key, f"{dimension.key}_label"]


def _csv_key(result: Result, row: Row) -> list[Any]:
    cells: list[Any] = []
    for place, dimension in enumerate(result.by):
        value = row.key[place] if row.key else None
        if dimension.values is Values.YEAR:
            cells.append(value if row.key else _("Total"))
        else:
            cells += [value, safe_cell(result.labels[dimension.key].get(value) if row.key else _("Total"))]
    return cells


def _csv_figure(figure: Figure) -> Any:
    return figure_text(figure) if isinstance(figure, Decimal) else figure
