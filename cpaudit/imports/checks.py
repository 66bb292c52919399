"""Does a mapping fit a target and a table? Pure. Everything that does not is said at once."""

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Mapping as Names

from cpaudit.imports.mapping import Kind, Mapping, Source, Target
from cpaudit.imports.problems import Problem


def check(
    mapping: Mapping,
    target: Target,
    headers: Sequence[str],
    *,
    known: Names[str, Iterable[str]],
    units: Iterable[str],
) -> list[Problem]:
    """Everything wrong with the mapping for this table, all at once.

    `known` lists the values of reference fields, `units` every unit there is.
    """
    if mapping.target != target.key:
        return [Problem("wrong_target", {"target": mapping.target})]
    columns = set(headers)
    allowed = {key: set(values) for key, values in known.items()}
    every_unit = set(units)
    problems: list[Problem] = []
    if mapping.formats.decimal == mapping.formats.thousands:
        problems.append(Problem("same_separators"))
    for entry in (mapping.fields, *mapping.series):
        for key, source in entry.items():
            problems += check_source(key, source, target, columns, every_unit)
    problems += check_required(mapping, target)
    for key, lookup in mapping.lookups.items():
        problems += check_lookup(key, lookup, target, allowed)
    return problems


def check_source(
    key: str, source: Source, target: Target, columns: set[str], every_unit: set[str]
) -> Iterator[Problem]:
    found = target.field(key)
    if found is None:
        yield Problem("unknown_field", {"field": key})
        return
    for column in source.columns:
        if column not in columns:
            yield Problem("unknown_column", {"column": column})
    if not source.columns and source.constant is None:
        yield Problem("no_source", {"field": found.label})
    if source.columns and source.constant is not None:
        yield Problem("two_sources", {"field": found.label})
    if len(source.columns) > 1 and found.kind not in (Kind.DECIMAL, Kind.TEXT):
        yield Problem("cannot_add", {"field": found.label})
    choices = set(found.units) or every_unit
    if source.unit and (not found.has_unit or source.unit not in choices):
        shown = ", ".join(found.units) if found.units else "…"
        yield Problem("unknown_unit", {"unit": source.unit, "field": found.label, "units": shown})


def check_required(mapping: Mapping, target: Target) -> Iterator[Problem]:
    if not mapping.fields and not mapping.series:
        yield Problem("nothing_mapped")
        return
    if mapping.series and not target.series_fields:
        yield Problem("series_not_used", {"target": target.label})
    for entry in mapping.series or ({},):
        for found in target.fields:
            source = entry.get(found.key) or mapping.fields.get(found.key)
            if found.required and source is None:
                yield Problem("required_unmapped", {"field": found.label})
            if source and found.unit_field and not source.unit and found.unit_field not in {*entry, *mapping.fields}:
                columns = ", ".join(source.columns) or found.label
                yield Problem("unit_unmapped", {"columns": columns})


def check_lookup(
    key: str, lookup: dict[str, str | None], target: Target, allowed: dict[str, set[str]]
) -> Iterator[Problem]:
    found = target.field(key)
    if found is None:
        yield Problem("unknown_field", {"field": key})
        return
    if not found.takes_lookup:
        yield Problem("lookup_field", {"field": found.label})
        return
    values = allowed.get(key) if found.kind is Kind.REFERENCE else {value for value, _label in found.choices}
    for code, value in lookup.items():
        if value is not None and values and value not in values:
            yield Problem("lookup_target", {"field": found.label, "code": code, "value": value})
