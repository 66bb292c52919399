"""The first page: what waits for me."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from audits.desk.selectors import waiting_for


def home(request: HttpRequest) -> HttpResponse:
    """For a stranger what this is and where to sign in; for everybody else what waits for him."""
    if not request.user.is_authenticated:
        return render(request, "audits/desk/welcome.html")
    groups = waiting_for(request.user, on=timezone.localdate())
    return render(request, "audits/desk/home.html", {"groups": groups})
