"""What people type about themselves and their colleagues."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import password_validation
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from cpaudit.accounts.models import Body, Invitation, Posting, User
from cpaudit.accounts.roles import BODY_KIND_TEXTS, roles_for
from cpaudit.members.rules import TOKEN_LASTS_AT_MOST
from cpaudit.rulebook.errors import Invalid


class ServiceForm(forms.Form):
    """A form that shows what the service found wrong beside the fields, like its own errors."""

    def add_refusal(self, refusal: Invalid) -> None:
        for field, sentences in refusal.errors.items():
            for sentence in sentences:
                self.add_error(field if field in self.fields else None, sentence)


class LanguageField(forms.ChoiceField):
    def __init__(self) -> None:
        super().__init__(label=_("Language"), choices=settings.LANGUAGES, help_text=_("Of the pages and of e-mails."))


class NamesMixin(forms.Form):
    """A person is called in Chinese, in Latin letters, or both."""

    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=80, required=False)
    name_en = forms.CharField(label=_("Name in Latin letters"), max_length=120, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not (cleaned.get("name_zh") or cleaned.get("name_en")):
            self.add_error("name_en", _("Give a name, in Chinese or in Latin letters."))
        return cleaned


class ProfileForm(NamesMixin, ServiceForm):
    language = LanguageField()

    @classmethod
    def of(cls, user: User, data: Any = None) -> ProfileForm:
        known = {"name_zh": user.name_zh, "name_en": user.name_en, "language": user.language}
        return cls(data, initial=known)


class InvitationForm(ServiceForm):
    email = forms.EmailField(label=_("E-mail"), max_length=254)
    role = forms.ChoiceField(label=_("Role"), widget=forms.RadioSelect)
    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=80, required=False)
    name_en = forms.CharField(label=_("Name in Latin letters"), max_length=120, required=False)
    language = forms.ChoiceField(label=_("Language of the e-mail"), choices=settings.LANGUAGES)

    def __init__(self, *args: Any, body: Body, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = roles_for(body.kind)
        self.fields["role"].choices = [(role.key, _(role.label)) for role in roles]
        self.fields["role"].initial = roles[0].key if len(roles) == 1 else None
        self.fields["language"].initial = get_language()


class JoinForm(NamesMixin, ServiceForm):
    """The first sign-in of somebody who was invited."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 10 characters, not only digits, not a common password."),
    )
    password_again = forms.CharField(
        label=_("Password again"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )
    language = LanguageField()
    field_order = ["name_zh", "name_en", "password", "password_again", "language"]

    def __init__(self, *args: Any, invitation: Invitation, **kwargs: Any) -> None:
        self.invitation = invitation
        initial = {"name_zh": invitation.name_zh, "name_en": invitation.name_en, "language": get_language()}
        super().__init__(*args, initial=initial, **kwargs)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        first, second = cleaned.get("password"), cleaned.get("password_again")
        if first and second and first != second:
            self.add_error("password_again", _("The two passwords differ."))
        elif first:
            person = User(
                email=self.invitation.email,
                name_zh=cleaned.get("name_zh", ""),
                name_en=cleaned.get("name_en", ""),
            )
            try:
                password_validation.validate_password(first, person)
            except forms.ValidationError as error:
                self.add_error("password", error)
        return cleaned


class PostingChoice(forms.ModelChoiceField):
    def label_from_instance(self, posting: Posting) -> str:
        return f"{posting.body} · {posting.get_role_label()}"


class TokenForm(ServiceForm):
    label = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("What it is for, so that you know which one to revoke.")
    )
    posting = PostingChoice(queryset=Posting.objects.none(), label=_("Acts for"), empty_label=None)
    may_write = forms.ChoiceField(
        label=_("May"),
        choices=[("read", _("only read")), ("write", _("read and write"))],
        widget=forms.RadioSelect,
        initial="read",
    )
    expires_on = forms.DateField(
        label=_("Good through"), widget=forms.DateInput(attrs={"type": "date"}), help_text=_("A year at most.")
    )

    def __init__(self, *args: Any, user: User, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = Posting.objects.filter(pk__in=[posting.pk for posting in user.current_postings])
        self.fields["posting"].queryset = own.select_related("body").order_by("pk")
        self.fields["posting"].initial = user.posting
        last = today + TOKEN_LASTS_AT_MOST
        self.fields["expires_on"].initial = today + dt.timedelta(days=90)
        self.fields["expires_on"].widget.attrs |= {"min": today.isoformat(), "max": last.isoformat()}

    def clean_may_write(self) -> bool:
        return self.cleaned_data["may_write"] == "write"


class BodyFilterForm(forms.Form):
    q = forms.CharField(label=_("Name"), required=False)
    kind = forms.ChoiceField(
        label=_("Kind"),
        required=False,
        choices=[("", _("All")), *((kind.value, _(text)) for kind, text in BODY_KIND_TEXTS.items())],
    )
