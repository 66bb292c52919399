"""Writing REST calls that may be repeated.

A client that got no answer cannot know whether his call was carried out. With an `Idempotency-Key` header he repeats
it: the same key and the same request get the answer given before, and nothing happens twice.

The row with the answer is written in the transaction of the call's effect, so there is a row exactly if there is an
effect. An answer that refuses is not kept: nothing happened, and the repeated call may succeed.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeVar

from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from cpaudit.accounts.models import IdempotencyKey, User
from cpaudit.web.problems import problem

HEADER = "Idempotency-Key"
MAX_LENGTH = 120
KEPT_FOR = dt.timedelta(days=30)
"""How long an answer can be asked for again; clients retry within hours."""
KEPT_HEADERS = ("Location", "ETag")

View = TypeVar("View", bound=Callable[..., Any])


def idempotent(method: View) -> View:
    """For a writing method of a DRF view: honours `Idempotency-Key`. Without the header the method runs as it is."""

    @wraps(method)
    def wrapper(view: Any, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        key = request.headers.get(HEADER)
        if key is None:
            return method(view, request, *args, **kwargs)
        check_key(key)
        user = request.user
        assert isinstance(user, User)  # every writing call asks for a login before it comes here
        with transaction.atomic():
            if not _first_at_work(user, key):
                return problem(
                    409,
                    "in-progress",
                    _("This call is being carried out"),
                    _("A call with the same key has not been answered yet. Repeat this one in a moment."),
                    headers={"Retry-After": "1"},
                )
            fingerprint = fingerprint_of(request, user)
            known = IdempotencyKey.objects.filter(user=user, key=key).first()
            if known is not None:
                return _answer_again(known, fingerprint)
            response = method(view, request, *args, **kwargs)
            if response.status_code < 400:
                _keep(response, user=user, key=key, fingerprint=fingerprint)
            else:
                transaction.set_rollback(True)
            return response

    header = OpenApiParameter(
        HEADER,
        str,
        OpenApiParameter.HEADER,
        description="Repeating a call with the same key gives the first answer again and does nothing twice.",
    )
    return extend_schema(parameters=[header])(wrapper)  # type: ignore[return-value]


def check_key(key: str) -> None:
    """A key is 1 to 120 visible ASCII characters."""
    if not 1 <= len(key) <= MAX_LENGTH or not all("!" <= character <= "~" for character in key):
        message = _("%(header)s takes 1 to %(limit)s visible ASCII characters.")
        raise ValidationError({HEADER: [message % {"header": HEADER, "limit": MAX_LENGTH}]})


def fingerprint_of(request: Request, user: User) -> str:
    """A hash of what is asked: method, address, posting, and the body as it was understood, files by their content."""
    posting = user.posting.pk if user.posting else None
    asked = [request.method, request.get_full_path(), posting, _plain(request.data)]
    return hashlib.sha256(json.dumps(asked, sort_keys=True, default=str).encode()).hexdigest()


def _plain(data: Any) -> Any:
    if hasattr(data, "lists"):  # a form: every field may come several times
        return {name: [_plain(value) for value in values] for name, values in data.lists()}
    if isinstance(data, UploadedFile):
        digest = hashlib.sha256()
        for chunk in data.chunks():
            digest.update(chunk)
        data.seek(0)
        return [data.name, data.size, digest.hexdigest()]
    if isinstance(data, Mapping):
        return {str(name): _plain(value) for name, value in data.items()}
    return data


def _first_at_work(user: User, key: str) -> bool:
    """May this call go on, or is another one with the same key at work right now?

    On PostgreSQL an advisory lock tells at once and ends with the transaction. SQLite lets one writer in at a time: the
    second call has waited at the transaction's door, and finds the answer of the first.
    """
    if connection.vendor != "postgresql":
        return True
    name = hashlib.sha256(f"idempotency:{user.pk}:{key}".encode()).digest()[:8]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [int.from_bytes(name, signed=True)])
        return bool(cursor.fetchone()[0])


def _answer_again(known: IdempotencyKey, fingerprint: str) -> HttpResponseBase:
    if known.request_hash != fingerprint:
        return problem(
            422,
            "key-reused",
            _("This key belongs to another call"),
            _("The key was used for a call with other contents. Nothing was changed; take a new key for a new call."),
        )
    return Response(known.response, status=known.status, headers={**known.headers, "Idempotent-Replayed": "true"})


def _keep(response: Any, *, user: User, key: str, fingerprint: str) -> None:
    rendered = JSONRenderer().render(response.data)
    IdempotencyKey.objects.create(
        user=user,
        key=key,
        request_hash=fingerprint,
        status=response.status_code,
        headers={name: response.headers[name] for name in KEPT_HEADERS if name in response.headers},
        response=json.loads(rendered) if rendered else None,
    )


def forget_old_answers(*, at: dt.datetime) -> int:
    """Remove the answers nobody will ask for again; returns how many."""
    return IdempotencyKey.objects.filter(created_at__lt=at - KEPT_FOR).delete()[0]
