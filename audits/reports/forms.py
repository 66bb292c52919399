"""What people type into the pages of a report. Cleaning only; the services decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from audits.workflow.forms import DateInput, VersionForm
from audits.workflow.rules.transitions import TRANSITIONS, Action
from cpaudit.accounts.models import User


class SignForm(forms.Form):
    """The declaration, and the password again: a signature is a person's own, not that of an open browser."""

    content_hash = forms.CharField(widget=forms.HiddenInput, max_length=64)
    declared = forms.BooleanField(label=_("I declare this and answer for it."))
    password = forms.CharField(
        label=_("Your password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        strip=False,
        help_text=_("Asked again, because this signature is yours and nobody else's."),
    )

    def __init__(self, *args: Any, user: User, may_try: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.may_try = user, may_try

    def clean_password(self) -> str:
        if not self.may_try:
            raise forms.ValidationError(_("Too many attempts. Wait a minute and try again."))
        password: str = self.cleaned_data["password"]
        if not self.user.check_password(password):
            raise forms.ValidationError(_("This is not your password."))
        return password


class DecisionForm(VersionForm):
    """Approve, return or reject, with the words the transition table asks for."""

    filing_version = forms.IntegerField(widget=forms.HiddenInput)
    action = forms.ChoiceField(
        label=_("Your decision"),
        widget=forms.RadioSelect,
        choices=[(each.value, _(TRANSITIONS[each].label)) for each in (Action.APPROVE, Action.RETURN, Action.REJECT)],
    )
    comment = forms.CharField(
        label=_("Comment"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=4000,
        required=False,
        help_text=_("Needed to return or reject: say what is missing or wrong, and where."),
    )
    due_on = forms.DateField(
        label=_("Corrected report due on"), widget=DateInput(), required=False, help_text=_("Needed to return.")
    )
    confirmed = forms.BooleanField(label=_("I have read this version and decide on it."))


class TakeBackForm(VersionForm):
    comment = forms.CharField(label=_("Why"), widget=forms.Textarea(attrs={"rows": 3}), max_length=4000)
