"""The whole mapping as one form."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cpaudit.imports.forms.files import VersionForm
from cpaudit.imports.mapping import Field, Kind, Mapping, Source, Target, source_data
from cpaudit.imports.models import CONFLICT_LABELS, Import
from cpaudit.imports.records import Importer
from cpaudit.web.words import reads_chinese

FIXED = "="  # a choice of the source: one value for all rows


SPARE_ENTRIES = 3  # empty amount columns offered below those there are


@dataclass
class Row:
    """One line of the mapping table: a field, its inputs, and what the chosen column holds."""

    field: Field
    label: str
    help: str
    source: Any
    more: Any
    constant: Any
    unit: Any
    samples: Sequence[str]
    codes: int
    takes_lookup: bool


class MappingForm(VersionForm):
    """The whole mapping: a source for each field, the amount columns of a wide table, formats, conflicts."""

    conflict = forms.ChoiceField(
        label=_("Records that exist already"), choices=CONFLICT_LABELS, widget=forms.RadioSelect
    )
    good_rows_only = forms.ChoiceField(
        label=_("Rows that cannot be imported"),
        choices=[
            ("", _("All or nothing: one refused row stops the whole import")),
            ("yes", _("Import the good rows; the refused ones can be downloaded with the reasons")),
        ],
        required=False,
        widget=forms.RadioSelect,
    )
    decimal = forms.ChoiceField(
        label=_("Decimal separator"), choices=[(".", _("point: 1234.5")), (",", _("comma: 1234,5"))]
    )
    thousands = forms.ChoiceField(
        label=_("Thousands separator"),
        required=False,
        choices=[
            ("", _("none: 1234")),
            (",", _("comma: 1,234")),
            (".", _("point: 1.234")),
            ("space", _("space: 1 234")),
            ("'", _("apostrophe: 1'234")),
        ],
    )
    dates = forms.ChoiceField(
        label=_("Dates"),
        choices=[("ymd", _("year first: 2019-01-31")), ("dmy", _("day first: 31.01.2019")), ("mdy", _("month first"))],
    )
    blanks = forms.CharField(
        label=_("Texts that mean “nothing”"),
        required=False,
        max_length=200,
        help_text=_("Separated by spaces, such as: - n/a 无"),
    )

    def __init__(
        self, *args: Any, imported: Import, mapping: Mapping, target: Target, importer: Importer, **kwargs: Any
    ):
        self.imported, self.mapping, self.target = imported, mapping, target
        self.headers = imported.headers
        formats = mapping.formats
        initial = {
            "version": imported.version,
            "conflict": imported.conflict,
            "good_rows_only": "yes" if imported.good_rows_only else "",
            "decimal": formats.decimal,
            "thousands": "space" if formats.thousands == " " else formats.thousands,
            "dates": formats.dates,
            "blanks": " ".join(mapping.blanks),
        }
        super().__init__(*args, **(kwargs | {"initial": initial}))
        self.units = [("", "–"), *((code, code) for code in dict.fromkeys(importer.units().values()))]
        self.columns = [(f"c{index}", name) for index, name in enumerate(self.headers)]
        self.entries = [*mapping.series, *({} for _spare in range(SPARE_ENTRIES if target.series_fields else 0))]
        for found in target.fields:
            self.add(f"f-{found.key}", found, mapping.fields.get(found.key, Source()))
        metrics = [(value, name_of(names)) for value, names in importer.known().get(self.metric_key, {}).items()]
        for number, entry in enumerate(self.entries):
            self.add_entry(number, entry, [("", "–"), *metrics])

    @property
    def amount(self) -> Field | None:
        """The field that each column of a wide table fills."""
        return next((one for one in self.target.series_fields if one.kind is Kind.DECIMAL), None)

    @property
    def metric_key(self) -> str:
        return self.amount.metric_field if self.amount else ""

    def clean_good_rows_only(self) -> bool:
        return self.cleaned_data["good_rows_only"] == "yes"

    def add_entry(self, number: int, entry: dict[str, Source], metrics: Sequence[tuple[str, str]]) -> None:
        """The inputs of one amount column: the column, its metric, its unit."""
        if self.amount is None:
            return
        self.add(f"s{number}", self.amount, entry.get(self.amount.key, Source()))
        del self.fields[f"s{number}-constant"]
        source = self.fields[f"s{number}-source"]
        source.choices = [("", "–"), *self.columns]  # type: ignore[attr-defined]
        self.fields[f"s{number}-metric"] = forms.ChoiceField(
            label=gettext("Metric"),
            choices=metrics,
            required=False,
            initial=entry.get(self.metric_key, Source()).constant or "",
        )

    def add(self, name: str, found: Field, source: Source) -> None:
        """The inputs of one field: where from, further columns, the fixed value, the unit."""
        label = gettext(found.label)
        chosen = FIXED if source.constant is not None else self.code_of(source.column)
        choices = [("", gettext("– not imported –")), (FIXED, gettext("one value for all rows:")), *self.columns]
        self.fields[f"{name}-source"] = forms.ChoiceField(label=label, choices=choices, required=False, initial=chosen)
        if found.kind in (Kind.DECIMAL, Kind.TEXT):
            self.fields[f"{name}-more"] = forms.MultipleChoiceField(
                label=gettext("%(field)s: further columns") % {"field": label},
                choices=self.columns,
                required=False,
                initial=[self.code_of(column) for column in source.columns[1:]],
                widget=forms.SelectMultiple(attrs={"size": 6}),
            )
        self.fields[f"{name}-constant"] = self.constant_field(found, label, source)
        if found.has_unit:
            self.fields[f"{name}-unit"] = forms.ChoiceField(
                label=gettext("%(field)s: unit") % {"field": label},
                choices=self.units,
                required=False,
                initial=source.unit,
            )

    def constant_field(self, found: Field, label: str, source: Source) -> forms.Field:
        label = gettext("%(field)s: value for all rows") % {"field": label}
        initial = source.constant or ""
        if found.choices:
            choices = [("", "–"), *((value, gettext(text)) for value, text in found.choices)]
            return forms.ChoiceField(label=label, choices=choices, required=False, initial=initial)
        return forms.CharField(label=label, required=False, max_length=500, initial=initial)

    def code_of(self, column: str) -> str:
        return f"c{self.headers.index(column)}" if column in self.headers else ""

    # --- For the template -------------------------------------------------------------------------------------------
    def rows(self) -> Iterator[Row]:
        """Fields of the record; those of a series only where there is none."""
        for found in self.target.fields:
            if not (found.in_series and self.mapping.series):
                yield self.row(f"f-{found.key}", found, self.mapping.fields.get(found.key, Source()))

    def series_rows(self) -> Iterator[dict[str, Any]]:
        samples = self.imported.table.get("samples", {})
        for number, entry in enumerate(self.entries):
            column = entry.get(self.amount.key, Source()).column if self.amount else ""
            names = ("source", "more", "metric", "unit")
            yield {name: self[f"s{number}-{name}"] for name in names} | {"samples": samples.get(column, [])}

    def row(self, name: str, found: Field, source: Source) -> Row:
        samples = self.imported.table.get("samples", {})
        return Row(
            field=found,
            label=gettext(found.label),
            help=gettext(found.help) if found.help else "",
            source=self[f"{name}-source"],
            more=self[f"{name}-more"] if f"{name}-more" in self.fields else None,
            constant=self[f"{name}-constant"],
            unit=self[f"{name}-unit"] if f"{name}-unit" in self.fields else None,
            samples=samples.get(source.column, []),
            codes=len(self.mapping.lookups.get(found.key, {})),
            takes_lookup=found.takes_lookup and bool(source.columns) and name.startswith("f-"),
        )

    # --- The result -------------------------------------------------------------------------------------------------
    def as_data(self) -> dict[str, Any]:
        """The mapping as its JSON; lookups stay as they are, they have a page of their own."""
        data = self.cleaned_data
        series = [self.entry(number) for number in range(len(self.entries))]
        filled = [entry for entry in series if entry]
        own = [one for one in self.target.fields if not (one.in_series and filled)]
        return {
            "target": self.target.key,
            "fields": self.sources("f", own),
            "series": filled,
            "lookups": self.mapping.as_data()["lookups"],
            "numbers": {"decimal": data["decimal"], "thousands": data["thousands"].replace("space", " ")},
            "dates": data["dates"],
            "blanks": data["blanks"].split(),
        }

    def entry(self, number: int) -> dict[str, dict[str, Any]]:
        """One amount column; empty where none is chosen. What a mapping made elsewhere says besides stays."""
        source = self.source(f"s{number}")
        if source is None or self.amount is None:
            return {}
        before = {key: source_data(one) for key, one in self.entries[number].items()}
        entry = before | {self.amount.key: source}
        if metric := self.cleaned_data[f"s{number}-metric"]:
            entry[self.metric_key] = {"constant": metric}
        return entry

    def sources(self, prefix: str, fields: Sequence[Field]) -> dict[str, dict[str, Any]]:
        found = {one.key: self.source(f"{prefix}-{one.key}") for one in fields}
        return {key: source for key, source in found.items() if source is not None}

    def source(self, name: str) -> dict[str, Any] | None:
        chosen = self.cleaned_data[f"{name}-source"]
        if not chosen:
            return None
        source: dict[str, Any] = {}
        if chosen == FIXED:
            source["constant"] = self.cleaned_data[f"{name}-constant"]
        else:
            codes = dict.fromkeys([chosen, *self.cleaned_data.get(f"{name}-more", [])])
            columns = [self.headers[int(code[1:])] for code in codes]
            source |= {"column": columns[0]} if len(columns) == 1 else {"columns": columns}
        if unit := self.cleaned_data.get(f"{name}-unit"):
            source["unit"] = unit
        return source


def name_of(names: Sequence[str]) -> str:
    """One name in the reader's language of `(Chinese, English, …)`."""
    filled = [name for name in names[:2] if name]
    return filled[0] if reads_chinese() else filled[-1]
