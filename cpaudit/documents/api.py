"""Files over REST: the same bytes, by token."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from cpaudit.documents import selectors
from cpaudit.documents.views import file_response


class FileContent(APIView):
    """The content of a file, to whom may see the thing it belongs to."""

    @extend_schema(
        operation_id="file_content",
        summary="Download a file",
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
        tags=["files"],
    )
    def get(self, request: Request, pk: int) -> HttpResponse:
        file = selectors.file_for(request.user, pk)
        if file is None:
            raise Http404
        return file_response(file)


api_urlpatterns = [path("files/<int:pk>/content/", FileContent.as_view(), name="file-content")]
