"""What people type into the pages of an audit. Cleaning only; the services decide."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from auditors.people.models import Auditor
from audits.workflow.models import Audit, TeamMember, TeamRole
from audits.workflow.rules.stages import FIELD_LABELS
from consultancies.organisations.models import Organisation
from consultancies.organisations.selectors import operating_consultancies


class DateInput(forms.DateInput):
    """The browser's own date field; its value is always ISO."""

    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


class VersionForm(forms.Form):
    """Carries the version the person saw."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class OpenForm(forms.Form):
    year = forms.IntegerField(label=_("Year"), min_value=1990, max_value=2100)


class CommentForm(VersionForm):
    """An action that may need a comment and a date; which fields stay is the table's choice."""

    comment = forms.CharField(label=_("Comment"), widget=forms.Textarea(attrs={"rows": 4}), max_length=4000)
    due_on = forms.DateField(label=_("Due on"), widget=DateInput())

    def __init__(self, *args: Any, comment: bool, due_date: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not comment:
            del self.fields["comment"]
        if not due_date:
            del self.fields["due_on"]


class EngageForm(VersionForm):
    """Which organisation; only those that may operate are offered."""

    consultancy = forms.ModelChoiceField(
        queryset=Organisation.objects.none(), label=_("Consulting organisation"), empty_label=_("Choose one")
    )

    def __init__(self, *args: Any, on: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["consultancy"].queryset = operating_consultancies(on).order_by("body__name_en")  # type: ignore[attr-defined]


class AuditorChoice(forms.ModelChoiceField):
    """An auditor with his level, as it stands on the day of the form."""

    levels: dict[int, str] = {}

    def label_from_instance(self, auditor: Any) -> str:
        level = self.levels.get(auditor.pk, _("no valid registration"))
        return f"{auditor} · {level}"


class MemberForm(forms.Form):
    """An auditor chosen from the list, or a person by name."""

    auditor = AuditorChoice(
        queryset=Auditor.objects.none(), required=False, label=_("Registered auditor"),
        empty_label=_("Not an auditor: give the name below"),
    )  # fmt: skip
    name_zh = forms.CharField(label=_("Name (Chinese)"), max_length=80, required=False)
    name_en = forms.CharField(label=_("Name (Latin)"), max_length=120, required=False)
    role = forms.ChoiceField(label=_("Role"), choices=TeamRole.choices, initial=TeamRole.MEMBER)
    external = forms.BooleanField(label=_("Comes from outside the enterprise"), required=False, initial=True)
    duty = forms.CharField(label=_("Duty"), max_length=200, required=False)
    guide = forms.ModelChoiceField(
        queryset=TeamMember.objects.none(), required=False, label=_("Guided by"),
        help_text=_("An associate works under an auditor or principal of the team."), empty_label=_("Nobody"),
    )  # fmt: skip

    def __init__(self, *args: Any, audit: Audit, auditors: Any, levels: dict[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["auditor"]
        assert isinstance(choice, AuditorChoice)
        choice.queryset = auditors
        choice.levels = levels
        self.fields["guide"].queryset = audit.team.filter(left_on=None)  # type: ignore[attr-defined]


class StartForm(VersionForm):
    planned_end = forms.DateField(
        label=_("Planned end of the audit"), widget=DateInput(), required=False,
        help_text=_("Registrations that end before it are pointed out."),
    )  # fmt: skip


class ThresholdForm(VersionForm):
    low_max = forms.DecimalField(label=_("Low cost up to"), max_digits=16, decimal_places=2, min_value=0)
    medium_max = forms.DecimalField(label=_("Medium cost up to"), max_digits=16, decimal_places=2, min_value=0)


class SectionForm(VersionForm):
    text = forms.CharField(
        label=_("Text"), required=False, max_length=40_000, widget=forms.Textarea(attrs={"rows": 7}), strip=False
    )


class StageDatesForm(VersionForm):
    started_on = forms.DateField(label=_("First day of work"), widget=DateInput(), required=False)
    finished_on = forms.DateField(label=_("Last day of work"), widget=DateInput(), required=False)


class WorkForm(forms.Form):
    member = forms.ModelChoiceField(queryset=TeamMember.objects.none(), label=_("Person"), empty_label=None)
    field = forms.ChoiceField(label=_("Field"), choices=[(key, _(label)) for key, label in FIELD_LABELS.items()])
    worked_on = forms.DateField(label=_("Day"), widget=DateInput())
    hours = forms.DecimalField(label=_("Hours"), max_digits=4, decimal_places=1, min_value=0, max_value=24)
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def __init__(self, *args: Any, audit: Audit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["member"].queryset = audit.team.filter(left_on=None)  # type: ignore[attr-defined]


class UploadForm(forms.Form):
    file = forms.FileField(label=_("File"))
    caption = forms.CharField(label=_("What it shows"), max_length=200, required=False)
