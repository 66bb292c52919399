"""Input about organisations."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consultancies.organisations.models import Organisation
from cpaudit.accounts.models import User
from cpaudit.accounts.roles import BodyKind
from cpaudit.reference.models import Region
from cpaudit.web.filters import RegionChoiceField, regions_under
from cpaudit.web.forms import DayInput

KINDS = [
    (BodyKind.CONSULTING.value, _("Consulting organisation")),
    (BodyKind.ASSESSMENT.value, _("Assessment organisation")),
]


class OrganisationForm(forms.Form):
    """An organisation's facts; its kind is chosen once, when it is entered."""

    kind = forms.ChoiceField(
        label=_("Kind"), choices=KINDS, widget=forms.RadioSelect, initial=BodyKind.CONSULTING.value
    )
    name_zh = forms.CharField(label=_("Name (Chinese)"), max_length=200, required=False)
    name_en = forms.CharField(label=_("Name (English)"), max_length=200, required=False)
    region = RegionChoiceField(label=_("Region"), queryset=Region.objects.none())
    registration_no = forms.CharField(label=_("Registration number"), max_length=40)
    affirmed_on = forms.DateField(
        label=_("Affirmed on"),
        required=False,
        widget=DayInput,
        help_text=_("From this day on it may take audits (Item 24)."),
    )
    ended_on = forms.DateField(
        label=_("Ended on"),
        required=False,
        widget=DayInput,
        help_text=_("The first day on which it may no longer take audits."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, user: User, organisation: Organisation | None = None, **kwargs: Any) -> None:
        if organisation is not None:
            kwargs["initial"] = {
                "name_zh": organisation.body.name_zh,
                "name_en": organisation.body.name_en,
                "region": organisation.body.region_id,
                "registration_no": organisation.registration_no,
                "affirmed_on": organisation.affirmed_on,
                "ended_on": organisation.ended_on,
                "version": organisation.version,
            }
        super().__init__(*args, **kwargs)
        self.fields["region"].queryset = regions_under(user)
        del self.fields["ended_on" if organisation is None else "kind"]

    @property
    def values(self) -> dict[str, Any]:
        """What the services take."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}
