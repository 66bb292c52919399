"""Compulsory lists over REST. An enterprise is put on one by opening its compulsory audit (see the workflow)."""

from __future__ import annotations

from typing import Any

from django.urls import path
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from audits.programme.filters import STATES, ListingFilter
from audits.programme.models import Listing
from audits.programme.rules import Reason


class ListingSerializer(serializers.ModelSerializer):
    """One enterprise on one year's list."""

    enterprise = serializers.IntegerField(source="enterprise_id")
    region = serializers.CharField(source="enterprise.body.region.code")
    sector = serializers.CharField(source="enterprise.sector.code")
    authority = serializers.IntegerField(source="authority_id")
    audit = serializers.CharField(source="audit.number", allow_null=True, default=None)

    class Meta:
        model = Listing
        fields = (
            "id",
            "year",
            "enterprise",
            "region",
            "sector",
            "authority",
            "reason",
            "grounds",
            "published_on",
            "disclose_by",
            "start_by",
            "report_by",
            "audit",
        )


class ListingListView(ListAPIView):
    """Listings within the caller's jurisdiction: of one year, this year's where none is given."""

    serializer_class = ListingSerializer
    ordering = ("-pk",)

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return Listing.objects.none()
        seen = Listing.objects.visible_to(self.request.user).with_names()
        found = ListingFilter(self.request.query_params, seen, user=self.request.user)
        if not found.is_valid():
            raise ValidationError(found.errors)
        return found.qs

    @extend_schema(
        operation_id="listing_list",
        parameters=[
            OpenApiParameter("year", int),
            OpenApiParameter("q", str, description="A part of a name, or the beginning of a credit code."),
            OpenApiParameter("region", str, description="A region's code; everything inside it."),
            OpenApiParameter("sector", str, description="An industry's code."),
            OpenApiParameter("reason", str, enum=[str(reason) for reason in Reason]),
            OpenApiParameter("state", str, enum=[state for state, _label in STATES]),
        ],
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)


api_urlpatterns = [path("listings/", ListingListView.as_view(), name="listing-list")]
