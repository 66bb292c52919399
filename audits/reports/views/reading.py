"""Reading a report: where it stands, what would be signed, what was filed, what changed, its PDFs."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from audits.reports.book import book_of
from audits.reports.changes import told
from audits.reports.diff import diff_of
from audits.reports.models import Filing, Rendering
from audits.reports.policies import check_can_order_pdf, check_can_sign
from audits.reports.printing import HTML_LANGUAGES
from audits.reports.rules import DECLARATION, DECLARATION_ZH, closing_findings, filing_findings, holding
from audits.reports.selectors import Draft, annex_as_printed, annex_of, draft_of, member_of, signed_of
from audits.workflow.models import Audit
from audits.workflow.policies import allowed
from audits.workflow.rules.gates import every_stage_is_completed, qualified
from audits.workflow.rules.transitions import WORKING, Status
from audits.workflow.selectors import facts_for
from audits.workflow.views.frame import audit_page, get_audit
from cpaudit.documents.views import file_response
from cpaudit.rulebook.findings import Finding, blocking
from cpaudit.web.words import in_language

LANGUAGE_NAMES = {"en": "English", "zh-hans": "简体中文"}


def report_page(request: HttpRequest, audit: Audit, **more: Any) -> dict[str, Any]:
    """The frame of every page of a report: without the stepper, which would stand in the reader's way."""
    page = audit_page(request, audit, "report", **more)
    page["crumbs"].append((_("Report"), reverse("audits:report-detail", args=[audit.pk])))
    return page | {"stepper": None}


def get_filing(audit: Audit, version: int) -> Filing:
    filing = get_object_or_404(Filing, audit=audit, version=version)
    filing.audit = audit
    return filing


