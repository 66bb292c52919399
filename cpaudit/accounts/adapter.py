"""How allauth behaves here: nobody signs up by himself, people are invited; pages speak the language of the profile."""

from __future__ import annotations

import logging
from smtplib import SMTPException
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest, HttpResponse

from cpaudit.accounts.language import remember_language
from cpaudit.accounts.models import User
from cpaudit.rulebook.errors import Refusal
from cpaudit.rulebook.findings import _

logger = logging.getLogger(__name__)


class NotSent(Refusal):
    """The mail server did not take the mail the person is waiting for (HTTP 503)."""

    status = 503


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """After the last step of signing in, a second factor included."""
        response = super().post_login(request, user, **kwargs)
        remember_language(response, user.language)
        return response

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """At once and not through the outbox: a link that sets a password must not lie in a row."""
        try:
            super().send_mail(template_prefix, email, context)
        except (OSError, SMTPException) as error:
            logger.exception("A mail about signing in was not sent")
            raise NotSent(_("The mail could not be sent. Please try again in a few minutes.")) from error
