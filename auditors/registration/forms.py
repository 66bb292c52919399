"""Input about registrations."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from auditors.registration.rules import LEVEL_LABELS
from cpaudit.web.forms import DayInput


def levels() -> list[tuple[str, Any]]:
    return [(level.value, _(label)) for level, label in LEVEL_LABELS.items()]


class RegistrationForm(forms.Form):
    """A registration as its certificate says; how long it is valid follows from the level."""

    level = forms.ChoiceField(label=_("Level"), choices=levels, widget=forms.RadioSelect)
    certificate_no = forms.CharField(label=_("Certificate number"), max_length=40)
    approved_on = forms.DateField(
        label=_("Approved on"),
        widget=DayInput,
        help_text=_("Valid from this day: three years for an associate, four for an auditor, five for a principal."),
    )


class EndForm(forms.Form):
    """Ending a registration before its time."""

    ended_on = forms.DateField(
        label=_("Ended on"), widget=DayInput, help_text=_("The first day on which it no longer holds.")
    )
    because = forms.CharField(label=_("Why"), max_length=200)
