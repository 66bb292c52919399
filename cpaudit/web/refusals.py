"""What a person sees when something did not happen: a calm page that says why and what would mend it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from cpaudit.rulebook.errors import Invalid, NotAllowed, Refusal, Refused, Stale
from cpaudit.web.addresses import url_or_none
from cpaudit.web.findings import refusal_sentence, translated
from cpaudit.web.problems import problem, refusal_problem

FRAGMENT_PLACE = "#refusal"
"""Where base.html has room for a refusal of a request that expected only a piece of the page."""


class RefusalMiddleware:
    """Turns what services raise into 403, 409, 422 and 400 pages, or into fragments for enhanced requests.

    Also refuses NUL characters in the address at the door: PostgreSQL takes none, and no honest link has one.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "%00" in request.META.get("QUERY_STRING", "") or "\x00" in request.path_info:
            sentence = _("The address contains a character that cannot be kept.")
            if expects_problem(request):
                return problem(400, "invalid", _("The request cannot be used as it is"), sentence)
            return render(request, "400.html", {"sentence": sentence}, status=400)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refusal):
            return None
        if expects_problem(request):
            return refusal_problem(exception)
        return refusal_page(request, exception)


def expects_problem(request: HttpRequest) -> bool:
    """Is this a call by a program?"""
    return request.path_info.startswith("/api/")


def refusal_page(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The page, or the fragment an enhanced request can show without losing what was typed."""
    context = refusal_context(refusal) | {"back_url": back_url(request)}
    if not getattr(request, "htmx", False):
        return render(request, "refusal.html", context, status=refusal.status)
    response = render(request, "components/_refusal.html", context, status=refusal.status)
    response["HX-Retarget"] = FRAGMENT_PLACE
    response["HX-Reswap"] = "innerHTML show:top"
    return response


def refusal_context(refusal: Refusal) -> dict[str, Any]:
    """Title, sentence, findings (failed ones first) and problems for the templates."""
    findings = sorted(getattr(refusal, "findings", []), key=lambda finding: (finding.ok, not finding.blocks))
    problems = [
        (name, [translated(str(text)) for text in texts]) for name, texts in getattr(refusal, "errors", {}).items()
    ]
    return {
        "title": refusal_title(refusal),
        "sentence": refusal_sentence(refusal),
        "findings": findings,
        "problems": problems,
        "status": refusal.status,
        "is_stale": isinstance(refusal, Stale),
    }


def refusal_title(refusal: Refusal) -> str:
    """The heading: what kind of no this is."""
    match refusal:
        case NotAllowed():
            return _("You may not do this")
        case Stale():
            return _("Somebody was faster")
        case Refused():
            return _("A rule does not hold yet")
        case Invalid():
            return _("Something in the form does not fit")
        case _:
            return _("This did not happen")


def back_url(request: HttpRequest) -> str:
    """The page the person came from, if it is one of ours; else the first page."""
    referer = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(referer, {request.get_host()}, require_https=request.is_secure()):
        return referer
    return url_or_none("home") or "/"
