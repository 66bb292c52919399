"""PDFs of filings: ordered as rows, made by workers from what was frozen, each exactly once."""

from __future__ import annotations

import datetime as dt
import logging

from django.db import transaction
from django.utils import timezone

from audits.reports.models import Filing, Rendering
from audits.reports.policies import check_can_order_pdf
from audits.reports.printing import HTML_LANGUAGES, printed
from audits.reports.selectors import annex_as_printed
from audits.reports.tasks import render_report
from cpaudit.accounts.models import User
from cpaudit.documents.models import Purpose, StoredFile
from cpaudit.documents.pdf import STEPS, Pdf, PdfFailed, render_pdf
from cpaudit.documents.services import NotStored, store_made
from cpaudit.jobs.bell import ring
from cpaudit.jobs.models import ClaimLost, JobState
from cpaudit.notices.services import notify
from cpaudit.rulebook.errors import Stale
from cpaudit.rulebook.findings import Finding, _
from cpaudit.trail.services import record

logger = logging.getLogger(__name__)
LANGUAGE_NAMES = {"en": _("English"), "zh-hans": _("Simplified Chinese")}
TRIES_AFTER_A_CRASH = 3
"""A renderer that was killed may succeed the next time; one that is killed each time will not."""
SILENT_FOR = dt.timedelta(minutes=7)
"""Longer than a rendering may take in all, so a worker that is silent for so long is gone."""

BACK_IN_THE_QUEUE = {
    "state": JobState.WAITING,
    "claim": None,
    "claimed_at": None,
    "attempts": 0,
    "done_units": 0,
    "message": "",
    "finished_at": None,
}


def order_all(*, filing: Filing, by: User | None, at: dt.datetime) -> list[Rendering]:
    """Order the filing's PDF in every language; inside the transaction that files."""
    renderings = [
        Rendering.objects.create(filing=filing, language=language, ordered_by=by, created_at=at)
        for language in HTML_LANGUAGES
    ]
    for rendering in renderings:
        ring(render_report, rendering.pk)
    return renderings


def renew_all(*, filing: Filing, by: User | None, at: dt.datetime) -> int:
    """Have the PDFs made again, because a decision belongs in them now; the old files stay until then.

    Whatever state they are in: one that a worker makes at this moment was begun without the decision, and is dropped.
    """
    count = filing.renderings.update(**BACK_IN_THE_QUEUE)
    for pk in filing.renderings.values_list("pk", flat=True):
        ring(render_report, pk)
    return count


@transaction.atomic
def order_pdf(*, filing: Filing, language: str, by: User, at: dt.datetime) -> Rendering:
    """Have a PDF made that failed or was never ordered; one that is waiting, at work or done is given back as it is."""
    check_can_order_pdf(by, filing.audit)
    if language not in HTML_LANGUAGES:
        raise ValueError(f"Reports are not printed in {language}.")
    rendering, made = Rendering.objects.get_or_create(
        filing=filing, language=language, defaults={"ordered_by": by, "created_at": at}
    )
    if made:
        ring(render_report, rendering.pk)
    elif rendering.state == JobState.FAILED and not _put_back(rendering, by, at):
        raise Stale(_("Somebody ordered this PDF again already."))
    rendering.refresh_from_db()
    return rendering


def _put_back(rendering: Rendering, by: User | None, at: dt.datetime) -> int:
    """Into the queue again, if its state is still the one we know."""
    known = Rendering.objects.filter(pk=rendering.pk, state=rendering.state, attempts=rendering.attempts)
    moved = known.update(**BACK_IN_THE_QUEUE)
    if moved:
        ring(render_report, rendering.pk)
    return moved


def render(*, pk: int, by: User | None, at: dt.datetime) -> None:
    """Make one PDF, if nobody else does. Ends with the row done, failed with a reason, or waiting again."""
    rendering = Rendering.take(pk, at=at)
    if rendering is None:
        return
    try:
        try:
            pdf = _pdf_of(rendering)
            _keep(rendering, pdf, by)
        except PdfFailed as failure:
            _give_up(rendering, failure, by)
        except NotStored as refusal:
            rendering.end(state=JobState.FAILED, at=timezone.now(), message=refusal.sentence)
    except ClaimLost:
        logger.warning("Rendering %s was given to another worker; this one's result is dropped", pk)


