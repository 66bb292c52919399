"""Chooses the posting a person acts in, from his session."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

SESSION_KEY = "posting"


class PostingMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.session.get(SESSION_KEY)
        if chosen is not None and request.user.is_authenticated:
            # A posting that has ended or was never his is simply not found: he acts in his first one.
            for posting in request.user.current_postings:
                if posting.pk == chosen:
                    request.user.acting_as(posting)
        return self.get_response(request)
