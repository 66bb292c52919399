"""What people type into the pages of options. Cleaning only; the services decide."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from audits.enterprises.models import Method
from audits.options.models import EffectKind, Option
from audits.options.rules import ASPECT_LABELS
from audits.options.rules.entries import RESPONSIBLE_LENGTH, TITLE_LENGTH
from audits.workflow.forms import DateInput, VersionForm
from cpaudit.documents.rules import ACCEPT
from cpaudit.reference.models import Metric
from cpaudit.reference.selectors import metrics_by_group

TEXT_LENGTH = 4000


def _aspects() -> list[tuple[str, Any]]:
    return [(aspect.value, _(label)) for aspect, label in ASPECT_LABELS.items()]


class MoneyField(forms.DecimalField):
    """An amount of money; `unit`, set by the form, is shown beside it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=18, decimal_places=2, **kwargs)
        self.widget.attrs["inputmode"] = "decimal"


class CurrencyMixin:
    """Shows the option's currency beside every amount."""

    fields: dict[str, forms.Field]

    def show_currency(self, currency: str) -> None:
        for field in self.fields.values():
            if isinstance(field, MoneyField):
                field.unit = currency  # type: ignore[attr-defined]


class EvidenceField(forms.FileField):
    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.FileInput(attrs={"accept": ACCEPT}))
        super().__init__(**kwargs)


class OptionForm(CurrencyMixin, forms.Form):
    """What the auditing side writes of an option."""

    title = forms.CharField(label=_("Title"), max_length=TITLE_LENGTH)
    description = forms.CharField(
        label=_("Description"), required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("What is done, where in the process, and what it changes."),
    )  # fmt: skip
    aspect = forms.ChoiceField(label=_("Main aspect"), required=False, choices=lambda: [("", "–"), *_aspects()])
    other_aspects = forms.MultipleChoiceField(
        label=_("Other aspects"), required=False, choices=_aspects, widget=forms.CheckboxSelectMultiple
    )
    planned_investment = MoneyField(
        label=_("Planned investment"), required=False, min_value=Decimal(0),
        help_text=_("The cost class follows from it. 0 makes it a no-cost option."),
    )  # fmt: skip
    planned_benefit = MoneyField(
        label=_("Planned yearly benefit"), required=False,
        help_text=_("What it saves and earns in a year, less what it costs in a year; may be below zero."),
    )  # fmt: skip
    responsible = forms.CharField(label=_("Responsible person"), required=False, max_length=RESPONSIBLE_LENGTH)
    due_on = forms.DateField(label=_("Due on"), required=False, widget=DateInput())

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.show_currency(currency)


class AddForm(OptionForm):
    code = forms.CharField(
        label=_("Code"), required=False, max_length=20,
        help_text=_("Left empty, it gets the next number. It cannot be changed later."),
    )  # fmt: skip
    field_order = ["code"]


class EditForm(OptionForm, VersionForm):
    @staticmethod
    def initial_of(option: Option) -> dict[str, Any]:
        names = [*OptionForm.base_fields, "version"]
        return {name: getattr(option, name) for name in names}


class DeedForm(CurrencyMixin, VersionForm):
    """The form of one act on one option; without further fields it is only asked whether to do it."""

    def __init__(self, *args: Any, option: Option, today: dt.date, **kwargs: Any) -> None:
        initial = {"version": option.version} | self.initial_of(option, today) | kwargs.pop("initial", {})
        super().__init__(*args, initial=initial, **kwargs)
        self.show_currency(option.currency)

    def initial_of(self, option: Option, today: dt.date) -> dict[str, Any]:
        return {}


class ScreenForm(DeedForm):
    feasible = forms.TypedChoiceField(
        label=_("Verdict"),
        choices=[
            ("yes", _("Feasible: it goes on")),
            ("no", _("Screened out: it stays in the register, with the reason")),
        ],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=TEXT_LENGTH, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Technique, environment, economics, ease, effect on the product: what decided."),
    )  # fmt: skip


