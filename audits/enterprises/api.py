"""Enterprises and their figures over REST: the same services as the pages."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audits.enterprises import serializers as shapes
from audits.enterprises import services
from audits.enterprises.filters import EnterpriseFilter
from audits.enterprises.models import Enterprise, YearlyFigure
from audits.enterprises.selectors import enterprises_with_last_audit
from audits.enterprises.services import GivenFigure
from cpaudit.rulebook.errors import Invalid
from cpaudit.web.idempotency import idempotent

FILTERS = [
    OpenApiParameter("q", str, description="A part of a name, or the beginning of a credit code."),
    OpenApiParameter("region", str, description="A region's code; everything inside it."),
    OpenApiParameter("sector", str, description="An industry's code."),
    OpenApiParameter("size", str, enum=["large", "medium", "small", "micro"]),
    OpenApiParameter("listed", str, enum=["yes", "no"], description="On this year's compulsory list."),
]


def enterprise_for(request: Request, pk: int) -> Enterprise:
    """The enterprise of that number, or 404 where it is not there for this caller."""
    return get_object_or_404(Enterprise.objects.visible_to(request.user).with_names(), body__id=pk)


def cleaned(serializer: type[Any], request: Request) -> dict[str, Any]:
    """The body as the serializer understands it; 400 with every problem otherwise."""
    given = serializer(data=request.data)
    given.is_valid(raise_exception=True)
    return dict(given.validated_data)


class EnterpriseListView(ListAPIView):
    """Enterprises within the caller's jurisdiction; enter one."""

    serializer_class = shapes.EnterpriseSerializer
    ordering = ("pk",)

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return Enterprise.objects.none()
        seen = Enterprise.objects.visible_to(self.request.user).with_names()
        seen = enterprises_with_last_audit(seen, listed_in=timezone.localdate().year)
        found = EnterpriseFilter(self.request.query_params, seen, user=self.request.user)
        if not found.is_valid():
            raise ValidationError(found.errors)
        return found.qs

    @extend_schema(operation_id="enterprise_list", parameters=FILTERS)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="enterprise_create",
        request=shapes.EnterpriseInput,
        responses={201: shapes.EnterpriseSerializer},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        given = cleaned(shapes.EnterpriseInput, request)
        enterprise = services.create_enterprise(by=request.user, at=timezone.now(), **given)
        where = {"Location": reverse("enterprise", args=[enterprise.pk])}
        data = shapes.EnterpriseSerializer(enterprise).data
        return Response(data, status=status.HTTP_201_CREATED, headers=where)


class EnterpriseView(APIView):
    """One enterprise: read it, correct it."""

    @extend_schema(operation_id="enterprise_read", responses=shapes.EnterpriseSerializer)
    def get(self, request: Request, pk: int) -> Response:
        return Response(shapes.EnterpriseSerializer(enterprise_for(request, pk)).data)

    @extend_schema(
        operation_id="enterprise_correct",
        request=shapes.EnterpriseCorrection,
        responses=shapes.EnterpriseSerializer,
    )
    @idempotent
    def patch(self, request: Request, pk: int) -> Response:
        enterprise = enterprise_for(request, pk)
        given = cleaned(shapes.EnterpriseCorrection, request)
        changed = services.change_enterprise(enterprise=enterprise, by=request.user, at=timezone.now(), **given)
        return Response(shapes.EnterpriseSerializer(changed).data)


class FigureListView(ListAPIView):
    """All figures of an enterprise, the newest year first."""

    serializer_class = shapes.FigureSerializer
    ordering = ("-year", "metric__position", "pk")

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return YearlyFigure.objects.none()
        return enterprise_for(self.request, self.kwargs["pk"]).figures.select_related("metric")

    @extend_schema(operation_id="figure_list")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)


class YearView(APIView):
    """The figures of one year: read them, record them."""

    @extend_schema(operation_id="figures_of_year", responses=shapes.FigureSerializer(many=True))
    def get(self, request: Request, pk: int, year: int) -> Response:
        return Response(self.figures(enterprise_for(request, pk), year))

    @extend_schema(
        operation_id="figures_record",
        request=shapes.FiguresInput,
        responses=shapes.FigureSerializer(many=True),
    )
    @idempotent
    def put(self, request: Request, pk: int, year: int) -> Response:
        enterprise = enterprise_for(request, pk)
        given = cleaned(shapes.FiguresInput, request)
        figures = [
            GivenFigure(
                metric=one["metric"],
                amount=one["amount"],
                unit=one.get("unit", one["metric"].unit),
                method=one["method"],
                currency=one.get("currency", ""),
            )
            for one in given["figures"]
        ]
        try:
            services.record_figures(
                enterprise=enterprise,
                year=year,
                figures=figures,
                version=given.get("version"),
                by=request.user,
                at=timezone.now(),
            )
        except Invalid as refusal:
            raise placed(refusal, [figure.metric.code for figure in figures]) from refusal
        return Response(self.figures(enterprise, year))

    def figures(self, enterprise: Enterprise, year: int) -> Any:
        rows = enterprise.figures.filter(year=year).select_related("metric").order_by("metric__position", "pk")
        return shapes.FigureSerializer(rows, many=True).data


def placed(refusal: Invalid, codes: list[str]) -> Invalid:
    """The same refusal with each metric's sentences at its place in the body."""
    figures = {
        str(place): {"amount": refusal.errors[code]} for place, code in enumerate(codes) if code in refusal.errors
    }
    rest = {name: sentences for name, sentences in refusal.errors.items() if name not in codes}
    return Invalid(refusal.sentence, {**rest, "figures": figures})


api_urlpatterns = [
    path("enterprises/", EnterpriseListView.as_view(), name="enterprise-list"),
    path("enterprises/<int:pk>/", EnterpriseView.as_view(), name="enterprise"),
    path("enterprises/<int:pk>/figures/", FigureListView.as_view(), name="figures"),
    path("enterprises/<int:pk>/figures/<int:year>/", YearView.as_view(), name="figures-of-year"),
]
