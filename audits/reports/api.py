"""A report over REST: the same services as the pages. The audit is addressed by its number, a filing by its version."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext, override
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audits.reports import serializers as shapes
from audits.reports import services
from audits.reports.diff import diff_of
from audits.reports.models import Filing, Rendering
from audits.reports.rules import DECLARATION, DECLARATION_ZH, filing_findings
from audits.reports.selectors import annex_as_printed, draft_of, signed_of
from audits.workflow.api import answer, audit_for, cleaned
from audits.workflow.models import Audit
from audits.workflow.rules.transitions import WORKING, Action
from audits.workflow.selectors import facts_for
from audits.workflow.serializers import AuditSerializer, CommentInput, VersionInput
from cpaudit.documents.views import file_response
from cpaudit.rulebook.findings import Finding
from cpaudit.web.findings import findings_data
from cpaudit.web.idempotency import idempotent


def filing_for(request: Request, number: str, version: int) -> Filing:
    """That version of that audit's report, or 404 where it is not there for this caller."""
    return get_object_or_404(
        Filing.objects.visible_to(request.user).select_related("audit__enterprise__body__region"),
        audit__number=number,
        version=version,
    )


class ReportView(APIView):
    """The report as the records stand now, with what still stops the filing; 404 while it is not in work."""

    @extend_schema(responses=shapes.DraftSerializer)
    def get(self, request: Request, number: str) -> Response:
        audit = audit_for(request, number)
        if audit.status not in WORKING:
            raise Http404
        draft = draft_of(audit)
        findings = filing_findings(facts_for(audit, on=timezone.localdate()), signed_of(audit), draft.hash)
        signatures = shapes.SignatureSerializer(audit.signatures.all(), many=True, context={"hash": draft.hash})
        with override("en"):
            declaration = gettext(DECLARATION)
        return Response(
            {
                "content_hash": draft.hash,
                "content": draft.content,
                "findings": findings_data(findings),
                "declaration": {"zh": DECLARATION_ZH, "en": declaration},
                "signatures": signatures.data,
            }
        )


class SignView(APIView):
    """Declare and sign as the token's person. Refused (422) with findings where that cannot be."""

    @extend_schema(operation_id="report_sign", request=shapes.SignInput, responses={201: shapes.SignatureSerializer})
    @idempotent
    def post(self, request: Request, number: str) -> Response:
        audit = audit_for(request, number)
        given = cleaned(shapes.SignInput, request)
        signature = services.sign_report(
            audit=audit, expected_hash=given["content_hash"], by=request.user, at=timezone.now()
        )
        data = shapes.SignatureSerializer(signature, context={"hash": signature.content_hash}).data
        return Response(data, status=status.HTTP_201_CREATED)


class FileView(APIView):
    @extend_schema(operation_id="report_file", request=VersionInput, responses={201: shapes.FilingSerializer})
    @idempotent
    def post(self, request: Request, number: str) -> Response:
        audit = audit_for(request, number)
        given = cleaned(VersionInput, request)
        filing = services.file_report(audit=audit, by=request.user, at=timezone.now(), **given)
        return Response(shapes.FilingSerializer(filing).data, status=status.HTTP_201_CREATED)


DECISIONS: dict[str, tuple[Action, type[Any]]] = {
    "approve": (Action.APPROVE, shapes.DecisionInput),
    "return": (Action.RETURN, shapes.ReturnInput),
    "reject": (Action.REJECT, shapes.CommentedDecisionInput),
}


def decision_view(name: str) -> Any:
    """One view for one decision, so that each has its own fields in the schema."""
    action, shape = DECISIONS[name]

    class DecisionView(APIView):
        @extend_schema(operation_id=f"report_{name}", request=shape, responses=AuditSerializer)
        @idempotent
        def post(self, request: Request, number: str) -> Response:
            audit = audit_for(request, number)
            given = cleaned(shape, request)
            return answer(
                request, services.decide(audit=audit, action=action, by=request.user, at=timezone.now(), **given)
            )

    return DecisionView.as_view()


ACTS: dict[str, tuple[Any, type[Any]]] = {
    "take-back": (services.take_back, CommentInput),
    "close": (services.close, VersionInput),
}


