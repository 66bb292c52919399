"""Handing files out."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from cpaudit.documents import rules, selectors
from cpaudit.documents.models import StoredFile

SHOWN_POLICY = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; object-src 'self'; sandbox"
"""For what is shown in a tab: no scripts, no requests, no origin of ours, whatever the file contains."""


@login_required
@require_safe
def file_download(request: HttpRequest, pk: int) -> HttpResponse:
    """The file as a download; `?show=1` in a tab, for the few types that are safe there."""
    file = selectors.file_for(request.user, pk)
    if file is None:
        raise Http404
    return file_response(file, shown="show" in request.GET)


def file_response(file: StoredFile, *, shown: bool = False) -> HttpResponse:
    """Streams the stored bytes under the name people know."""
    kind = rules.BY_CONTENT_TYPE.get(file.content_type)
    shown = shown and kind is not None and kind.shown
    try:
        content = file.file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(content, as_attachment=not shown, filename=file.name, content_type=file.content_type)
    response["Content-Length"] = file.size
    response["Cache-Control"] = "private, no-cache"
    response["Content-Security-Policy"] = SHOWN_POLICY
    response["X-Content-Type-Options"] = "nosniff"
    return response
