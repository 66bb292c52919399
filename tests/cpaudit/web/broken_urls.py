"""Pages behind which the database is gone."""

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.urls import path

from cpaudit.urls import handler400, handler403, handler404, handler500

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


def gone(_request: HttpRequest) -> HttpResponse:
    raise OperationalError("server closed the connection unexpectedly")


urlpatterns = [path("pages/", gone), path("api/v1/pages/", gone)]
