"""What the page shows of an answer: the controls it was asked with, cells as people read them, charts, ways on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from audits.statistics.asking import Question
from audits.statistics.datasets import CURRENCIES, NOT_STATED, Dataset, Dimension, Kind, Measure, Values
from audits.statistics.policies import has_jurisdiction
from audits.statistics.reckoning import Figure, as_ratio
from audits.statistics.selectors import Result, Row, Value, Wanted, values_of
from audits.statistics.tables import words
from cpaudit.accounts.models import User
from cpaudit.reference.models import Region, RegionLevel
from cpaudit.templatetags.ui import NOTHING, number
from cpaudit.web import charts
from cpaudit.web.words import reads_chinese

DRAWN_SERIES = 6
DRAWN_CATEGORIES = 40
DRAWN_MEASURES = 3
KEY_FIGURES = 6
MILLION = Decimal(1_000_000)
FINER = {"macro_region": "province", "province": "prefecture", "prefecture": "sector"}
"""What a place opens into."""
PLACES = ("macro_region", "province", "prefecture")


# --- Beginning ------------------------------------------------------------------------------------------------------
def first_words(dataset: Dataset, user: Any) -> dict[str, list[str]]:
    """What is asked before anybody has asked: the usual measures, by what lies directly below one's own region."""
    usual = [key for key, measure in dataset.measures.items() if measure.usual]
    return {"by": [_first_dimension(user)], "measures": usual}


def _first_dimension(user: Any) -> str:
    level = _own_region(user).level if has_jurisdiction(user) else RegionLevel.NATION
    return {RegionLevel.NATION: "province", RegionLevel.PROVINCE: "prefecture"}.get(RegionLevel(level), "year")


def _own_region(user: User) -> Region:
    assert user.body is not None  # a jurisdiction is a body's
    return user.body.region


def address_words(asked: Question) -> str:
    """The question as the words of an address, the same for the page and for programs."""
    query = QueryDict(mutable=True)
    query["by"] = ",".join(asked.by)
    query["measures"] = ",".join(asked.measures)
    for name, wanted in asked.filters.items():
        query[name] = filter_text(wanted)
    if asked.total:
        query["total"] = "true"
    return query.urlencode(safe=",.")


def filter_text(wanted: Wanted) -> str:
    parts = (f"{value[0]}..{value[1]}" if isinstance(value, tuple) else value for value in wanted)
    return ",".join(NOT_STATED if part is None else str(part) for part in parts)


# --- Controls -------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Control:
    """One filter: choices, or, for years, a text."""

    name: str
    label: str
    choices: Sequence[Choice]
    text: str


@dataclass(frozen=True, slots=True)
class MeasureGroup:
    label: str
    choices: Sequence[Choice]

    @property
    def chosen(self) -> int:
        return sum(choice.chosen for choice in self.choices)


def by_choices(dataset: Dataset, chosen: str) -> list[Choice]:
    return [Choice(key, words(each.label), key == chosen) for key, each in dataset.dimensions.items()]


def controls(dataset: Dataset, asked: Question, user: Any) -> list[Control]:
    """A filter for each dimension, with what is chosen now. One query for each list of places or industries."""
    return [
        Control(
            each.key,
            words(each.label),
            _filter_choices(each, asked, user),
            filter_text(asked.filters.get(each.key, ())),
        )
        for each in dataset.dimensions.values()
    ]


def _filter_choices(dimension: Dimension, asked: Question, user: Any) -> list[Choice]:
    if dimension.values is Values.YEAR:
        return []
    values = values_of(dimension)
    if dimension.values is Values.PREFECTURE:
        provinces = [value for value in asked.filters.get("province", ()) if isinstance(value, str)]
        values = _within_reach(values, provinces, user)
    now = filter_text(asked.filters.get(dimension.key, ()))
    choices = [Choice(value, label, value == now) for value, label in values.items()]
    if now and not any(choice.chosen for choice in choices):
        choices.append(Choice(now, ", ".join(values.get(value, value) for value in now.split(",")), True))
    return choices


def _within_reach(prefectures: Mapping[str, str], provinces: Sequence[str], user: Any) -> dict[str, str]:
    """Prefectures of the chosen provinces, else of one's own province: three hundred choices help nobody."""
    own = _own_region(user).province_code if has_jurisdiction(user) else None
    starts = tuple(provinces) or ((own,) if own else ())
    return {code: label for code, label in prefectures.items() if not starts or code.startswith((*starts, NOT_STATED))}


