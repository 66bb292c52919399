"""Every error of the REST interface as `application/problem+json` (RFC 9457).

Members: `type`, `title`, `status`, `detail`; `findings` where a rule refused; `errors` where the input cannot be used,
one `{pointer, detail}` for each problem, all at once, `pointer` being a JSON pointer into the body (RFC 6901).
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as DjangoValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.settings import api_settings
from rest_framework.views import set_rollback

from cpaudit.rulebook.errors import Invalid, NotAllowed, Refusal, Refused, Stale
from cpaudit.web.findings import findings_data, refusal_sentence, translated

CONTENT_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:cpaudit:problem:"
RETRY_AFTER_SECONDS = 5
"""What a client is asked to wait when the database does not answer; a restart takes a few seconds."""


class ProblemResponse(HttpResponse):
    """A problem document. Not a DRF `Response`, so it stays JSON when the caller asked for CSV; `data` as in DRF."""

    def __init__(self, data: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> None:
        self.data = dict(data)
        body = json.dumps(self.data, cls=DjangoJSONEncoder, ensure_ascii=False)
        super().__init__(body, content_type=CONTENT_TYPE, status=data["status"], headers=dict(headers or {}))


def problem(
    status: int, slug: str, title: str, detail: str = "", *, headers: Mapping[str, str] | None = None, **more: Any
) -> ProblemResponse:
    """A problem document with the extension members `more`."""
    data = {"type": TYPE_PREFIX + slug, "title": title, "status": status, "detail": detail or title, **more}
    return ProblemResponse(data, headers)


def handle(exc: Exception, context: Mapping[str, Any]) -> HttpResponse | None:
    """DRF's exception handler. None (an unknown exception) leaves it to Django: logged, answered 500."""
    response = _response_for(exc)
    if response is not None:
        set_rollback()
    return response


def _response_for(exc: Exception) -> ProblemResponse | None:
    if isinstance(exc, Refusal):
        return refusal_problem(exc)
    if isinstance(exc, Http404):
        exc = exceptions.NotFound()
    elif isinstance(exc, PermissionDenied):
        exc = exceptions.PermissionDenied(*exc.args)
    if isinstance(exc, DjangoValidationError):
        return invalid_problem(exc.message_dict if hasattr(exc, "error_dict") else exc.messages)
    if isinstance(exc, OperationalError | InterfaceError):
        return unavailable_problem()
    if isinstance(exc, exceptions.ValidationError):
        return invalid_problem(exc.detail)
    if isinstance(exc, exceptions.APIException):
        return _api_problem(exc)
    return None


def refusal_problem(refusal: Refusal) -> ProblemResponse:
    """What a service refused, with the findings it refused on."""
    detail = refusal_sentence(refusal)
    match refusal:
        case NotAllowed():
            return problem(refusal.status, "not-allowed", _("You may not do this"), detail)
        case Stale():
            return problem(refusal.status, "stale", _("Somebody was faster"), detail)
        case Refused():
            findings = findings_data(refusal.findings)
            return problem(refusal.status, "refused", _("A rule does not hold"), detail, findings=findings)
        case Invalid():
            return invalid_problem(refusal.errors, detail)
        case _:
            return problem(refusal.status, "refusal", _("This did not happen"), detail)


def invalid_problem(errors: Any, detail: str = "") -> ProblemResponse:
    """The input cannot be used; `errors` as DRF and Django shape them (nested mappings and lists of sentences)."""
    listed = [{"pointer": pointer, "detail": text} for pointer, text in flatten(errors)]
    detail = detail or "; ".join(dict.fromkeys(error["detail"] for error in listed))
    return problem(400, "invalid", _("The request cannot be used as it is"), detail, errors=listed)


def unavailable_problem() -> ProblemResponse:
    """The database does not answer: nothing was written, try again."""
    return problem(
        503,
        "unavailable",
        _("Not available for a moment"),
        _("The system is not available for a moment. Nothing was changed; please try again."),
        headers={"Retry-After": str(RETRY_AFTER_SECONDS)},
    )


def _api_problem(exc: exceptions.APIException) -> ProblemResponse:
    headers: dict[str, str] = {}
    if challenge := getattr(exc, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(exc, "wait", None):
        headers["Retry-After"] = str(math.ceil(wait))
    detail = exc.detail if isinstance(exc.detail, str) else "; ".join(text for _p, text in flatten(exc.detail))
    slug = str(exc.default_code).replace("_", "-")
    return problem(exc.status_code, slug, str(type(exc).default_detail), str(detail), headers=headers)


def flatten(errors: Any, pointer: str = "") -> Iterator[tuple[str, str]]:
    """Every sentence of a nested error shape with the JSON pointer of its place.

    A list holds either sentences about its place or, for lists of objects, one shape per item.
    """
    match errors:
        case Mapping():
            for key, value in errors.items():
                about_the_whole = key in (api_settings.NON_FIELD_ERRORS_KEY, "__all__")
                yield from flatten(value, pointer if about_the_whole else f"{pointer}/{_escaped(key)}")
        case list() | tuple():
            for index, item in enumerate(errors):
                is_shape = isinstance(item, Mapping | list | tuple)
                yield from flatten(item, f"{pointer}/{index}" if is_shape else pointer)
        case _:
            yield pointer, translated(str(errors))


def _escaped(key: object) -> str:
    return str(key).replace("~", "~0").replace("/", "~1")
