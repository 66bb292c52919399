"""When a service refuses what a form asked: the same page again, with everything typed still there."""

from __future__ import annotations

from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from cpaudit.rulebook.errors import Invalid, Refusal, Refused
from cpaudit.web.findings import refusal_sentence
from cpaudit.web.forms import show_errors


def refused_in_form(
    request: HttpRequest, form: Form, refusal: Refusal, template: str, page: dict[str, Any]
) -> HttpResponse:  # fmt: skip
    """The page, which has the form, with the sentence above it, wrong fields marked, and the findings that refused."""
    if isinstance(refusal, Invalid):
        show_errors(form, refusal)
    else:
        form.add_error(None, refusal_sentence(refusal))
    if isinstance(refusal, Refused):
        page = page | {"findings": [finding for finding in refusal.findings if not finding.ok]}
    return render(request, template, page, status=refusal.status)
