"""Input about auditors as people."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from auditors.people.models import Auditor
from cpaudit.accounts.models import Body
from cpaudit.accounts.roles import BodyKind

ORGANISATIONS = (BodyKind.CONSULTING, BodyKind.ASSESSMENT)


class AuditorForm(forms.Form):
    """A person, where he is employed, and the account he signs in with."""

    name_zh = forms.CharField(label=_("Name (Chinese)"), max_length=80, required=False)
    name_en = forms.CharField(label=_("Name (Latin)"), max_length=120, required=False)
    employer = forms.ModelChoiceField(
        label=_("Employer"),
        queryset=Body.objects.none(),
        required=False,
        empty_label=_("none of these"),
        help_text=_("The organisation that employs the auditor full-time."),
    )
    # Enterprises are too many to choose from.
    enterprise_code = forms.CharField(label=_("Or the enterprise, by its credit code"), max_length=18, required=False)
    email = forms.EmailField(
        label=_("E-mail of the account"),
        required=False,
        help_text=_("Only where the auditor signs in here himself: the account must exist."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, auditor: Auditor | None = None, **kwargs: Any) -> None:
        if auditor is not None:
            employer = auditor.employer
            in_enterprise = employer is not None and employer.kind == BodyKind.ENTERPRISE
            kwargs["initial"] = {
                "name_zh": auditor.name_zh,
                "name_en": auditor.name_en,
                "employer": None if in_enterprise else auditor.employer_id,
                "enterprise_code": employer.enterprise.credit_code if in_enterprise else "",
                "email": auditor.user.email if auditor.user else "",
                "version": auditor.version,
            }
        super().__init__(*args, **kwargs)
        self.fields["employer"].queryset = Body.objects.of_kind(*ORGANISATIONS).order_by("name_en", "name_zh")

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        code = values.get("enterprise_code", "").strip().upper()
        if code and values.get("employer"):
            self.add_error("enterprise_code", _("Give one employer: the organisation or the enterprise."))
        elif code:
            enterprise = Body.objects.filter(enterprise__credit_code=code).first()
            if enterprise is None:
                self.add_error("enterprise_code", _("No enterprise with this credit code is on record."))
            values["employer"] = enterprise
        return values

    @property
    def values(self) -> dict[str, Any]:
        """What the services take."""
        return {name: self.cleaned_data[name] for name in ("name_zh", "name_en", "employer", "email")}
