"""What wraps every request."""

import logging
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.functional import LazyObject

from cpaudit.web.logs import answering, sane_request_id
from cpaudit.web.refusals import RefusalMiddleware

__all__ = ["ContentSecurityPolicyMiddleware", "RefusalMiddleware", "RequestIdMiddleware"]

access = logging.getLogger("cpaudit.access")

type_of_next = Callable[[HttpRequest], HttpResponse]
# Names of URL parts that let their holder in. They must not stay behind in a log.
SECRET_URL_PARTS = {"key", "token", "uidb36"}


class RequestIdMiddleware:
    """Gives each request an id (a sane `X-Request-ID` is kept), echoes it, and writes one access line."""

    def __init__(self, get_response: type_of_next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        identifier = sane_request_id(request.headers.get("X-Request-ID"))
        began = time.monotonic()
        answering(identifier)
        response = self.get_response(request)
        response["X-Request-ID"] = identifier
        access.info(
            "%s %s %s",
            request.method,
            loggable_path(request),
            response.status_code,
            extra={
                "method": request.method,
                "path": loggable_path(request),
                "status": response.status_code,
                "ms": round((time.monotonic() - began) * 1000),
                "user_id": user_id_already_known(request),
            },
        )
        return response


def loggable_path(request: HttpRequest) -> str:
    """The path without the query, and with the parts that are secrets covered up."""
    path = request.path
    parts = request.resolver_match.kwargs if request.resolver_match else {}
    for name in SECRET_URL_PARTS & parts.keys():
        path = path.replace(str(parts[name]), "***")
    return path


def user_id_already_known(request: HttpRequest) -> int | None:
    """Who is signed in, if anybody asked while the request was answered.

    `request.user` is lazy: asking here would cost a query on pages that need none, and would fail while the database
    is away, just when the line is wanted.
    """
    user = vars(request).get("user")
    if isinstance(user, LazyObject):
        user = vars(request).get("_cached_user")
    return getattr(user, "pk", None)


class ContentSecurityPolicyMiddleware:
    """Only what this site serves itself may run or be shown; a view may set a stricter policy of its own."""

    POLICY = "; ".join(
        [
            "default-src 'self'",
            "img-src 'self' data:",
            "object-src 'none'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            "form-action 'self'",
        ]
    )

    def __init__(self, get_response: type_of_next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", self.POLICY)
        return response
