"""Options over REST: the same services as the pages. Addressed by the audit's number and the option's code."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import ValidationError
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audits.options import serializers as shapes
from audits.options import services
from audits.options.filters import OptionFilter
from audits.options.models import Option, OptionEffect
from audits.options.selectors import files_of, options_to_follow
from audits.workflow.api import answer as audit_answer
from audits.workflow.api import audit_for, cleaned
from audits.workflow.models import Audit
from audits.workflow.serializers import AuditSerializer, FileInput, FileSerializer, ThresholdInput, VersionInput
from cpaudit.web.idempotency import idempotent

FILTERS = [
    OpenApiParameter("q", str, description="Words of the title, or the code."),
    OpenApiParameter("status", str, description="One status."),
    OpenApiParameter("cost_class", str, description="One cost class, or `unknown`."),
    OpenApiParameter("aspect", str, description="One of the eight aspects, as the main or another one."),
    OpenApiParameter("overdue", str, enum=["true"], description="Only what is late."),
]


def option_for(request: Request, number: str, code: str) -> Option:
    """The option with its audit and effects, or 404 where one of them is not there for this caller."""
    audit = audit_for(request, number)
    options = Option.objects.visible_to(request.user).filter(audit=audit).with_effects()
    option = get_object_or_404(options, code=code)
    option.audit = audit
    return option


def answer(request: Request, option: Option, code: int = status.HTTP_200_OK) -> Response:
    """The option as it now is."""
    fresh = Option.objects.visible_to(request.user).select_related("audit").with_effects().get(pk=option.pk)
    return Response(shapes.OptionDetailSerializer(fresh).data, status=code)


def narrowed(request: Request, options: Any) -> Any:
    """What the caller's filters leave; 400 for a value no filter knows."""
    found = OptionFilter(request.query_params, queryset=options)
    if not found.form.is_valid():
        raise ValidationError(found.form.errors)
    return found.qs.with_effects()


class OptionListView(ListAPIView):
    """The register of an audit; propose an option."""

    serializer_class = shapes.OptionSerializer
    ordering = ("code_length", "code")

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return Option.objects.none()
        audit = audit_for(self.request, self.kwargs["number"])
        seen = Option.objects.visible_to(self.request.user).filter(audit=audit).in_order()
        return narrowed(self.request, seen)

    @extend_schema(operation_id="option_list", parameters=FILTERS)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="option_add", request=shapes.AddInput, responses={201: shapes.OptionDetailSerializer}
    )  # fmt: skip
    @idempotent
    def post(self, request: Request, number: str) -> Response:
        audit = audit_for(request, number)
        given = cleaned(shapes.AddInput, request)
        option = services.add_option(audit=audit, by=request.user, at=timezone.now(), **given)
        return answer(request, option, status.HTTP_201_CREATED)


class OptionView(APIView):
    """One option: read it, edit it, remove it."""

    @extend_schema(operation_id="option_detail", responses=shapes.OptionDetailSerializer)
    def get(self, request: Request, number: str, code: str) -> Response:
        return answer(request, option_for(request, number, code))

    @extend_schema(
        operation_id="option_change", request=shapes.ChangeInput, responses=shapes.OptionDetailSerializer
    )  # fmt: skip
    @idempotent
    def patch(self, request: Request, number: str, code: str) -> Response:
        option = option_for(request, number, code)
        changes = cleaned(shapes.ChangeInput, request)
        version = changes.pop("version")
        changed = services.change_option(
            option=option, changes=changes, version=version, by=request.user, at=timezone.now()
        )
        return answer(request, changed)

    @extend_schema(
        operation_id="option_remove",
        parameters=[OpenApiParameter("version", int, required=True, description="The version that is removed.")],
        responses={204: None},
    )
    @idempotent
    def delete(self, request: Request, number: str, code: str) -> Response:
        option = option_for(request, number, code)
        given = VersionInput(data=request.query_params.dict())
        given.is_valid(raise_exception=True)
        services.remove_option(option=option, by=request.user, at=timezone.now(), **given.validated_data)
        return Response(status=status.HTTP_204_NO_CONTENT)


ACTS: dict[str, tuple[Any, type[Any]]] = {
    "screen": (services.screen_option, shapes.ScreenInput),
    "undo-screening": (services.undo_screening, VersionInput),
    "start": (services.start_option, VersionInput),
    "progress": (services.record_progress, shapes.ProgressInput),
    "effects": (services.record_effect, shapes.EffectInput),
    "implement": (services.mark_implemented, shapes.ResultsInput),
    "results": (services.correct_results, shapes.ResultsInput),
    "abandon": (services.abandon_option, shapes.AbandonInput),
    "reopen": (services.reopen_option, VersionInput),
}


