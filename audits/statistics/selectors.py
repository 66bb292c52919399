"""Answering a question: one dataset, divided by dimensions, filtered, summed in the database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, Q
from django.utils.translation import gettext as _

from audits.enterprises.models import Enterprise
from audits.programme.models import ReportedProgramme
from audits.programme.reported.rules import check_report
from audits.programme.reported.selectors import facts_of
from audits.statistics import datasets as data
from audits.statistics.datasets import NOT_STATED, Dataset, Dimension, Measure, MetricFacts, Values
from audits.statistics.policies import has_jurisdiction
from audits.statistics.reckoning import Figure, Parts, add_to, reckon, summed
from audits.statistics.sources import SOURCES, Source, programme_dimensions, programmes_for
from cpaudit.reference.models import Direction, Metric, Region, Sector
from cpaudit.reference.rules import NATION_CODE
from cpaudit.rulebook.errors import Invalid
from cpaudit.rulebook.findings import Finding, Severity
from cpaudit.rulebook.findings import _ as msgid

MAX_ROWS = 20_000
"""More rows than this are no answer any more: whoever wants them filters, or leaves out a dimension."""

Value = str | int | None
Years = tuple[int, int]
Wanted = Sequence[Value | Years]
"""What a filter lets through: values, None for what is not stated, and (first, last) for years."""


@dataclass(frozen=True, slots=True)
class Row:
    """`key`: a value for each dimension asked for; `figures` by the measure's key."""

    key: tuple[Value, ...]
    figures: Mapping[str, Figure]


@dataclass(frozen=True, slots=True)
class About:
    """A finding about a reported programme whose figures are in the answer."""

    programme: ReportedProgramme
    finding: Finding


@dataclass(frozen=True, slots=True)
class Result:
    """An answer. `labels`: for each coded dimension asked for, a value's name in the reader's language.

    Without `by` there is one row, the total. `total` is None where it was not asked for.
    """

    dataset: Dataset
    by: tuple[Dimension, ...]
    measures: tuple[Measure, ...]
    rows: Sequence[Row]
    total: Row | None
    labels: Mapping[str, Mapping[Value, str]]
    as_of: dt.datetime
    findings: Sequence[About] = field(default_factory=tuple)


# --- What there is --------------------------------------------------------------------------------------------------
def catalogue(user: Any) -> dict[str, Dataset]:
    """The datasets as this reader may ask for them. One query."""
    known = data.datasets(_metrics())
    return known if has_jurisdiction(user) else {key: each.for_public() for key, each in known.items()}


def _metrics() -> list[MetricFacts]:
    """Metrics that may be summed over options. Money is not among them: it has measures of its own, by currency."""
    summable = Metric.objects.additive().exclude(direction=Direction.NEUTRAL).exclude(unit="money")
    return [
        MetricFacts(metric.code, metric.names, metric.base_unit.name_en, metric.direction)
        for metric in summable.order_by("position", "code")
    ]


# --- The query ------------------------------------------------------------------------------------------------------
def query(
    *,
    dataset: Dataset,
    by: Sequence[str],
    measures: Sequence[str],
    filters: Mapping[str, Wanted],
    total: bool,
    user: Any,
    at: dt.datetime,
) -> Result:
    """The answer for this reader; everything named must exist in `dataset` (see `asking`).

    The number of database queries depends on what is asked, never on how many rows there are.
    """
    chosen = tuple(dataset.measures[key] for key in measures)
    needed = {part for measure in chosen for part in measure.parts}
    sources = [
        source
        for source in SOURCES[dataset.key](user, at)
        if _passes(source.constants, filters) and _adds(source, needed)
    ]
    groups = _gathered(sources, by, filters, needed)
    dimensions = tuple(dataset.dimensions[key] for key in by)
    labels = {each.key: _labels(each, {key[at] for key in groups}) for at, each in enumerate(dimensions)}
    rows = [Row(key, _figures(chosen, groups[key])) for key in sorted(groups, key=lambda key: _order(key, dimensions))]
    return Result(
        dataset=dataset,
        by=dimensions,
        measures=chosen,
        rows=rows,
        total=_total(sources, groups, chosen, filters) if total and by else None,
        labels=labels,
        as_of=at,
        findings=_findings(dataset, filters, user),
    )


