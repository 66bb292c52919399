"""Reported programmes over REST: the same services as the pages."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audits.programme.models import ReportedProgramme
from audits.programme.reported import serializers as shapes
from audits.programme.reported.services import change_programme, enter_programme
from cpaudit.web.idempotency import idempotent


def programme_for(request: Request, pk: int) -> ReportedProgramme:
    """The programme of that number, or 404 where it is not there for this caller."""
    return get_object_or_404(ReportedProgramme.objects.visible_to(request.user).with_effects(), pk=pk)


def cleaned(serializer: type[Any], request: Request) -> dict[str, Any]:
    """The body as the serializer understands it; 400 with every problem otherwise."""
    given = serializer(data=request.data)
    given.is_valid(raise_exception=True)
    return dict(given.validated_data)


class ProgrammeListView(ListAPIView):
    """Programmes reported within the caller's jurisdiction, the latest first; enter one."""

    serializer_class = shapes.ProgrammeSerializer
    ordering = ("-year_to", "pk")

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return ReportedProgramme.objects.none()
        return ReportedProgramme.objects.visible_to(self.request.user).with_effects()

    @extend_schema(operation_id="programme_list")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="programme_enter", request=shapes.ProgrammeInput, responses={201: shapes.ProgrammeSerializer}
    )
    @idempotent
    def post(self, request: Request) -> Response:
        given = cleaned(shapes.ProgrammeInput, request)
        effects = given.pop("effects", [])
        programme = enter_programme(effects=effects, by=request.user, at=timezone.now(), **given)
        data = shapes.ProgrammeSerializer(programme_for(request, programme.pk)).data
        where = {"Location": reverse("api-programme", args=[programme.pk])}
        return Response(data, status=status.HTTP_201_CREATED, headers=where)


class ProgrammeView(APIView):
    """One programme: read it, correct it."""

    @extend_schema(operation_id="programme_read", responses=shapes.ProgrammeSerializer)
    def get(self, request: Request, pk: int) -> Response:
        return Response(shapes.ProgrammeSerializer(programme_for(request, pk)).data)

    @extend_schema(
        operation_id="programme_correct", request=shapes.ProgrammeCorrection, responses=shapes.ProgrammeSerializer
    )
    @idempotent
    def patch(self, request: Request, pk: int) -> Response:
        programme = programme_for(request, pk)
        given = cleaned(shapes.ProgrammeCorrection, request)
        changed = change_programme(programme=programme, by=request.user, at=timezone.now(), **given)
        return Response(shapes.ProgrammeSerializer(changed).data)


api_urlpatterns = [
    path("programmes/", ProgrammeListView.as_view(), name="api-programmes"),
    path("programmes/<int:pk>/", ProgrammeView.as_view(), name="api-programme"),
]
