"""Error pages, for people and for programs, and the style guide."""

from __future__ import annotations

import sys
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader
from django.utils.translation import gettext as _

from cpaudit.web.problems import problem, unavailable_problem
from cpaudit.web.refusals import back_url, expects_problem


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the request cannot be understood."""
    if expects_problem(request):
        return problem(400, "invalid", _("The request cannot be used as it is"))
    return render(request, "400.html", status=400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: may not."""
    if expects_problem(request):
        return problem(403, "not-allowed", _("You may not do this"))
    return render(request, "403.html", {"back_url": back_url(request)}, status=403)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: not here, or not for this reader; the two must look alike."""
    if expects_problem(request):
        return problem(404, "not-found", _("There is nothing here"))
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 when the database does not answer. Rendered without context processors: they may be what failed."""
    unavailable = isinstance(sys.exc_info()[1], OperationalError | InterfaceError)
    if expects_problem(request):
        if unavailable:
            return unavailable_problem()
        return problem(500, "error", _("Something went wrong on our side"))
    status = 503 if unavailable else 500
    response = HttpResponse(loader.render_to_string(f"{status}.html"), status=status)
    if unavailable:
        response["Retry-After"] = "5"
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without its token: mostly a page that was open too long or a browser without cookies."""
    return render(request, "403_csrf.html", {"back_url": back_url(request)}, status=403)


def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component with content like the real one. Only while developing."""
    if not settings.DEBUG:
        raise Http404
    from cpaudit.web.styleguide import content  # example content has no business in a deployment's memory

    context: dict[str, Any] = content(request)
    return render(request, "styleguide.html", context)