def act_view(name: str) -> Any:
    """One view for one act, so that each has its own entry and its own fields in the schema."""
    service, shape = ACTS[name]

    class ActView(APIView):
        @extend_schema(
            operation_id=f"option_{name.replace('-', '_')}", request=shape, responses=shapes.OptionDetailSerializer
        )
        @idempotent
        def post(self, request: Request, number: str, code: str) -> Response:
            option = option_for(request, number, code)
            given = cleaned(shape, request)
            service(option=option, by=request.user, at=timezone.now(), **given)
            return answer(request, option)

    return ActView.as_view()


class EffectView(APIView):
    @extend_schema(
        operation_id="option_effect_remove",
        parameters=[
            OpenApiParameter("effect", int, OpenApiParameter.PATH),
            OpenApiParameter("version", int, required=True, description="The option's version."),
        ],
        responses=shapes.OptionDetailSerializer,
    )
    @idempotent
    def delete(self, request: Request, number: str, code: str, effect: int) -> Response:
        option = option_for(request, number, code)
        row: OptionEffect = get_object_or_404(option.effects.select_related("metric"), pk=effect)
        row.option = option
        given = VersionInput(data=request.query_params.dict())
        given.is_valid(raise_exception=True)
        services.remove_effect(effect=row, by=request.user, at=timezone.now(), **given.validated_data)
        return answer(request, option)


class FileView(APIView):
    """Evidence of an option (multipart: file, caption)."""

    @extend_schema(operation_id="option_files", responses=FileSerializer(many=True))
    def get(self, request: Request, number: str, code: str) -> Response:
        return Response(FileSerializer(files_of(option_for(request, number, code)), many=True).data)

    @extend_schema(
        operation_id="option_file_add",
        request={"multipart/form-data": FileInput},
        responses={201: FileSerializer},
    )
    @idempotent
    def post(self, request: Request, number: str, code: str) -> Response:
        option = option_for(request, number, code)
        given = cleaned(FileInput, request)
        file = services.add_evidence(
            option=option, upload=given["file"], caption=given["caption"], by=request.user, at=timezone.now()
        )
        return Response(FileSerializer(file).data, status=status.HTTP_201_CREATED)


class FileEntryView(APIView):
    @extend_schema(
        operation_id="option_file_remove",
        parameters=[OpenApiParameter("file", OpenApiTypes.INT, OpenApiParameter.PATH)],
        responses={204: None},
    )
    @idempotent
    def delete(self, request: Request, number: str, code: str, file: int) -> Response:
        option = option_for(request, number, code)
        row = get_object_or_404(files_of(option), pk=file)
        services.remove_evidence(option=option, file=row, by=request.user, at=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


class ThresholdView(APIView):
    @extend_schema(operation_id="audit_cost_classes", request=ThresholdInput, responses=AuditSerializer)
    @idempotent
    def post(self, request: Request, number: str) -> Response:
        """Declare the audit's cost classes; its options are classed anew."""
        audit: Audit = audit_for(request, number)
        given = cleaned(ThresholdInput, request)
        return audit_answer(request, services.set_thresholds(audit=audit, by=request.user, at=timezone.now(), **given))


class FollowedOption(shapes.OptionSerializer):
    """An option with the audit it belongs to."""

    audit = serializers.CharField(source="audit.number", read_only=True)

    class Meta(shapes.OptionSerializer.Meta):
        fields = ("audit", *shapes.OptionSerializer.Meta.fields)


class FollowedListView(ListAPIView):
    """Over all audits: what an enterprise has to carry out; for everybody else, what is overdue."""

    serializer_class = FollowedOption
    ordering = ("due_on", "pk")

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return Option.objects.none()
        return narrowed(self.request, options_to_follow(self.request.user, on=timezone.localdate()))

    @extend_schema(operation_id="options_to_follow", parameters=FILTERS)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)


ALL = "audits/<str:number>/options/"
ONE = ALL + "<str:code>/"
api_urlpatterns = [
    path("options/", FollowedListView.as_view(), name="api-my-options"),
    path("audits/<str:number>/cost-classes/", ThresholdView.as_view(), name="api-audit-cost-classes"),
    path(ALL, OptionListView.as_view(), name="api-options"),
    path(ONE, OptionView.as_view(), name="api-option"),
    *[path(f"{ONE}{name}/", act_view(name), name=f"api-option-{name}") for name in ACTS],
    path(f"{ONE}effects/<int:effect>/", EffectView.as_view(), name="api-option-effect"),
    path(f"{ONE}files/", FileView.as_view(), name="api-option-files"),
    path(f"{ONE}files/<int:file>/", FileEntryView.as_view(), name="api-option-file"),
]
