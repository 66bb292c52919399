"""Input about compulsory lists."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from audits.programme.rules import REASON_LABELS
from cpaudit.web.forms import DayInput


def reasons() -> list[tuple[str, Any]]:
    return [(reason.value, _(label)) for reason, label in REASON_LABELS.items()]


class ListingForm(forms.Form):
    """Putting one enterprise on the list; the list is that of the year it is published in."""

    reason = forms.ChoiceField(label=_("Why the audit is compulsory"), choices=reasons, widget=forms.RadioSelect)
    grounds = forms.CharField(
        label=_("Grounds"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What was measured or found, and when. The enterprise reads this."),
    )
    published_on = forms.DateField(
        label=_("The list is published on"),
        widget=DayInput,
        help_text=_("The deadlines count from this day."),
    )

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, initial={"published_on": today}, **kwargs)
        self.today = today

    def clean_published_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["published_on"]
        if day > self.today:
            raise forms.ValidationError(_("This day has not come; a list counts from the day it is published."))
        return day
