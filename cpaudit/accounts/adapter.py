"""How allauth behaves here: nobody signs up by himself, people are invited; pages speak the language of the profile."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest, HttpResponse

from cpaudit.accounts.language import remember_language
from cpaudit.accounts.models import User


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """After the last step of signing in, a second factor included."""
        response = super().post_login(request, user, **kwargs)
        remember_language(response, user.language)
        return response