def measure_groups(dataset: Dataset, chosen: Iterable[str]) -> list[MeasureGroup]:
    """The measures in groups that a person can survey."""
    groups: dict[str, list[Choice]] = {}
    marked = set(chosen)
    for key, measure in dataset.measures.items():
        groups.setdefault(_group_of(measure), []).append(Choice(key, words(measure.label), key in marked))
    return [MeasureGroup(label, choices) for label, choices in groups.items()]


def _group_of(measure: Measure) -> str:
    stem, _colon, rest = measure.parts[0].partition(":")
    if stem == "effect":
        return _("Expected savings and cuts") if rest.endswith(":expected") else _("Savings and cuts")
    return _("Money") if rest else _("Numbers")


# --- Cells ----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table: names of its key with the address a place opens into, and its figures as read."""

    names: Sequence[tuple[str, str]]
    cells: Sequence[str]


def shown(measure: Measure, figure: Figure) -> str:
    """A figure as people read it: 87.5%, 1 : 3.9, 12,345.5; nothing is an en dash."""
    if figure is None:
        return NOTHING
    if measure.kind is Kind.PERCENT:
        return f"{figure:.1f}%"
    if measure.kind is Kind.RATIO:
        return as_ratio(figure)
    return number(figure)


def unit_shown(measure: Measure) -> str:
    """The unit beside a label; what the label or the figure itself shows is not said again."""
    said = measure.unit == "1" or measure.kind is Kind.PERCENT or measure.unit.startswith(CURRENCIES)
    return "" if said else measure.unit


def lines(result: Result, asked: Question, page: str) -> list[Line]:
    return [Line(_names(result, row, asked, page), _cells(result, row)) for row in result.rows]


def total_line(result: Result) -> Line | None:
    row = result.total
    return None if row is None else Line([(_("Total"), "")], _cells(result, row))


def _cells(result: Result, row: Row) -> list[str]:
    return [shown(measure, row.figures[measure.key]) for measure in result.measures]


def _names(result: Result, row: Row, asked: Question, page: str) -> list[tuple[str, str]]:
    return [
        (name_of(result, dimension, value), _opens_into(result.dataset, dimension, value, asked, page))
        for dimension, value in zip(result.by, row.key, strict=True)
    ]


def name_of(result: Result, dimension: Dimension, value: Value) -> str:
    if dimension.values is Values.YEAR:
        return str(value)
    return result.labels[dimension.key].get(value) or str(value)


def _opens_into(dataset: Dataset, dimension: Dimension, value: Value, asked: Question, page: str) -> str:
    """The address of the same figures inside one place; empty where it opens into nothing."""
    finer = FINER.get(dimension.key)
    if finer is None or value is None:
        return ""
    if finer not in dataset.dimensions:
        finer = "sector"
    by = tuple(dict.fromkeys(finer if name == dimension.key else name for name in asked.by))
    return address(dataset, replace(asked, by=by, filters={**asked.filters, dimension.key: [value]}), page)


def address(dataset: Dataset, asked: Question, page: str) -> str:
    return f"{page}?dataset={dataset.key}&{address_words(asked)}"


def place_trail(dataset: Dataset, asked: Question, page: str) -> list[tuple[str, str]]:
    """From everywhere down to the places chosen, each with the address that goes back there; the last has none."""
    chosen = [(key, asked.filters[key]) for key in PLACES if key in asked.filters]
    trail = []
    for depth, (label, by) in enumerate(_steps(dataset, chosen)):
        kept = {name: wanted for name, wanted in asked.filters.items() if name not in PLACES} | dict(chosen[:depth])
        back = replace(asked, by=(by,), filters=kept)
        trail.append((label, address(dataset, back, page) if depth < len(chosen) else ""))
    return trail


def _steps(dataset: Dataset, chosen: Sequence[tuple[str, Wanted]]) -> list[tuple[str, str]]:
    """The label of each step and what it is divided by: the whole first, by the coarsest place chosen."""
    if not chosen:
        return []
    found = [(_("All regions"), chosen[0][0])]
    for place, (key, wanted) in enumerate(chosen):
        values = values_of(dataset.dimensions[key])
        label = ", ".join(values.get(NOT_STATED if value is None else str(value), str(value)) for value in wanted)
        found.append((label, chosen[place + 1][0] if place + 1 < len(chosen) else FINER[key]))
    return found


def key_figures(result: Result) -> list[dict[str, str]]:
    """The first measures over everything shown; all of them where there is no table to read the others in."""
    whole = result.total or (result.rows[0] if result.rows and not result.by else None)
    if whole is None:
        return []
    return [
        {
            "label": words(measure.label),
            **_brief(measure, whole.figures[measure.key]),
        }
        for measure in result.measures[: KEY_FIGURES if result.by else None]
    ]