def _pdf_of(rendering: Rendering) -> Pdf:
    filing = Filing.objects.select_related("audit").get(pk=rendering.filing_id)
    html = printed(
        content=filing.content,
        annex=annex_as_printed(filing),
        findings=[Finding.from_data(data) for data in filing.findings],
        content_hash=filing.content_hash,
        version=filing.version,
        filed_at=filing.filed_at,
        filed_by=filing.filer_names,
        language=rendering.language,
    )

    def progress(step: int, _page: int) -> None:
        now = timezone.now()
        # Layout reports every page; the row hears of a step at once and of pages every other second.
        silent_for = now - (rendering.heartbeat_at or now)
        if step != rendering.done_units or silent_for > dt.timedelta(seconds=2):
            rendering.beat(at=now, done=step, total=STEPS)

    return render_pdf(html, identifier=f"{filing.content_hash}-{rendering.language}", progress=progress)


def _keep(rendering: Rendering, pdf: Pdf, by: User | None) -> None:
    """Store the file and end the job in one transaction; the file it replaces is put out of sight."""
    filing, now = rendering.filing, timezone.now()
    replaced = rendering.stored_id
    with transaction.atomic():
        rendering.end(state=JobState.DONE, at=now, done_units=STEPS, total_units=STEPS, message="")
        stored = store_made(
            thing=filing,
            content=pdf.body,
            name=f"{filing.audit.number}-v{filing.version}-{rendering.language}.pdf",
            content_type="application/pdf",
            purpose=Purpose.REPORT,
            part=rendering.language,
            by=by,
            at=now,
        )
        Rendering.objects.filter(pk=rendering.pk).update(stored=stored)
        if replaced:
            StoredFile.objects.filter(pk=replaced).update(removed_at=now)
        else:
            _tell(rendering, by, now)


def _tell(rendering: Rendering, by: User | None, at: dt.datetime) -> None:
    filing = rendering.filing
    facts = {"version": filing.version, "language": {"msgid": LANGUAGE_NAMES[rendering.language]}}
    record(verb="report.rendered", thing=filing.audit, by=by, at=at, part="report", facts=facts)
    # One notice, not one for each language: about the PDF he can read.
    if rendering.ordered_by and rendering.ordered_by.language == rendering.language:
        notify(
            kind="report.ready",
            to=[rendering.ordered_by],
            by=None,
            at=at,
            key=f"rendering-{rendering.pk}",
            facts={"audit": filing.audit.number, "version": filing.version},
            link=f"/audits/{filing.audit_id}/report/",
            thing=filing.audit,
        )


def _give_up(rendering: Rendering, failure: PdfFailed, by: User | None) -> None:
    if failure.code == "crashed" and rendering.attempts < TRIES_AFTER_A_CRASH:
        rendering.give_back()
        ring(render_report, rendering.pk)
        return
    filing, now = rendering.filing, timezone.now()
    with transaction.atomic():
        rendering.end(state=JobState.FAILED, at=now, message=failure.reason)
        facts = {
            "version": filing.version,
            "language": {"msgid": LANGUAGE_NAMES[rendering.language]},
            "reason": {"msgid": failure.reason},
        }
        record(verb="report.render_failed", thing=filing.audit, by=by, at=now, part="report", facts=facts)


def sweep_renderings(*, by: User | None, at: dt.datetime) -> int:
    """Give back what dead workers held and ring again for everything that waits; how many rows that was."""
    Rendering.return_stuck(at=at, silent_for=SILENT_FOR)
    waiting = list(Rendering.objects.waiting().order_by("pk").values_list("pk", flat=True)[:500])
    for pk in waiting:
        ring(render_report, pk)
    return len(waiting)
