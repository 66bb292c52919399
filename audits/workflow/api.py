"""An audit over REST: the same services as the pages. Addressed by its number."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audits.workflow import serializers as shapes
from audits.workflow import services
from audits.workflow.filters import AuditFilter
from audits.workflow.models import Audit, Stage
from audits.workflow.rules.gates import STAGE_GATES, findings_of
from audits.workflow.selectors import facts_for, stage_of
from cpaudit.documents.models import StoredFile
from cpaudit.trail.selectors import timeline
from cpaudit.web.findings import findings_data
from cpaudit.web.idempotency import idempotent


def audit_for(request: Request, number: str) -> Audit:
    """The audit of that number, or 404 where it is not there for this caller."""
    return get_object_or_404(Audit.objects.visible_to(request.user).with_names(), number=number)


def cleaned(serializer: type[Any], request: Request, **context: Any) -> dict[str, Any]:
    """The body as the serializer understands it; 400 with every problem otherwise."""
    given = serializer(data=request.data, context={"request": request} | context)
    given.is_valid(raise_exception=True)
    return dict(given.validated_data)


def answer(request: Request, audit: Audit, code: int = status.HTTP_200_OK) -> Response:
    """The audit as it now is. Whoever declined it sees it no more and gets it as he left it."""
    fresh = Audit.objects.visible_to(request.user).with_names().filter(pk=audit.pk).first() or audit
    return Response(shapes.AuditSerializer(fresh).data, status=code)


class AuditListView(ListAPIView):
    """Audits within the caller's jurisdiction; open one."""

    serializer_class = shapes.AuditSerializer
    ordering = ("-pk",)

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return Audit.objects.none()
        found = AuditFilter(self.request.query_params, queryset=Audit.objects.visible_to(self.request.user))
        if not found.is_valid():
            raise ValidationError(found.errors)
        return found.qs.with_names()

    @extend_schema(request=shapes.OpenInput, responses={201: shapes.AuditSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        given = cleaned(shapes.OpenInput, request)
        common = {"enterprise": given["enterprise"], "year": given["year"], "by": request.user, "at": timezone.now()}
        if given["kind"] == "compulsory":
            audit = services.open_compulsory(
                reason=given["reason"], grounds=given["grounds"], published_on=given["published_on"], **common
            )
        else:
            audit = services.open_voluntary(**common)
        return answer(request, audit, status.HTTP_201_CREATED)


class AuditView(APIView):
    @extend_schema(responses=shapes.AuditSerializer)
    def get(self, request: Request, number: str) -> Response:
        return answer(request, audit_for(request, number))


ACTS: dict[str, tuple[Any, type[Any]]] = {
    "engage": (services.engage, shapes.EngageInput),
    "self-audit": (services.self_audit, shapes.VersionInput),
    "decline": (services.decline, shapes.CommentInput),
    "start": (services.start, shapes.StartInput),
    "cancel": (services.cancel, shapes.CommentInput),
}


def act_view(name: str) -> Any:
    """One view for one act, so that each has its own entry and its own fields in the schema."""
    service, shape = ACTS[name]

    class ActView(APIView):
        @extend_schema(operation_id=f"audit_{name.replace('-', '_')}", request=shape, responses=shapes.AuditSerializer)
        @idempotent
        def post(self, request: Request, number: str) -> Response:
            audit = audit_for(request, number)
            given = cleaned(shape, request)
            return answer(request, service(audit=audit, by=request.user, at=timezone.now(), **given))

    return ActView.as_view()


class TimelineView(APIView):
    @extend_schema(responses=shapes.LineSerializer(many=True))
    def get(self, request: Request, number: str) -> Response:
        lines = timeline(audit_for(request, number))
        return Response(shapes.LineSerializer(lines, many=True).data)


class DecisionListView(APIView):
    @extend_schema(responses=shapes.DecisionSerializer(many=True))
    def get(self, request: Request, number: str) -> Response:
        decisions = audit_for(request, number).decisions.all()
        return Response(shapes.DecisionSerializer(decisions, many=True).data)


class TeamView(APIView):
    @extend_schema(responses=shapes.MemberSerializer(many=True))
    def get(self, request: Request, number: str) -> Response:
        return Response(shapes.MemberSerializer(audit_for(request, number).team.all(), many=True).data)

    @extend_schema(request=shapes.MemberInput, responses={201: shapes.MemberSerializer})
    @idempotent
    def post(self, request: Request, number: str) -> Response:
        audit = audit_for(request, number)
        given = cleaned(shapes.MemberInput, request, audit=audit)
        member = services.add_member(audit=audit, by=request.user, at=timezone.now(), **given)
        return Response(shapes.MemberSerializer(member).data, status=status.HTTP_201_CREATED)


class MemberView(APIView):
    @extend_schema(responses={204: None})
    @idempotent
    def delete(self, request: Request, number: str, member: int) -> Response:
        audit = audit_for(request, number)
        row = get_object_or_404(audit.team.select_related("audit"), pk=member)
        services.remove_member(member=row, by=request.user, at=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


def stage_for(request: Request, number: str, stage: int) -> Stage:
    audit = audit_for(request, number)
    try:
        found = stage_of(audit, stage)
    except Stage.DoesNotExist as missing:
        raise Http404 from missing
    found.audit = audit
    return found


def stage_answer(stage: Stage) -> Response:
    return Response(shapes.StageSerializer(stage_of(stage.audit, stage.number)).data)


class StageListView(APIView):
    @extend_schema(responses=shapes.StageSerializer(many=True))
    def get(self, request: Request, number: str) -> Response:
        stages = audit_for(request, number).stages.prefetch_related("sections", "deliverables")
        return Response(shapes.StageSerializer(stages, many=True).data)


class StageView(APIView):
    @extend_schema(responses=shapes.StageSerializer)
    def get(self, request: Request, number: str, stage: int) -> Response:
        return stage_answer(stage_for(request, number, stage))


class StageFindingsView(APIView):
    """What the gates say of the stage today, each finding with its article."""

    @extend_schema(responses={200: {"type": "object", "properties": {"findings": {"type": "array"}}}})
    def get(self, request: Request, number: str, stage: int) -> Response:
        found = stage_for(request, number, stage)
        findings = findings_of(STAGE_GATES[stage], facts_for(found.audit, on=timezone.localdate()))
        return Response({"findings": findings_data(findings)})


class SectionView(APIView):
    @extend_schema(request=shapes.SectionInput, responses=shapes.StageSerializer)
    @idempotent
    def put(self, request: Request, number: str, stage: int, key: str) -> Response:
        found = stage_for(request, number, stage)
        known(found.spec.section, key)
        given = cleaned(shapes.SectionInput, request)
        services.write_section(stage=found, key=key, by=request.user, at=timezone.now(), **given)
        return stage_answer(found)


class DeliverableView(APIView):
    """PUT marks a deliverable as done, DELETE as open; both may be repeated."""

    @extend_schema(request=None, responses=shapes.StageSerializer)
    @idempotent
    def put(self, request: Request, number: str, stage: int, key: str) -> Response:
        return self.mark(services.tick_deliverable, request, number, stage, key)

    @extend_schema(responses=shapes.StageSerializer)
    @idempotent
    def delete(self, request: Request, number: str, stage: int, key: str) -> Response:
        return self.mark(services.untick_deliverable, request, number, stage, key)

    def mark(self, service: Any, request: Request, number: str, stage: int, key: str) -> Response:
        found = stage_for(request, number, stage)
        known(found.spec.deliverable, key)
        service(stage=found, key=key, by=request.user, at=timezone.now())
        return stage_answer(found)


def known(look_up: Any, key: str) -> None:
    try:
        look_up(key)
    except KeyError as unknown:
        raise Http404 from unknown


STAGE_ACTS: dict[str, tuple[Any, type[Any]]] = {
    "begin": (services.begin_stage, shapes.VersionInput),
    "submit": (services.complete_stage, shapes.VersionInput),
    "reopen": (services.reopen_stage, shapes.CommentInput),
    "send-back": (services.send_stage_back, shapes.SendBackInput),
    "dates": (services.set_stage_dates, shapes.DatesInput),
}


def stage_act_view(name: str) -> Any:
    service, shape = STAGE_ACTS[name]

    class StageActView(APIView):
        @extend_schema(operation_id=f"stage_{name.replace('-', '_')}", request=shape, responses=shapes.StageSerializer)
        @idempotent
        def post(self, request: Request, number: str, stage: int) -> Response:
            found = stage_for(request, number, stage)
            given = cleaned(shape, request)
            service(stage=found, by=request.user, at=timezone.now(), **given)
            return stage_answer(found)

    return StageActView.as_view()


class WorkView(APIView):
    @extend_schema(responses=shapes.WorkSerializer(many=True))
    def get(self, request: Request, number: str) -> Response:
        return Response(shapes.WorkSerializer(audit_for(request, number).work.all(), many=True).data)

    @extend_schema(request=shapes.WorkInput, responses={201: shapes.WorkSerializer})
    @idempotent
    def post(self, request: Request, number: str) -> Response:
        audit = audit_for(request, number)
        given = cleaned(shapes.WorkInput, request, audit=audit)
        entry = services.log_work(audit=audit, by=request.user, at=timezone.now(), **given)
        return Response(shapes.WorkSerializer(entry).data, status=status.HTTP_201_CREATED)


class WorkEntryView(APIView):
    @extend_schema(responses={204: None}, parameters=[OpenApiParameter("entry", int, OpenApiParameter.PATH)])
    @idempotent
    def delete(self, request: Request, number: str, entry: int) -> Response:
        audit = audit_for(request, number)
        row = get_object_or_404(audit.work.select_related("member", "audit"), pk=entry)
        services.remove_work(entry=row, by=request.user, at=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


class FileListView(APIView):
    """The audit's files; `POST` (multipart: file, caption) adds evidence to a stage."""

    @extend_schema(responses=shapes.FileSerializer(many=True))
    def get(self, request: Request, number: str) -> Response:
        files = StoredFile.objects.about(audit_for(request, number))
        return Response(shapes.FileSerializer(files, many=True).data)


class StageFileView(APIView):
    @extend_schema(request={"multipart/form-data": shapes.FileInput}, responses={201: shapes.FileSerializer})
    @idempotent
    def post(self, request: Request, number: str, stage: int) -> Response:
        found = stage_for(request, number, stage)
        given = cleaned(shapes.FileInput, request)
        file = services.add_stage_file(
            stage=found, upload=given["file"], caption=given["caption"], by=request.user, at=timezone.now()
        )
        return Response(shapes.FileSerializer(file).data, status=status.HTTP_201_CREATED)


class StageFileEntryView(APIView):
    @extend_schema(responses={204: None})
    @idempotent
    def delete(self, request: Request, number: str, stage: int, file: int) -> Response:
        found = stage_for(request, number, stage)
        row = get_object_or_404(StoredFile.objects.about(found.audit).filter(part=services.part_of(found)), pk=file)
        services.remove_stage_file(stage=found, file=row, by=request.user, at=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


ONE = "audits/<str:number>/"
STAGE = ONE + "stages/<int:stage>/"
api_urlpatterns = [
    path("audits/", AuditListView.as_view(), name="api-audits"),
    path(ONE, AuditView.as_view(), name="api-audit"),
    *[path(f"{ONE}{name}/", act_view(name), name=f"api-audit-{name}") for name in ACTS],
    path(f"{ONE}timeline/", TimelineView.as_view(), name="api-timeline"),
    path(f"{ONE}decisions/", DecisionListView.as_view(), name="api-decisions"),
    path(f"{ONE}team/", TeamView.as_view(), name="api-team"),
    path(f"{ONE}team/<int:member>/", MemberView.as_view(), name="api-member"),
    path(f"{ONE}work/", WorkView.as_view(), name="api-work"),
    path(f"{ONE}work/<int:entry>/", WorkEntryView.as_view(), name="api-work-entry"),
    path(f"{ONE}stages/", StageListView.as_view(), name="api-stages"),
    path(STAGE, StageView.as_view(), name="api-stage"),
    path(f"{STAGE}findings/", StageFindingsView.as_view(), name="api-stage-findings"),
    *[path(f"{STAGE}{name}/", stage_act_view(name), name=f"api-stage-{name}") for name in STAGE_ACTS],
    path(f"{ONE}files/", FileListView.as_view(), name="api-files"),
    path(f"{STAGE}files/", StageFileView.as_view(), name="api-stage-files"),
    path(f"{STAGE}files/<int:file>/", StageFileEntryView.as_view(), name="api-stage-file"),
    path(f"{STAGE}sections/<slug:key>/", SectionView.as_view(), name="api-section"),
    path(f"{STAGE}deliverables/<slug:key>/", DeliverableView.as_view(), name="api-deliverable"),
]