def _brief(measure: Measure, figure: Figure) -> dict[str, str]:
    """Value and unit. Large amounts in millions, or 万: a key figure is read at a glance, the table has it whole."""
    unit = unit_shown(measure)
    if not isinstance(figure, Decimal) or abs(figure) < MILLION:
        return {"value": shown(measure, figure), "unit": unit if figure is not None else ""}
    size, word = (MILLION / 100, "万") if reads_chinese() else (MILLION, _("million"))
    return {"value": number(figure / size, 2), "unit": f"{word} {unit}".strip()}


# --- Charts ---------------------------------------------------------------------------------------------------------
def chart_of(result: Result, draw: str) -> charts.Figure | None:
    """The chart that fits: provinces on a map, years as lines, everything else as bars. None where none would help."""
    drawn = next((each for each in result.measures if each.key == draw), None) or next(iter(result.measures), None)
    if drawn is None or not result.by or all(row.figures[drawn.key] is None for row in result.rows):
        return None
    if len(result.by) == 1:
        return _one_dimension(result, drawn)
    return _two_dimensions(result, drawn) if len(result.by) == 2 else None


def _one_dimension(result: Result, drawn: Measure) -> charts.Figure:
    (dimension,) = result.by
    title = _("%(measure)s by %(dimension)s") % {"measure": words(drawn.label), "dimension": words(dimension.label)}
    common: dict[str, Any] = {
        "unit": unit_shown(drawn), "category_label": words(dimension.label), "show": _show(drawn),
    }  # fmt: skip
    if dimension.values is Values.PROVINCE and len(result.rows) > DRAWN_MEASURES:
        values = {str(row.key[0]): row.figures[drawn.key] for row in result.rows if row.key[0] is not None}
        return charts.tile_map(
            title,
            values,
            language=get_language() or "en",
            value_label=words(drawn.label),
            no_data=_("no data"),
            **common,
        )
    alike = [each for each in result.measures if (each.kind, each.unit) == (drawn.kind, drawn.unit)]
    alike = [drawn, *(each for each in alike if each is not drawn)][:DRAWN_MEASURES]
    rows = _most(result.rows, drawn)
    names = [name_of(result, dimension, row.key[0]) for row in rows]
    series = [charts.Series(words(each.label), [row.figures[each.key] for row in rows]) for each in alike]
    if len(series) > 1:
        title = _("By %(dimension)s") % {"dimension": words(dimension.label)}
    if dimension.values is Values.YEAR and len(rows) > 1:
        return charts.lines(title, names, series, **common)
    return charts.bars(title, names, series, lying=dimension.values is not Values.YEAR, **common)


def _two_dimensions(result: Result, drawn: Measure) -> charts.Figure | None:
    """Bars of the first dimension divided by the second; stacked where the parts make up a whole."""
    first, second = result.by
    parts = list(dict.fromkeys(row.key[1] for row in result.rows))
    if len(parts) > DRAWN_SERIES:
        return None
    figures = {row.key: row.figures[drawn.key] for row in result.rows}
    categories = list(dict.fromkeys(row.key[0] for row in result.rows))[:DRAWN_CATEGORIES]
    series = [
        charts.Series(name_of(result, second, part), [figures.get((category, part)) for category in categories])
        for part in parts
    ]
    names = {"measure": words(drawn.label), "first": words(first.label), "second": words(second.label)}
    adds_up = drawn.kind in (Kind.COUNT, Kind.AMOUNT) and all(
        figure is None or figure >= 0 for figure in figures.values()
    )
    title = _("%(measure)s by %(first)s and %(second)s") % names
    labels = [name_of(result, first, category) for category in categories]
    common: dict[str, Any] = {
        "unit": unit_shown(drawn), "category_label": words(first.label), "show": _show(drawn),
    }  # fmt: skip
    if first.values is Values.YEAR and not adds_up and len(categories) > 1:
        return charts.lines(title, labels, series, **common)
    return charts.bars(title, labels, series, stacked=adds_up, lying=first.values is not Values.YEAR, **common)


def _most(rows: Sequence[Row], drawn: Measure) -> Sequence[Row]:
    """All rows where they can be drawn; else those with the largest figures, in the order they have."""
    if len(rows) <= DRAWN_CATEGORIES:
        return rows
    largest = sorted(rows, key=lambda row: -(row.figures[drawn.key] or Decimal(0)))[:DRAWN_CATEGORIES]
    chosen = {row.key for row in largest}
    return [row for row in rows if row.key in chosen]


def _show(measure: Measure) -> charts.Show:
    return lambda figure: shown(measure, figure)  # type: ignore[arg-type]
