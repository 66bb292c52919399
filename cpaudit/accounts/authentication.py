"""How a REST client says who he is: a bearer token, or the browser's session."""

from __future__ import annotations

import datetime as dt
import hashlib

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import authentication, exceptions
from rest_framework.request import Request

from cpaudit.accounts.models import ApiToken, User

LAST_USED_PRECISION = dt.timedelta(minutes=1)
"""A token's last use is noted at most so often: a client that reads a thousand pages must not write a thousand rows."""


def hash_token(token: str) -> str:
    """What is stored of a token. It is 256 random bits, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


class TokenAuthentication(authentication.BaseAuthentication):
    """`Authorization: Bearer …`: acts in the token's posting, to read only unless the token may write.

    The token is found by its hash, so how long the look-up takes tells nothing about how much of a guess was right.
    """

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        now = timezone.now()
        found = (
            ApiToken.objects.usable(at=now)
            .filter(token_hash=hash_token(token.strip()))
            .select_related("posting__user", "posting__body__region")
            .first()
        )
        if found is None:
            raise exceptions.AuthenticationFailed(_("This token is unknown, expired or revoked."))
        if request.method not in {"GET", "HEAD", "OPTIONS"} and not found.may_write:
            raise exceptions.PermissionDenied(_("This token may only read. Create one that may write."))
        note_use(found, at=now)
        return found.posting.user.acting_as(found.posting), found

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


def note_use(token: ApiToken, *, at: dt.datetime) -> None:
    """Keep when the token was last used, to the minute."""
    before = at - LAST_USED_PRECISION
    if token.last_used_at is None or token.last_used_at <= before:
        # The condition again in the statement: of many calls at once only one writes.
        unnoted = Q(last_used_at=None) | Q(last_used_at__lte=before)
        ApiToken.objects.filter(unnoted, pk=token.pk).update(last_used_at=at)


class SessionAuthentication(authentication.SessionAuthentication):
    """The browser's session, so that the API's own pages work for who is signed in."""


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "cpaudit.accounts.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "cpaudit.accounts.authentication.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}
