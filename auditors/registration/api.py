"""The register of auditors over REST."""

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

from auditors.people import services as people
from auditors.people.models import Auditor
from auditors.people.policies import check_can_keep_register
from auditors.registration import services
from auditors.registration.filters import AuditorFilter
from auditors.registration.models import Registration
from auditors.registration.rules import Level
from auditors.registration.selectors import with_registrations
from cpaudit.accounts.models import Body
from cpaudit.web.api import StrictSerializer
from cpaudit.web.idempotency import idempotent


class RegistrationSerializer(serializers.ModelSerializer):
    """One registration: it holds from `approved_on` to `valid_until`, or to the day before `ended_on`."""

    class Meta:
        model = Registration
        fields = ("id", "level", "certificate_no", "approved_on", "valid_until", "ended_on", "ended_because")


class AuditorSerializer(serializers.ModelSerializer):
    """One auditor with all his registrations, the newest first."""

    employer = serializers.IntegerField(source="employer_id", allow_null=True)
    registrations = RegistrationSerializer(many=True)

    class Meta:
        model = Auditor
        fields = ("id", "version", "name_zh", "name_en", "employer", "registrations")


class AuditorInput(StrictSerializer):
    """A person to enter. `employer` is the number of a body, `email` that of the person's account."""

    name_zh = serializers.CharField(max_length=80, allow_blank=True, default="")
    name_en = serializers.CharField(max_length=120, allow_blank=True, default="")
    employer = serializers.PrimaryKeyRelatedField(
        queryset=Body.objects.of_kind("consulting", "assessment", "enterprise"), allow_null=True, default=None
    )
    email = serializers.EmailField(allow_blank=True, default="")


class RegistrationInput(StrictSerializer):
    level = serializers.ChoiceField(choices=[level.value for level in Level])
    certificate_no = serializers.CharField(max_length=40)
    approved_on = serializers.DateField()


class EndInput(StrictSerializer):
    ended_on = serializers.DateField(help_text="The first day on which it no longer holds.")
    because = serializers.CharField(max_length=200)


def auditor_for(request: Request, pk: int) -> Auditor:
    """The auditor, or 404 where he is not there for this caller."""
    return get_object_or_404(with_registrations(Auditor.objects.visible_to(request.user)), pk=pk)


def cleaned(serializer: type[Any], request: Request) -> dict[str, Any]:
    """The body as the serializer understands it; 400 with every problem otherwise."""
    given = serializer(data=request.data)
    given.is_valid(raise_exception=True)
    return dict(given.validated_data)


class AuditorListView(ListAPIView):
    """Auditors one may see; enter one."""

    serializer_class = AuditorSerializer
    ordering = ("pk",)

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return Auditor.objects.none()
        seen = with_registrations(Auditor.objects.visible_to(self.request.user))
        found = AuditorFilter(self.request.query_params, seen, user=self.request.user)
        if not found.is_valid():
            raise ValidationError(found.errors)
        return found.qs

    @extend_schema(
        operation_id="auditor_list",
        parameters=[
            OpenApiParameter("q", str, description="A part of a name, the employer's name, or a certificate's number."),
            OpenApiParameter("level", str, enum=[level.value for level in Level], description="Valid today as."),
            OpenApiParameter("region", str, description="A region's code; employed anywhere inside it."),
        ],
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(operation_id="auditor_enter", request=AuditorInput, responses={201: AuditorSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        check_can_keep_register(request.user)  # before the body is read: it names employers
        auditor = people.enter_auditor(by=request.user, at=timezone.now(), **cleaned(AuditorInput, request))
        where = {"Location": reverse("auditor", args=[auditor.pk])}
        return Response(AuditorSerializer(auditor).data, status=status.HTTP_201_CREATED, headers=where)


class AuditorView(APIView):
    @extend_schema(operation_id="auditor_read", responses=AuditorSerializer)
    def get(self, request: Request, pk: int) -> Response:
        return Response(AuditorSerializer(auditor_for(request, pk)).data)


class RegistrationListView(APIView):
    @extend_schema(
        operation_id="registration_enter", request=RegistrationInput, responses={201: RegistrationSerializer}
    )
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        auditor = auditor_for(request, pk)
        given = cleaned(RegistrationInput, request)
        registration = services.enter_registration(auditor=auditor, by=request.user, at=timezone.now(), **given)
        return Response(RegistrationSerializer(registration).data, status=status.HTTP_201_CREATED)


class RegistrationEndView(APIView):
    @extend_schema(operation_id="registration_end", request=EndInput, responses=RegistrationSerializer)
    @idempotent
    def post(self, request: Request, pk: int, registration: int) -> Response:
        found = get_object_or_404(
            Registration.objects.visible_to(request.user).select_related("auditor__user"),
            pk=registration,
            auditor=auditor_for(request, pk),
        )
        given = cleaned(EndInput, request)
        ended = services.end_registration(registration=found, by=request.user, at=timezone.now(), **given)
        return Response(RegistrationSerializer(ended).data)


api_urlpatterns = [
    path("auditors/", AuditorListView.as_view(), name="auditor-list"),
    path("auditors/<int:pk>/", AuditorView.as_view(), name="auditor"),
    path("auditors/<int:pk>/registrations/", RegistrationListView.as_view(), name="registration-list"),
    path(
        "auditors/<int:pk>/registrations/<int:registration>/end/",
        RegistrationEndView.as_view(),
        name="registration-end",
    ),
]
