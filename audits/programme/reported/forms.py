"""Input of reported programmes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from audits.enterprises.forms import CURRENCIES, RegionChoiceField, plain
from audits.enterprises.selectors import unit_name
from audits.programme.models import ReportedEffect, ReportedProgramme
from audits.programme.reported.selectors import regions_to_report, reportable_metrics
from audits.programme.reported.services import GivenEffect
from cpaudit.accounts.models import User
from cpaudit.reference.models import Metric, MetricGroup, Region
from cpaudit.reference.units import UNITS
from cpaudit.web.findings import translated

MOST = 2**31 - 1
SPARE_ROWS = 4
DIMENSIONS = {
    "mass": _("Mass"),
    "volume": _("Volume"),
    "gas": _("Gas"),
    "energy": _("Energy"),
    "demand": _("Electric demand"),
    "time": _("Time"),
    "count": _("Number"),
}


def _count(label: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, min_value=0, max_value=MOST)


class ProgrammeForm(forms.Form):
    """A programme's figures, as reported: nothing is corrected here, doubts are shown afterwards."""

    title_en = forms.CharField(label=_("Title (English)"), max_length=200)
    title_zh = forms.CharField(label=_("Title (Chinese)"), max_length=200, required=False)
    region = RegionChoiceField(label=_("Region"), queryset=Region.objects.none())
    year_from = forms.IntegerField(label=_("First year"), min_value=1, max_value=9999)
    year_to = forms.IntegerField(
        label=_("Last year"), min_value=1, max_value=9999, help_text=_("Statistics count the programme in this year.")
    )
    source = forms.CharField(
        label=_("Source"), max_length=300, help_text=_("Where the figures are printed, so that others find them.")
    )
    enterprises = _count(_("Enterprises audited"))
    medium_high_proposed = _count(_("Medium- and high-cost options proposed"))
    medium_high_implemented = _count(_("Medium- and high-cost options implemented"))
    no_low_proposed = _count(_("No- and low-cost options proposed"))
    no_low_implemented = _count(_("No- and low-cost options implemented"))
    investment = forms.DecimalField(label=_("Investment"), required=False, max_digits=20, decimal_places=2)
    benefit = forms.DecimalField(label=_("Yearly benefit"), required=False, max_digits=20, decimal_places=2)
    currency = forms.ChoiceField(label=_("Currency"), choices=CURRENCIES)
    total_reduction_percent = forms.DecimalField(
        label=_("Total reduction of pollutants"), required=False, max_digits=7, decimal_places=3
    )
    notes = forms.CharField(
        label=_("Notes"), required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 4})
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    SECTIONS = (
        (_("Which programme"), ("title_en", "title_zh", "region", "year_from", "year_to", "source", "enterprises")),
        (
            _("Options"),
            ("medium_high_proposed", "medium_high_implemented", "no_low_proposed", "no_low_implemented"),
        ),
        (_("Money"), ("investment", "benefit", "currency")),
    )

    def __init__(self, *args: Any, user: User, programme: ReportedProgramme | None = None, **kwargs: Any) -> None:
        if programme is not None:
            values = {name: getattr(programme, name) for name in self.base_fields}
            kwargs["initial"] = {
                name: plain(value) if isinstance(value, Decimal) else value for name, value in values.items()
            } | {"region": programme.region_id}
        super().__init__(*args, **kwargs)
        self.fields["region"].queryset = regions_to_report(user)
        self.fields["total_reduction_percent"].unit = "%"

    def sections(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """The fields under their headings; what belongs to the effects stands with them."""
        return [(title, [self[name] for name in names]) for title, names in self.SECTIONS]

    @property
    def values(self) -> dict[str, Any]:
        """What the services take."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class MetricChoiceField(forms.ModelChoiceField):
    def label_from_instance(self, metric: Metric) -> str:
        return metric.name


class EffectForm(forms.Form):
    """One line of the effects; without a metric it says nothing."""

    metric = MetricChoiceField(queryset=Metric.objects.none(), to_field_name="code", required=False, empty_label="–")
    amount = forms.DecimalField(required=False, max_digits=24, decimal_places=6)
    unit = forms.ChoiceField(required=False)
    share_percent = forms.DecimalField(required=False, max_digits=7, decimal_places=3)

    def __init__(
        self, *args: Any, metrics: Sequence[tuple[Any, Any]], units: Sequence[Any], number: int, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["metric"].queryset = reportable_metrics()
        # The choices are made once for all lines; the field's own would ask the database for each.
        self.fields["metric"].choices = metrics
        self.fields["unit"].choices = units
        parts = {
            "metric": _("effect %(number)s: metric"),
            "amount": _("effect %(number)s: amount"),
            "unit": _("effect %(number)s: unit"),
            "share_percent": _("effect %(number)s: reduction in per cent"),
        }
        for name, label in parts.items():
            self.fields[name].widget.attrs["aria-label"] = label % {"number": number}
            self.fields[name].label = label % {"number": number}

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("metric") is not None and values.get("amount") is None and "amount" not in self.errors:
            self.add_error("amount", _("Give the amount, or take the metric out."))
        if values.get("metric") is None and values.get("amount") is not None and "metric" not in self.errors:
            self.add_error("metric", _("Say what was saved or cut."))
        return values

    def given(self) -> GivenEffect | None:
        values = self.cleaned_data
        if values.get("metric") is None or values.get("amount") is None:
            return None
        metric = values["metric"]
        return GivenEffect(metric, values["amount"], values["unit"] or metric.unit, values["share_percent"])


class EffectForms:
    """The lines of the effects: those there are, and some spare ones."""

    def __init__(self, data: Mapping[str, Any] | None, effects: Sequence[ReportedEffect] = ()) -> None:
        self.is_bound = data is not None
        metrics, units = _metric_choices(), _unit_choices()
        # A form that comes back with more lines than it was sent with cannot be one of ours.
        number = len(effects) + SPARE_ROWS
        self.lines = [
            EffectForm(
                data,
                prefix=f"effect{place}",
                initial=_initial(effects[place]) if place < len(effects) else None,
                metrics=metrics,
                units=units,
                number=place + 1,
            )
            for place in range(number)
        ]

    def __iter__(self) -> Iterator[EffectForm]:
        return iter(self.lines)

    def is_valid(self) -> bool:
        # Every line, not only up to the first bad one: all problems are shown at once.
        bad = [line for line in self.lines if not line.is_valid()]
        return self.is_bound and not bad

    def given(self) -> list[GivenEffect]:
        return [given for line in self.lines if (given := line.given()) is not None]

    def add_errors(self, code: str, sentences: Sequence[str]) -> bool:
        """Put what the service refused beside the last line of that metric; False where there is none."""
        for line in reversed(self.lines):
            metric = line.cleaned_data.get("metric")
            if metric is not None and metric.code == code:
                for sentence in sentences:
                    line.add_error("amount", translated(str(sentence)))
                return True
        return False

    @property
    def problems(self) -> list[tuple[str, str]]:
        """What has to be mended: the control's id and the sentence."""
        return [
            (line[name].id_for_label, f"{line.fields[name].label}: {text}")
            for line in self.lines
            for name, texts in line.errors.items()
            for text in texts
        ]


def _metric_choices() -> list[tuple[Any, Any]]:
    groups: dict[str, list[tuple[str, str]]] = {}
    for metric in reportable_metrics():
        groups.setdefault(MetricGroup(metric.group).label, []).append((metric.code, metric.name))
    return [("", "–"), *groups.items()]


def _unit_choices() -> list[Any]:
    groups = {
        label: [(unit.code, unit_name(unit)) for unit in UNITS.values() if unit.dimension == dimension]
        for dimension, label in DIMENSIONS.items()
    }
    return [("", _("base unit")), *groups.items()]


def _initial(effect: ReportedEffect) -> dict[str, Any]:
    return {
        "metric": effect.metric.code,
        "amount": plain(effect.given_amount),
        "unit": effect.given_unit,
        "share_percent": None if effect.share_percent is None else plain(effect.share_percent),
    }
