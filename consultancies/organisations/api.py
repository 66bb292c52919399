"""The register of organisations over REST."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import ValidationError
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from consultancies.organisations import services
from consultancies.organisations.filters import OrganisationFilter
from consultancies.organisations.forms import KINDS
from consultancies.organisations.models import Organisation
from cpaudit.reference.models import Region
from cpaudit.web.api import StrictSerializer
from cpaudit.web.idempotency import idempotent


class OrganisationSerializer(serializers.ModelSerializer):
    """One organisation; it may operate from `affirmed_on` until the day before `ended_on`."""

    id = serializers.IntegerField(source="pk")
    kind = serializers.CharField(source="body.kind")
    name_zh = serializers.CharField(source="body.name_zh")
    name_en = serializers.CharField(source="body.name_en")
    region = serializers.CharField(source="body.region.code")

    class Meta:
        model = Organisation
        fields = ("id", "version", "kind", "name_zh", "name_en", "region", "registration_no", "affirmed_on", "ended_on")


class OrganisationInput(StrictSerializer):
    """What is entered about an organisation."""

    kind = serializers.ChoiceField(choices=[kind for kind, _label in KINDS])
    name_zh = serializers.CharField(max_length=200, allow_blank=True, default="")
    name_en = serializers.CharField(max_length=200, allow_blank=True, default="")
    region = serializers.SlugRelatedField(slug_field="code", queryset=Region.objects.all())
    registration_no = serializers.CharField(max_length=40)
    affirmed_on = serializers.DateField(allow_null=True, default=None)


class OrganisationListView(ListAPIView):
    """The register of organisations; enter one."""

    serializer_class = OrganisationSerializer
    ordering = ("pk",)

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return Organisation.objects.none()
        seen = Organisation.objects.visible_to(self.request.user).with_names()
        found = OrganisationFilter(self.request.query_params, seen, user=self.request.user)
        if not found.is_valid():
            raise ValidationError(found.errors)
        return found.qs

    @extend_schema(
        operation_id="organisation_list",
        parameters=[
            OpenApiParameter("q", str, description="A part of a name, or of the registration number."),
            OpenApiParameter("kind", str, enum=[kind for kind, _label in KINDS]),
            OpenApiParameter("region", str, description="A region's code; everything inside it."),
            OpenApiParameter("operating", str, enum=["yes", "no"], description="May operate today."),
        ],
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="organisation_enter", request=OrganisationInput, responses={201: OrganisationSerializer}
    )
    @idempotent
    def post(self, request: Request) -> Response:
        given = OrganisationInput(data=request.data)
        given.is_valid(raise_exception=True)
        organisation = services.enter_organisation(by=request.user, at=timezone.now(), **given.validated_data)
        where = {"Location": reverse("organisation", args=[organisation.pk])}
        data = OrganisationSerializer(organisation).data
        return Response(data, status=status.HTTP_201_CREATED, headers=where)


class OrganisationView(APIView):
    @extend_schema(operation_id="organisation_read", responses=OrganisationSerializer)
    def get(self, request: Request, pk: int) -> Response:
        seen = Organisation.objects.visible_to(request.user).with_names()
        return Response(OrganisationSerializer(get_object_or_404(seen, body__id=pk)).data)


api_urlpatterns = [
    path("organisations/", OrganisationListView.as_view(), name="organisation-list"),
    path("organisations/<int:pk>/", OrganisationView.as_view(), name="organisation"),
]