def _figures(measures: Iterable[Measure], parts: Parts) -> dict[str, Figure]:
    return {measure.key: reckon(measure, parts) for measure in measures}


def _total(
    sources: Sequence[Source],
    groups: Mapping[tuple[Value, ...], Parts],
    measures: Sequence[Measure],
    filters: Mapping[str, Wanted],
) -> Row:
    """Reckoned from the unrounded sums of all groups; what is no sum (different enterprises) is counted again."""
    parts = summed(groups.values())
    once_more = {part for measure in measures if measure.kind is data.Kind.DISTINCT for part in measure.parts}
    if once_more:
        parts |= _gathered(sources, (), filters, once_more)[()]
    return Row((), _figures(measures, parts))


def _passes(constants: Mapping[str, str | None], filters: Mapping[str, Wanted]) -> bool:
    """Could rows with these constants pass the filters? Otherwise they need not be read."""
    return all(constants[key] in wanted for key, wanted in filters.items() if key in constants)


def _adds(source: Source, needed: Collection[str]) -> bool:
    stems = {part.partition(":")[0] for part in needed}
    return not stems.isdisjoint(source.parts)


def _gathered(
    sources: Iterable[Source], by: Sequence[str], filters: Mapping[str, Wanted], needed: Collection[str]
) -> dict[tuple[Value, ...], Parts]:
    """The parts of every group of every source, one query a source. Without `by` there is always the one group."""
    groups: dict[tuple[Value, ...], Parts] = {} if by else {(): {}}
    for source in sources:
        for row in _grouped(source, by, filters, needed):
            key = tuple(source.constants[name] if name in source.constants else row[f"d_{name}"] for name in by)
            kept_apart = "".join(f":{row[f'p_{place}']}" for place in range(len(source.pivot)))
            parts = {
                f"{name}{kept_apart}" if name in source.pivoted else name: row[f"s_{name}"]
                for name in source.parts
                if f"s_{name}" in row
            }
            add_to(groups.setdefault(key, {}), parts)
            if len(groups) > MAX_ROWS:
                raise Invalid(
                    msgid("The answer would have more than %(most)s rows."), {"by": [_too_many_rows()]}, most=MAX_ROWS
                )
    return groups


def _too_many_rows() -> str:
    return _("Leave out a dimension, or filter.")


def _grouped(
    source: Source, by: Sequence[str], filters: Mapping[str, Wanted], needed: Collection[str]
) -> Iterable[Mapping[str, Any]]:
    """The rows of one `GROUP BY`; none where there is nothing to group, not even a row of zeros."""
    stems = {part.partition(":")[0] for part in needed}
    rows = source.rows
    for name, wanted in filters.items():
        if name not in source.constants:
            rows = rows.alias(**{f"f_{name}": source.dimensions[name]}).filter(_within(f"f_{name}", wanted))
    rows = _only_effects_needed(source, rows, needed)
    columns = {f"d_{name}": source.dimensions[name] for name in by if name not in source.constants}
    columns |= {f"p_{place}": F(name) for place, name in enumerate(source.pivot)}
    parts = {f"s_{name}": part for name, part in source.parts.items() if name in stems}
    if not columns:
        everything = rows.aggregate(**parts)
        return [everything] if any(everything.values()) else []
    return rows.order_by().values(**columns).annotate(**parts)


def _only_effects_needed(source: Source, rows: Any, needed: Collection[str]) -> Any:
    """Effects of metrics nobody asked for need not be summed."""
    if "effect" not in source.parts:
        return rows
    return rows.filter(metric__code__in=sorted({part.split(":")[1] for part in needed if part.startswith("effect:")}))