def act_view(name: str) -> Any:
    service, shape = ACTS[name]

    class ActView(APIView):
        @extend_schema(operation_id=f"report_{name.replace('-', '_')}", request=shape, responses=AuditSerializer)
        @idempotent
        def post(self, request: Request, number: str) -> Response:
            audit = audit_for(request, number)
            given = cleaned(shape, request)
            return answer(request, service(audit=audit, by=request.user, at=timezone.now(), **given))

    return ActView.as_view()


class FilingListView(APIView):
    @extend_schema(responses=shapes.FilingSerializer(many=True))
    def get(self, request: Request, number: str) -> Response:
        audit: Audit = audit_for(request, number)
        filings = audit.filings.light().prefetch_related("renderings__stored")
        return Response(shapes.FilingSerializer(filings, many=True).data)


class FilingView(APIView):
    """One filed version, whole."""

    @extend_schema(responses=shapes.FilingContentSerializer)
    def get(self, request: Request, number: str, version: int) -> Response:
        filing = filing_for(request, number, version)
        return Response(
            {
                "version": filing.version,
                "content_hash": filing.content_hash,
                "content": filing.content,
                "annex": annex_as_printed(filing),
                "findings": findings_data([Finding.from_data(data) for data in filing.findings]),
            }
        )


class FilingDiffView(APIView):
    """What changed since the version before; 404 for the first."""

    @extend_schema(responses=shapes.ChangeSerializer(many=True))
    def get(self, request: Request, number: str, version: int) -> Response:
        new, old = filing_for(request, number, version), filing_for(request, number, version - 1)
        return Response([shapes.change_data(change) for change in diff_of(old.content, new.content)])


class PdfListView(APIView):
    """The PDFs of a version; `POST` orders one (again, where it failed)."""

    @extend_schema(responses=shapes.RenderingSerializer(many=True))
    def get(self, request: Request, number: str, version: int) -> Response:
        filing = filing_for(request, number, version)
        renderings = filing.renderings.select_related("stored").order_by("language")
        return Response(shapes.RenderingSerializer(renderings, many=True).data)

    @extend_schema(request=shapes.PdfInput, responses={202: shapes.RenderingSerializer})
    @idempotent
    def post(self, request: Request, number: str, version: int) -> Response:
        filing = filing_for(request, number, version)
        given = cleaned(shapes.PdfInput, request)
        rendering = services.order_pdf(filing=filing, by=request.user, at=timezone.now(), **given)
        return Response(shapes.RenderingSerializer(rendering).data, status=status.HTTP_202_ACCEPTED)


class PdfView(APIView):
    """The PDF itself; 404 until it is there."""

    @extend_schema(responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    def get(self, request: Request, number: str, version: int, language: str) -> HttpResponse:
        rendering = get_object_or_404(
            Rendering.objects.visible_to(request.user).select_related("stored"),
            filing__audit__number=number,
            filing__version=version,
            language=language,
            stored__isnull=False,
        )
        if rendering.stored is None:  # the filter has seen to it; said again for the types
            raise Http404
        return file_response(rendering.stored)


REPORT = "audits/<str:number>/report/"
FILING = REPORT + "filings/<int:version>/"
api_urlpatterns = [
    path(REPORT, ReportView.as_view(), name="api-report"),
    path(f"{REPORT}sign/", SignView.as_view(), name="api-report-sign"),
    path(f"{REPORT}file/", FileView.as_view(), name="api-report-file"),
    *[path(f"{REPORT}{name}/", decision_view(name), name=f"api-report-{name}") for name in DECISIONS],
    *[path(f"{REPORT}{name}/", act_view(name), name=f"api-report-{name}") for name in ACTS],
    path(f"{REPORT}filings/", FilingListView.as_view(), name="api-filings"),
    path(FILING, FilingView.as_view(), name="api-filing"),
    path(f"{FILING}changes/", FilingDiffView.as_view(), name="api-filing-changes"),
    path(f"{FILING}pdfs/", PdfListView.as_view(), name="api-pdfs"),
    path(f"{FILING}pdfs/<slug:language>/", PdfView.as_view(), name="api-pdf"),
]
