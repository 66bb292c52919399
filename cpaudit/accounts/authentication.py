"""How a REST client says who he is: a bearer token, or the browser's session."""

from __future__ import annotations

import hashlib

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import authentication, exceptions
from rest_framework.request import Request

from cpaudit.accounts.models import ApiToken, User


def hash_token(token: str) -> str:
    """What is stored of a token. It is 256 random bits, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


class TokenAuthentication(authentication.BaseAuthentication):
    """`Authorization: Bearer …`: acts in the token's posting, to read only unless the token may write."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        now = timezone.now()
        found = (
            ApiToken.objects.filter(token_hash=hash_token(token.strip()), revoked_at=None, expires_at__gt=now)
            .filter(posting__user__is_active=True, posting__valid_from__lte=timezone.localdate(now))
            .exclude(posting__valid_to__lt=timezone.localdate(now))
            .select_related("posting__user", "posting__body__region")
            .first()
        )
        if found is None:
            raise exceptions.AuthenticationFailed(_("This token is unknown, expired or revoked."))
        if request.method not in {"GET", "HEAD", "OPTIONS"} and not found.may_write:
            raise exceptions.PermissionDenied(_("This token may only read. Create one that may write."))
        ApiToken.objects.filter(pk=found.pk).update(last_used_at=now)
        return found.posting.user.acting_as(found.posting), found

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class SessionAuthentication(authentication.SessionAuthentication):
    """The browser's session, so that the API's own pages work for who is signed in."""


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "cpaudit.accounts.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}
