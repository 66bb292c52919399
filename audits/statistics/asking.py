"""From the words of an address to a question, or to everything that is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from audits.statistics.datasets import NOT_STATED, Dataset, Dimension, Values
from audits.statistics.selectors import Value, Wanted, Years, values_of
from cpaudit.rulebook.errors import Invalid
from cpaudit.rulebook.findings import _ as msgid

OTHER_WORDS = ("by", "measures", "total", "format")
"""What an address can say beside filters."""
SEPARATOR = ","
TOLD_AT_MOST = 5
"""Unknown names told of one word: each is told with all that exists."""
RANGE = re.compile(r"(\d{4})\.\.(\d{4})", re.ASCII)
YEAR = re.compile(r"\d{4}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a dataset; every name in it exists."""

    by: tuple[str, ...]
    measures: tuple[str, ...]
    filters: Mapping[str, Wanted] = field(default_factory=dict)
    total: bool = False


def question(dataset: Dataset, words: Mapping[str, Sequence[str]]) -> Question:
    """The question in an address's words (each name with all its values, in order).

    Lists may be repeated or separated by commas; empty ones are as if left out. Raises Invalid with every problem at
    once, each naming what exists.
    """
    errors: dict[str, list[str]] = {}
    known = [*OTHER_WORDS, *dataset.dimensions]
    for name in [name for name in words if name not in known][:TOLD_AT_MOST]:
        errors[name] = [_("There is no “%(name)s” here. There are: %(known)s.") % _named(name, known)]
    by = _chosen("by", words, dataset.dimensions, errors)
    measures = _chosen("measures", words, dataset.measures, errors)
    total = _truth("total", words, errors)
    filters: dict[str, Wanted] = {}
    for name, dimension in dataset.dimensions.items():
        if given := _listed(words.get(name, ())):
            filters[name] = _wanted(dimension, given, errors)
    if errors:
        raise Invalid(msgid("The question cannot be answered as it is."), errors)
    return Question(by, measures or tuple(dataset.measures), filters, total)


def _named(name: str, known: Iterable[str]) -> dict[str, str]:
    return {"name": name[:60], "known": ", ".join(known)}


def _listed(given: Iterable[str]) -> list[str]:
    """Every value once, in the order in which they came."""
    values = (value.strip() for text in given for value in text.split(SEPARATOR))
    return list(dict.fromkeys(value for value in values if value))


def _chosen(
    word: str, words: Mapping[str, Sequence[str]], known: Iterable[str], errors: dict[str, list[str]]
) -> tuple[str, ...]:
    known = list(known)
    chosen = _listed(words.get(word, ()))
    unknown = [name for name in chosen if name not in known]
    if unknown:
        text = _("There is no “%(name)s” here. There are: %(known)s.")
        errors[word] = [text % _named(name, known) for name in unknown[:TOLD_AT_MOST]]
    return tuple(chosen)


def _truth(word: str, words: Mapping[str, Sequence[str]], errors: dict[str, list[str]]) -> bool:
    values = [value for value in words.get(word, ()) if value]
    if not set(values) <= {"true", "false"} or len(set(values)) > 1:
        errors[word] = [_("Say true or false.")]
    return values[:1] == ["true"]


def _wanted(dimension: Dimension, given: Sequence[str], errors: dict[str, list[str]]) -> Wanted:
    if dimension.values is Values.YEAR:
        return _years(dimension, given, errors)
    known = values_of(dimension)
    unknown = [value for value in given if value not in known]
    if unknown:
        text = _("There is no value “%(name)s” here. There are: %(known)s.")
        errors[dimension.key] = [text % _named(value, known) for value in unknown[:TOLD_AT_MOST]]
    return [None if value == NOT_STATED else value for value in given]


def _years(dimension: Dimension, given: Sequence[str], errors: dict[str, list[str]]) -> Wanted:
    wanted: list[Value | Years] = []
    for value in given:
        if YEAR.fullmatch(value):
            wanted.append(int(value))
        elif (found := RANGE.fullmatch(value)) and found[1] <= found[2]:
            wanted.append((int(found[1]), int(found[2])))
        else:
            text = _("“%(name)s” is no year. Say a year (2012), several (2012,2013) or a range (2003..2012).")
            errors.setdefault(dimension.key, []).append(text % {"name": value[:60]})
    return wanted
