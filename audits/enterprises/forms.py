"""Input about enterprises: what a field can hold, and the words for what it cannot."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from audits.enterprises import rules
from audits.enterprises.models import Enterprise, Method, Ownership, Size, YearlyFigure
from audits.enterprises.policies import IDENTITY
from audits.enterprises.selectors import unit_name
from audits.enterprises.services import DEFAULT_CURRENCY, GivenFigure
from cpaudit.accounts.models import User
from cpaudit.reference.models import Metric, MetricGroup, Region, Sector
from cpaudit.web.filters import RegionChoiceField, regions_under, sectors_under
from cpaudit.web.findings import sentence

CURRENCIES = [("CNY", _("yuan (CNY)")), ("USD", _("US dollar (USD)")), ("EUR", _("euro (EUR)"))]
MAX_EMPLOYEES = 5_000_000


class EnterpriseForm(forms.Form):
    """An enterprise's facts. For the enterprise itself without what only an authority corrects."""

    name_zh = forms.CharField(label=_("Name (Chinese)"), max_length=200, required=False)
    name_en = forms.CharField(label=_("Name (English)"), max_length=200, required=False)
    credit_code = forms.CharField(
        label=_("Unified social credit code"),
        # Room for blanks and dashes, which are taken out.
        max_length=40,
        required=False,
        help_text=_("18 characters, e.g. 91350100M000100Y43. Without one, give the source and its reference below."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    region = RegionChoiceField(label=_("Region"), queryset=Region.objects.none())
    sector = forms.ModelChoiceField(label=_("Industry (GB/T 4754)"), queryset=Sector.objects.none())
    address = forms.CharField(label=_("Address"), max_length=300, required=False)
    contact_name = forms.CharField(label=_("Contact person"), max_length=120, required=False)
    contact_phone = forms.CharField(label=_("Telephone"), max_length=40, required=False)
    contact_email = forms.EmailField(label=_("E-mail"), required=False)
    ownership = forms.ChoiceField(label=_("Ownership"), choices=[("", "–"), *Ownership.choices], required=False)
    size = forms.ChoiceField(label=_("Size"), choices=[("", "–"), *Size.choices], required=False)
    employees = forms.IntegerField(label=_("Employees"), min_value=0, max_value=MAX_EMPLOYEES, required=False)
    products = forms.CharField(label=_("Main products"), max_length=300, required=False)
    source = forms.CharField(label=_("Source"), max_length=40, required=False)
    source_ref = forms.CharField(label=_("Reference in the source"), max_length=60, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    SECTIONS = (
        (_("Who it is"), ("name_zh", "name_en", "credit_code", "region", "sector")),
        (_("What it is like"), ("ownership", "size", "employees", "products")),
        (_("How to reach it"), ("address", "contact_name", "contact_phone", "contact_email")),
        (_("Where the record comes from"), ("source", "source_ref")),
    )

    def __init__(self, *args: Any, user: User, enterprise: Enterprise | None = None, **kwargs: Any) -> None:
        if enterprise is not None:
            kwargs["initial"] = initial_of(enterprise)
        super().__init__(*args, **kwargs)
        if user.body is not None and enterprise is not None and user.body.pk == enterprise.pk:
            for name in IDENTITY:
                del self.fields[name]
            return
        places, industries = Q(pk__in=regions_under(user)), Q(pk__in=sectors_under(user))
        if enterprise is not None:
            # What it has stays a choice, even a county in the country's list or an industry of an older edition.
            places, industries = places | Q(pk=enterprise.body.region_id), industries | Q(pk=enterprise.sector_id)
        self.fields["region"].queryset = Region.objects.filter(places).select_related("parent")
        self.fields["sector"].queryset = Sector.objects.filter(industries)

    def sections(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """The fields under their headings, for the template."""
        found = [(title, [self[name] for name in names if name in self.fields]) for title, names in self.SECTIONS]
        return [(title, fields) for title, fields in found if fields]

    def show_what_is_now(self, enterprise: Enterprise, sentence: str) -> None:
        """After somebody was faster: keep what was typed, say what is on record, let the next saving be deliberate."""
        self.data = self.data.copy()
        self.data["version"] = str(enterprise.version)
        self.add_error(None, sentence)
        now = initial_of(enterprise)
        for name, typed in self.values.items():
            value = getattr(enterprise.body if name == "region" else enterprise, name, None) or now.get(name)
            if (typed or None) != (value or None):
                label = self.fields[name].label
                self.add_error(None, _("On record now: %(label)s: %(value)s") % {"label": label, "value": value or "–"})

    def clean_credit_code(self) -> str | None:
        code = rules.tidy_code(self.cleaned_data["credit_code"])
        if code and (problems := rules.credit_code_problems(code)):
            raise forms.ValidationError([sentence(problem) for problem in problems])
        return code or None

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if {"name_zh", "name_en"} <= values.keys() and not values["name_zh"] and not values["name_en"]:
            self.add_error("name_zh", _("Give a name, in Chinese or in English."))
        if {"credit_code", "source_ref"} <= values.keys() and not values["credit_code"] and not values["source_ref"]:
            self.add_error("credit_code", _("Give the credit code, or the source and its reference there."))
        return values

    @property
    def values(self) -> dict[str, Any]:
        """What the services take."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


def initial_of(enterprise: Enterprise) -> dict[str, Any]:
    """What a form about this enterprise starts with."""
    body = enterprise.body
    names = [name for name in EnterpriseForm.base_fields if name not in {"name_zh", "name_en", "region", "sector"}]
    own = {name: getattr(enterprise, name) for name in names}
    return own | {
        "name_zh": body.name_zh,
        "name_en": body.name_en,
        "region": body.region_id,
        "sector": enterprise.sector_id,
    }


# --- Yearly figures -------------------------------------------------------------------------------------------------
class YearForm(forms.Form):
    """Which year's figures to enter."""

    year = forms.IntegerField(label=_("Year"))

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].widget.attrs |= {"min": rules.FIRST_YEAR, "max": today.year}
        self.today = today

    def clean_year(self) -> int:
        year: int = self.cleaned_data["year"]
        if problems := rules.year_problems(year, today=self.today):
            raise forms.ValidationError([sentence(problem) for problem in problems])
        return year


class FigureForm(forms.Form):
    """One metric's figure of the year; an empty amount means there is none."""

    amount = forms.DecimalField(required=False, max_digits=24, decimal_places=6)
    unit = forms.ChoiceField(required=False)
    currency = forms.ChoiceField(required=False, choices=CURRENCIES)
    method = forms.ChoiceField(required=False, choices=Method.choices)

    def __init__(self, *args: Any, metric: Metric, figure: YearlyFigure | None, **kwargs: Any) -> None:
        initial = {"unit": metric.unit, "method": Method.REPORTED, "currency": DEFAULT_CURRENCY}
        if figure is not None:
            initial = {
                "amount": plain(figure.given_amount),
                "unit": figure.given_unit,
                "currency": figure.currency,
                "method": figure.method,
            }
        super().__init__(*args, initial=initial, prefix=metric.code, **kwargs)
        self.metric, self.figure = metric, figure
        self.fields["unit"].choices = [(unit.code, unit_name(unit)) for unit in metric.accepted_units()]
        if metric.unit != "money":
            del self.fields["currency"]
        # The row's heading is the metric; each control says which part of it it is.
        for name, part in (
            ("amount", _("amount")),
            ("unit", _("unit")),
            ("currency", _("currency")),
            ("method", _("method")),
        ):
            if name in self.fields:
                self.fields[name].widget.attrs["aria-label"] = f"{metric.name}: {part}"

    def given(self) -> GivenFigure | None:
        """What the service is told; None where nothing is and was entered."""
        values = self.cleaned_data
        if values["amount"] is None and self.figure is None:
            return None
        return GivenFigure(
            metric=self.metric,
            amount=values["amount"],
            unit=values["unit"] or self.metric.unit,
            method=values["method"] or Method.REPORTED,
            currency=values.get("currency", ""),
        )


class FiguresForm:
    """All metrics of one year of one enterprise, grouped as the metrics are."""

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        *,
        metrics: Mapping[MetricGroup, Sequence[Metric]],
        figures: Mapping[str, YearlyFigure],
    ) -> None:
        self.is_bound = data is not None
        self.groups = [
            (group.label, [FigureForm(data, metric=metric, figure=figures.get(metric.code)) for metric in of_group])
            for group, of_group in metrics.items()
            if of_group
        ]

    def __iter__(self) -> Iterator[FigureForm]:
        for _label, forms_of_group in self.groups:
            yield from forms_of_group

    def is_valid(self) -> bool:
        # Every row, not only up to the first bad one: all problems are shown at once.
        bad = [row for row in self if not row.is_valid()]
        return self.is_bound and not bad

    def add_errors(self, errors: Mapping[str, Sequence[str]]) -> list[str]:
        """Put what the service refused beside its metrics; returns what belongs to none of them."""
        rows = {row.metric.code: row for row in self}
        left = []
        for name, sentences in errors.items():
            for text in sentences:
                if name in rows:
                    rows[name].add_error("amount", text)
                else:
                    left.append(text)
        return left

    def given(self) -> list[GivenFigure]:
        return [given for row in self if (given := row.given()) is not None]

    @property
    def problems(self) -> list[tuple[str, str]]:
        """What has to be mended: the control's id and the sentence."""
        return [
            (row[name].id_for_label, text if text.startswith(row.metric.name) else f"{row.metric.name}: {text}")
            for row in self
            for name, texts in row.errors.items()
            for text in texts
            if name in row.fields
        ]


def plain(amount: Decimal) -> str:
    """Without the zeros a column pads with: what was typed is what is shown again."""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
