"""Which column probably means which field. Pure. A guess is only ever a proposal: the person sees and corrects it."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from collections.abc import Mapping as Dict
from difflib import SequenceMatcher

from cpaudit.imports.mapping import Field, Kind, Mapping, Source, Target
from cpaudit.imports.values import Formats, NotAValue, boolean_of, date_of, decimal_of, integer_of

ALIKE = 0.84  # below this, names that share letters by chance begin to match
UNIT_IN_HEADER = re.compile(r"[\(\[（【]\s*([^\)\]）】]{1,20})\s*[\)\]）】]|/\s*([^\W\d_][\w³²·]{0,9})\s*$")


def guess(
    headers: Sequence[str],
    target: Target,
    *,
    samples: Dict[str, Sequence[str]] | None = None,
    labels: Dict[str, Dict[str, Sequence[str]]] | None = None,
    units: Dict[str, str] | None = None,
) -> Mapping:
    """A mapping for these headers, the best match of each column first and no column twice.

    `samples` are values of each column (a column of words is no amount); `labels[field][value]` the names of the values
    of reference fields; `units` maps every spelling of a unit to its code.
    """
    samples, labels, units = samples or {}, labels or {}, units or {}
    scored = sorted(
        (
            (score, -column_at, -field_at, column, found)
            for column_at, column in enumerate(headers)
            for field_at, found in enumerate(target.fields)
            if not found.in_series
            and (score := likeness(column, (found.key, found.label, *found.synonyms))) >= ALIKE
            and holds(found, samples.get(column, ()))
        ),
        key=lambda entry: entry[:3],
        reverse=True,
    )
    fields: dict[str, Source] = {}
    used: set[str] = set()
    for _score, _column_at, _field_at, column, found in scored:
        if found.key in fields or column in used:
            continue
        fields[found.key] = Source(columns=(column,), unit=unit_of(column, found, units))
        used.add(column)
    free = [column for column in headers if column not in used]
    series = guess_series(free, target, samples, labels, units)
    return Mapping(target=target.key, fields=fields, series=series)


def guess_series(
    headers: Iterable[str],
    target: Target,
    samples: Dict[str, Sequence[str]],
    labels: Dict[str, Dict[str, Sequence[str]]],
    units: Dict[str, str],
) -> tuple[dict[str, Source], ...]:
    """One entry for each column that is called like a metric."""
    amount = next((found for found in target.series_fields if found.kind is Kind.DECIMAL), None)
    if amount is None or not amount.metric_field:
        return ()
    found = []
    for column in headers:
        best = max(
            ((likeness(column, names), value) for value, names in labels.get(amount.metric_field, {}).items()),
            default=(0.0, ""),
        )
        if best[0] >= ALIKE and holds(amount, samples.get(column, ())):
            source = Source(columns=(column,), unit=unit_of(column, amount, units))
            found.append({amount.key: source, amount.metric_field: Source(constant=best[1])})
    return tuple(found)


def normalised(name: str) -> str:
    """Lower case, one width, without the unit in brackets, words apart by single spaces."""
    name = UNIT_IN_HEADER.sub(" ", unicodedata.normalize("NFKC", name).casefold())
    return " ".join(re.findall(r"[^\W_]+", name))


def likeness(column: str, names: Iterable[str]) -> float:
    """1 for the same name, 0 for nothing in common; short names must be the same to count."""
    ours = normalised(column)
    best = 0.0
    for name in names:
        theirs = normalised(name)
        if not ours or not theirs:
            continue
        if ours == theirs or ours.replace(" ", "") == theirs.replace(" ", ""):
            return 1.0
        if min(len(ours), len(theirs)) >= 4:
            best = max(best, SequenceMatcher(None, ours, theirs).ratio())
    return best


def unit_of(column: str, found: Field, units: Dict[str, str]) -> str:
    """The unit a header carries in brackets or behind a slash, else the field's own."""
    if not found.has_unit:
        return ""
    match = UNIT_IN_HEADER.search(unicodedata.normalize("NFKC", column))
    spelling = next((group for group in match.groups() if group), "") if match else ""
    return units.get(spelling, units.get(spelling.casefold(), "")) or found.unit


def holds(found: Field, values: Sequence[str]) -> bool:
    """Could these sample values belong to the field? One bad value among good ones is what a dry run is for."""
    misfits = sum(1 for value in values if not fits(found, value))
    return 2 * misfits <= len(values)


def fits(found: Field, value: str) -> bool:
    formats = Formats(thousands=",")
    try:
        if found.kind is Kind.DECIMAL:
            decimal_of(value, formats)
        elif found.kind is Kind.INTEGER:
            integer_of(value, formats)
        elif found.kind is Kind.DATE:
            date_of(value, formats)
        elif found.kind is Kind.BOOLEAN:
            boolean_of(value)
    except NotAValue:
        return False
    return True