class AbandonForm(DeedForm):
    reason = forms.CharField(label=_("Reason"), max_length=TEXT_LENGTH, widget=forms.Textarea(attrs={"rows": 4}))


class ProgressForm(DeedForm):
    progress = forms.IntegerField(
        label=_("Progress"), min_value=0, max_value=100, widget=forms.NumberInput(attrs={"step": 5})
    )
    note = forms.CharField(
        label=_("Note"), required=False, max_length=TEXT_LENGTH, widget=forms.Textarea(attrs={"rows": 3})
    )
    actual_investment = MoneyField(label=_("Spent so far"), required=False, min_value=Decimal(0))
    actual_benefit = MoneyField(label=_("Actual yearly benefit"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["progress"].unit = "%"  # type: ignore[attr-defined]

    def initial_of(self, option: Option, today: dt.date) -> dict[str, Any]:
        return {
            "progress": option.progress,
            "note": option.progress_note,
            "actual_investment": option.actual_investment,
            "actual_benefit": option.actual_benefit,
        }


class ResultsForm(DeedForm):
    implemented_on = forms.DateField(label=_("In operation since"), widget=DateInput())
    actual_investment = MoneyField(
        label=_("Actual investment"), min_value=Decimal(0), help_text=_("What was really spent; 0 if nothing was.")
    )
    actual_benefit = MoneyField(
        label=_("Actual yearly benefit"), required=False,
        help_text=_("In money, over a year. Or record at least one measured effect."),
    )  # fmt: skip

    def initial_of(self, option: Option, today: dt.date) -> dict[str, Any]:
        return {
            "implemented_on": option.implemented_on,
            "actual_investment": option.actual_investment,
            "actual_benefit": option.actual_benefit,
        }


class ImplementForm(ResultsForm):
    file = EvidenceField(
        label=_("Evidence"), required=False, help_text=_("Invoice, measurement report, photograph or the like.")
    )

    def initial_of(self, option: Option, today: dt.date) -> dict[str, Any]:
        return super().initial_of(option, today) | {"implemented_on": option.implemented_on or today}


class MetricForm(forms.Form):
    """Which metric an effect is about; the units to choose from follow from it."""

    metric = forms.ModelChoiceField(
        label=_("What is saved or cut"),
        queryset=Metric.objects.none(),
        to_field_name="code",
        empty_label=_("Choose one"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["metric"]
        field.queryset = Metric.objects.all()  # type: ignore[attr-defined]
        field.choices = [  # type: ignore[attr-defined]
            ("", _("Choose one")),
            *((group.label, [(m.code, m.name) for m in metrics]) for group, metrics in metrics_by_group().items()),
        ]


class EffectForm(VersionForm):
    """The effect on one metric, in any unit that can be converted to its own."""

    amount = forms.DecimalField(
        label=_("Amount a year"), max_digits=24, decimal_places=6,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        help_text=_("What is saved or cut is above zero; what gets worse is below."),
    )  # fmt: skip
    unit = forms.ChoiceField(label=_("Unit"))
    method = forms.ChoiceField(label=_("Method"), choices=Method.choices)
    note = forms.CharField(label=_("Note"), required=False, max_length=200)
    file = EvidenceField(label=_("Evidence"), required=False)

    def __init__(self, *args: Any, metric: Metric, kind: EffectKind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chinese = (get_language() or "en").startswith("zh")
        self.fields["unit"].choices = [  # type: ignore[attr-defined]
            (unit.code, unit.name_zh if chinese else unit.name_en) for unit in metric.accepted_units()
        ]
        if kind == EffectKind.EXPECTED:
            del self.fields["file"]


class EvidenceForm(forms.Form):
    file = EvidenceField(label=_("File"))
    caption = forms.CharField(label=_("What it shows"), max_length=200, required=False)
