"""Imports over REST: the same services as the pages."""

from __future__ import annotations

from typing import Any

from django.http import StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cpaudit.imports import serializers as shapes
from cpaudit.imports import services
from cpaudit.imports.downloads import problem_file, refused_file
from cpaudit.imports.models import Import, ImportRun, RunKind, RunProblem
from cpaudit.imports.policies import check_can_import, targets_for
from cpaudit.web.idempotency import idempotent


def import_for(request: Request, pk: int) -> Import:
    """The import of that number, or 404 where it is not there for this caller."""
    return get_object_or_404(Import.objects.visible_to(request.user).select_related("uploaded_by"), pk=pk)


def run_for(request: Request, pk: int, run_pk: int) -> ImportRun:
    return get_object_or_404(import_for(request, pk).runs.select_related("of"), pk=run_pk)


def cleaned(serializer: type[Any], request: Request) -> dict[str, Any]:
    """The body as the serializer understands it; 400 with every problem otherwise."""
    given = serializer(data=request.data)
    given.is_valid(raise_exception=True)
    return dict(given.validated_data)


class TargetListView(APIView):
    """The kinds of records the caller may import, with their fields."""

    @extend_schema(operation_id="import_targets", responses=shapes.TargetSerializer(many=True), tags=["imports"])
    def get(self, request: Request) -> Response:
        check_can_import(request.user)
        return Response(shapes.TargetSerializer(targets_for(request.user), many=True).data)


class ImportListView(ListAPIView):
    """The imports of the caller's body, the latest first; upload a file."""

    serializer_class = shapes.ImportSerializer
    parser_classes = (MultiPartParser,)
    ordering = ("-pk",)

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return Import.objects.none()
        check_can_import(self.request.user)
        return Import.objects.visible_to(self.request.user).select_related("uploaded_by")

    @extend_schema(operation_id="import_list", tags=["imports"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="import_upload",
        request={"multipart/form-data": shapes.UploadInput},
        responses={201: shapes.ImportSerializer},
        tags=["imports"],
    )
    @idempotent
    def post(self, request: Request) -> Response:
        given = cleaned(shapes.UploadInput, request)
        made = services.upload_file(
            file=given["file"],
            name=given["file"].name,
            target=given["target"],
            sheet=given["sheet"],
            header_row=given["header_row"] or 0,
            by=request.user,
            at=timezone.now(),
        )
        where = {"Location": reverse("import", args=[made.pk])}
        return Response(shapes.ImportSerializer(made).data, status=status.HTTP_201_CREATED, headers=where)


class ImportView(APIView):
    @extend_schema(operation_id="import_read", responses=shapes.ImportSerializer, tags=["imports"])
    def get(self, request: Request, pk: int) -> Response:
        return Response(shapes.ImportSerializer(import_for(request, pk)).data)


class MappingView(APIView):
    """How the file is read. What does not fit it is refused with every finding (422)."""

    @extend_schema(
        operation_id="import_map", request=shapes.MappingInput, responses=shapes.ImportSerializer, tags=["imports"]
    )
    @idempotent
    def put(self, request: Request, pk: int) -> Response:
        imported = import_for(request, pk)
        given = cleaned(shapes.MappingInput, request)
        changed = services.save_mapping(
            imported=imported,
            data=given["mapping"],
            conflict=given["conflict"],
            good_rows_only=given["good_rows_only"],
            version=given["version"],
            by=request.user,
            at=timezone.now(),
        )
        return Response(shapes.ImportSerializer(changed).data)


class RunListView(ListAPIView):
    """The runs over one file, the latest first; order one. The answer is 202: look again for its end."""

    serializer_class = shapes.RunSerializer
    ordering = ("-pk",)

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return ImportRun.objects.none()
        return import_for(self.request, self.kwargs["pk"]).runs.all()

    @extend_schema(operation_id="import_run_list", tags=["imports"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="import_run_order",
        request=shapes.RunInput,
        responses={202: shapes.RunSerializer},
        tags=["imports"],
    )
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        imported = import_for(request, pk)
        given = cleaned(shapes.RunInput, request)
        start = services.start_dry_run if given["kind"] == RunKind.DRY else services.start_import
        run = start(imported=imported, by=request.user, at=timezone.now())
        where = {"Location": reverse("import-run", args=[pk, run.pk])}
        return Response(shapes.RunSerializer(run).data, status=status.HTTP_202_ACCEPTED, headers=where)


class RunView(APIView):
    @extend_schema(operation_id="import_run_read", responses=shapes.RunSerializer, tags=["imports"])
    def get(self, request: Request, pk: int, run_pk: int) -> Response:
        return Response(shapes.RunSerializer(run_for(request, pk, run_pk)).data)


class ProblemListView(ListAPIView):
    """What a run found, row by row."""

    serializer_class = shapes.ProblemSerializer
    ordering = ("pk",)

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return RunProblem.objects.none()
        return run_for(self.request, self.kwargs["pk"], self.kwargs["run_pk"]).problems.all()

    @extend_schema(operation_id="import_problem_list", tags=["imports"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)


CSV = {(200, "text/csv"): OpenApiTypes.STR}
LANGUAGE = OpenApiParameter("Accept-Language", str, OpenApiParameter.HEADER, description="`en` or `zh-hans`")


class ProblemFileView(APIView):
    """All problems of a run as CSV."""

    @extend_schema(operation_id="import_problem_file", responses=CSV, parameters=[LANGUAGE], tags=["imports"])
    def get(self, request: Request, pk: int, run_pk: int) -> StreamingHttpResponse:
        return problem_file(run_for(request, pk, run_pk), "csv")


class RefusedFileView(APIView):
    """The refused rows as they stand in the file, each with its reasons, as CSV."""

    @extend_schema(operation_id="import_refused_file", responses=CSV, parameters=[LANGUAGE], tags=["imports"])
    def get(self, request: Request, pk: int, run_pk: int) -> StreamingHttpResponse:
        return refused_file(run_for(request, pk, run_pk))


api_urlpatterns = [
    path("imports/targets/", TargetListView.as_view(), name="import-targets"),
    path("imports/", ImportListView.as_view(), name="imports"),
    path("imports/<int:pk>/", ImportView.as_view(), name="import"),
    path("imports/<int:pk>/mapping/", MappingView.as_view(), name="import-mapping"),
    path("imports/<int:pk>/runs/", RunListView.as_view(), name="import-runs"),
    path("imports/<int:pk>/runs/<int:run_pk>/", RunView.as_view(), name="import-run"),
    path("imports/<int:pk>/runs/<int:run_pk>/problems/", ProblemListView.as_view(), name="import-problems"),
    path("imports/<int:pk>/runs/<int:run_pk>/problems.csv", ProblemFileView.as_view(), name="import-problem-file"),
    path("imports/<int:pk>/runs/<int:run_pk>/refused.csv", RefusedFileView.as_view(), name="import-refused-file"),
]