def _within(column: str, wanted: Wanted) -> Q:
    condition = Q(pk__in=[])
    values = [value for value in wanted if value is not None and not isinstance(value, tuple)]
    if values:
        condition |= Q(**{f"{column}__in": values})
    for value in wanted:
        if isinstance(value, tuple):
            condition |= Q(**{f"{column}__range": value})
        elif value is None:
            condition |= Q(**{f"{column}__isnull": True})
    return condition


# --- Order and names ------------------------------------------------------------------------------------------------
def _order(key: Sequence[Value], dimensions: Sequence[Dimension]) -> list[tuple[bool, int, str]]:
    """Codes and years upwards, listed values as listed, what is not stated last."""
    found = []
    for value, dimension in zip(key, dimensions, strict=True):
        if isinstance(value, int):
            place = value
        elif value is not None and value in dimension.choices:
            place = list(dimension.choices).index(value)
        else:
            place = 0
        found.append((value is None, place, str(value)))
    return found


def _labels(dimension: Dimension, values: Collection[Value]) -> dict[Value, str]:
    """The names of the values that occur; years need none. At most one query."""
    codes = [value for value in values if isinstance(value, str)]
    found: dict[Value, str]
    match dimension.values:
        case Values.YEAR:
            return {}
        case Values.FIXED:
            found = {value: _(label) for value, label in dimension.choices.items()}
        case Values.PROVINCE:
            provinces = Region.objects.filter(code__in=[f"{code}0000" for code in codes])
            found = {region.code[:2]: region.name for region in provinces}
        case Values.PREFECTURE:
            found = {region.code: region.name for region in Region.objects.filter(code__in=codes)}
        case Values.SECTOR:
            found = {sector.code: sector.name for sector in Sector.objects.filter(code__in=codes).order_by("edition")}
    found[None] = _("Not stated")
    return found


def values_of(dimension: Dimension) -> dict[str, str]:
    """Every value a filter can name, with its label; none for years, which are numbers. At most one query."""
    match dimension.values:
        case Values.YEAR:
            return {}
        case Values.FIXED:
            found = {value: _(label) for value, label in dimension.choices.items()}
        case Values.PROVINCE:
            found = {region.code[:2]: region.name for region in Region.objects.provinces()}
        case Values.PREFECTURE:
            below = Region.objects.filter(parent__parent__code=NATION_CODE)
            found = {region.code: region.name for region in below}
        case Values.SECTOR:
            found = {sector.code: sector.name for sector in Sector.objects.order_by("code", "edition")}
    return found | {NOT_STATED: _("Not stated")}


# --- What is doubtful in the figures --------------------------------------------------------------------------------
def _findings(dataset: Dataset, filters: Mapping[str, Wanted], user: Any) -> list[About]:
    """What the checks hold against the programmes whose figures may be in the answer."""
    if dataset.key != "options":
        return []
    said = {"origin": data.Origin.REPORTED_PROGRAMME.value, "sector": None, "kind": None, "aspect": None}
    if not _passes(said, filters):
        return []
    programmes = programmes_for(user).with_effects()
    for name, expression in programme_dimensions().items():
        if name in filters:
            programmes = programmes.alias(**{f"f_{name}": expression}).filter(_within(f"f_{name}", filters[name]))
    return [
        About(programme, finding)
        for programme in programmes
        for finding in check_report(facts_of(programme))
        if not finding.ok and finding.severity is not Severity.INFO
    ]


def has_american_factories(user: Any) -> bool:
    """Are factories of the US Industrial Assessment Centers among what this reader's figures are made of?"""
    enterprises = Enterprise.objects.visible_to(user) if has_jurisdiction(user) else Enterprise.objects.all()
    return enterprises.american().exists()