@login_required
@require_safe
def report_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Where the report stands and what the reader can do about it."""
    audit = get_audit(request, pk)
    filings = list(audit.filings.light().prefetch_related("renderings__stored").order_by("-version"))
    context = {
        "filings": [(filing, pdfs_of(filing, request)) for filing in filings],
        "decisions": audit.decisions.all(),
        "working": audit.status in WORKING,
    }
    if audit.status in WORKING:
        context |= draft_context(request, audit)
    if audit.status == Status.APPROVED:
        context["closing"] = closing_findings(facts_for(audit, on=timezone.localdate()))
    page = audit_page(request, audit, "report", **context)
    return render(request, "audits/reports/report_detail.html", page)


def draft_context(request: HttpRequest, audit: Audit) -> dict[str, Any]:
    """What stands there now, who has signed it, and what still stops the filing."""
    draft, signed = draft_of(audit), signed_of(audit)
    facts = facts_for(audit, on=timezone.localdate())
    findings = filing_findings(facts, signed, draft.hash)
    holds = {signature.member for signature in holding(signed, draft.hash, facts)}
    before = {signature.member for signature in signed}
    member = member_of(audit, request.user)
    return {
        "draft": draft,
        "findings": findings,
        "ready": not blocking(findings),
        # Nobody signs before the last stage is completed.
        "stages_done": not blocking(every_stage_is_completed(facts)),
        "signers": [
            (in_language(each.names), each.level, each.pk in holds, each.pk in before) for each in qualified(facts)
        ],
        "can_sign": allowed(check_can_sign, request.user, audit)
        and member is not None
        and member.pk in {each.pk for each in qualified(facts)} - holds,
    }


def pdfs_of(filing: Filing, request: HttpRequest) -> list[dict[str, Any]]:
    """The PDFs of a filing, one for each language, ordered or not."""
    ordered = {rendering.language: rendering for rendering in filing.renderings.all()}
    may_order = allowed(check_can_order_pdf, request.user, filing.audit)
    return [pdf_of(filing, language, ordered.get(language), may_order) for language in HTML_LANGUAGES]


def pdf_of(filing: Filing, language: str, rendering: Rendering | None, may_order: bool) -> dict[str, Any]:
    """One PDF for the fragment `_pdf.html`."""
    address = [filing.audit_id, filing.version, language]
    return {
        "name": LANGUAGE_NAMES[language],
        "rendering": rendering,
        "at_work": rendering is not None and rendering.state in {"waiting", "running"},
        "may_order": may_order,
        "status_url": reverse("audits:pdf-status", args=address),
        "order_url": reverse("audits:pdf-order", args=address),
        "download_url": reverse("audits:pdf-download", args=address),
    }


@login_required
@require_safe
def report_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """What stands there now, as it would be signed and filed."""
    audit = get_audit(request, pk)
    if audit.status not in WORKING:
        raise Http404
    draft = draft_of(audit)
    facts = facts_for(audit, on=timezone.localdate())
    book = draft_book(audit, draft, filing_findings(facts, signed_of(audit), draft.hash))
    return render(request, "audits/reports/report_preview.html", report_page(request, audit, draft=draft, **book))


def draft_book(audit: Audit, draft: Draft, findings: list[Finding]) -> dict[str, Any]:
    """The draft as the reading partials want it."""
    book = book_of(draft.content, annex=annex_of(audit), findings=findings, content_hash=draft.hash)
    return book_context(book, draft.hash)


def book_context(book: Any, content_hash: str, filed_by: str = "") -> dict[str, Any]:
    return {
        "book": book,
        "content_hash": content_hash,
        "filed_by": filed_by,
        "declaration_en": DECLARATION,
        "declaration_zh": DECLARATION_ZH,
    }


def filing_book(filing: Filing) -> dict[str, Any]:
    """A filing as the reading partials want it: exactly what was frozen."""
    findings = [Finding.from_data(data) for data in filing.findings]
    book = book_of(filing.content, annex=annex_as_printed(filing), findings=findings, content_hash=filing.content_hash)
    return book_context(book, filing.content_hash, filing.filer_name)


@login_required
@require_safe
def filing_detail(request: HttpRequest, pk: int, version: int) -> HttpResponse:
    """One filed version, readable on the screen."""
    audit = get_audit(request, pk)
    filing = get_filing(audit, version)
    page = report_page(request, audit, filing=filing, pdfs=pdfs_of(filing, request), **filing_book(filing))
    return render(request, "audits/reports/filing_detail.html", page)


@login_required
@require_safe
def filing_diff(request: HttpRequest, pk: int, version: int) -> HttpResponse:
    """What changed since the version before."""
    audit = get_audit(request, pk)
    new, old = get_filing(audit, version), get_filing(audit, version - 1)
    changes = told(diff_of(old.content, new.content), new=new.content)
    page = report_page(request, audit, filing=new, previous=old, changes=changes)
    return render(request, "audits/reports/filing_diff.html", page)


@login_required
@require_safe
def pdf_status(request: HttpRequest, pk: int, version: int, language: str) -> HttpResponse:
    """The fragment that is asked for again until the PDF is there."""
    audit = get_audit(request, pk)
    rendering = get_object_or_404(
        Rendering.objects.visible_to(request.user).select_related("filing", "stored"),
        filing__audit=audit,
        filing__version=version,
        language=language,
    )
    rendering.filing.audit = audit
    may_order = allowed(check_can_order_pdf, request.user, audit)
    return render(
        request, "audits/reports/_pdf.html", {"pdf": pdf_of(rendering.filing, language, rendering, may_order)}
    )


@login_required
@require_safe
def pdf_download(request: HttpRequest, pk: int, version: int, language: str) -> HttpResponse:
    audit = get_audit(request, pk)
    rendering = get_object_or_404(
        Rendering.objects.visible_to(request.user).select_related("stored"),
        filing__audit=audit,
        filing__version=version,
        language=language,
        stored__isnull=False,
    )
    if rendering.stored is None:  # the filter has seen to it; said again for the types
        raise Http404
    return file_response(rendering.stored, shown="show" in request.GET)
