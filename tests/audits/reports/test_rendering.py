"""PDFs of filings by the real renderer: what they say, that each is made once, and what becomes of failures."""

import datetime as dt
import hashlib
import os
import signal
import socket
import subprocess
import sys
import time

import pytest
from celery import Celery
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext, override

from audits.reports import services
from audits.reports.canonical import content_hash
from audits.reports.models import Rendering
from audits.reports.printing import printed
from audits.reports.services import rendering as service
from audits.reports.tasks import render_report, sweep_renderings
from audits.workflow.rules.transitions import Action
from cpaudit.documents import pdf as pdf_module
from cpaudit.documents.models import StoredFile
from cpaudit.documents.pdf import Pdf, PdfFailed, render_pdf
from cpaudit.jobs import bell
from cpaudit.jobs.models import ClaimLost, JobState
from cpaudit.notices.models import Notice
from cpaudit.rulebook.findings import Finding, Severity
from cpaudit.trail.models import Event
from tests.audits.reports import contents
from tests.factories.audits import later, make_world
from tests.factories.reports import decided, file, filed, rendering, signed

pytestmark = [pytest.mark.django_db, pytest.mark.pdf]
FINDINGS = [
    Finding("R-5", "Item 5", True, "All seven stages are completed."),
    Finding("R-2", "Item 2", False, "No option is implemented yet.", Severity.WARN),
]


@pytest.fixture
def world():
    return make_world()


def render(row, at=None):
    services.render(pk=row.pk, by=None, at=at or timezone.now())
    row.refresh_from_db()
    return row


def text_of(body):
    command = ["pdftotext", "-layout", "-", "-"]
    return subprocess.run(command, input=body, capture_output=True, check=True).stdout.decode()


def stored_bytes(row):
    with default_storage.open(row.stored.file.name) as stored:
        return stored.read()


def print_content(content, language, findings=FINDINGS):
    hash_ = content_hash(content)
    html = printed(
        content=content, annex=contents.annex(hash_), findings=findings, content_hash=hash_, version=2,
        filed_at=dt.datetime(2026, 10, 12, 6, 30, tzinfo=dt.UTC), filed_by={"zh": "张伟", "en": "Zhang Wei"},
        language=language,
    )  # fmt: skip
    return render_pdf(html, identifier=hash_)


# --- What it says ---------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def english():
    return text_of(print_content(contents.rich(), "en").body)


def squeezed(text):
    return " ".join(text.split())


@pytest.mark.parametrize(
    "words",
    [
        "Benxi Beitai Iron and Steel Co., Ltd.",
        "本溪北台钢铁有限公司",
        "Version filed 2",
        "Zhang Wei (Principal auditor, CP-2024-0001)",
        "Continuing cleaner production",
        "Meter the blow-down",
        "1 : 0.3",
        "All seven stages are completed.",
        "Item 5",
        "Version 1 returned for correction by",
        "The water balance of stage 3 does not close.",
        "本人声明",
        "Nothing was written in this section.",
        "flow-meter-invoice.pdf",
        content_hash(contents.rich()),
    ],
)
def test_report_says_what_was_filed(english, words):
    assert words in squeezed(english)


def test_contents_name_the_pages_the_chapters_are_on(english):
    pages = english.split("\f")
    listed = next(page for page in pages if "Results and record" in page)
    for title in ("Findings", "Evidence", "Preface"):
        (line,) = [line for line in listed.splitlines() if title in line and ". . ." in line]
        page = pages[int(line.split()[-1]) - 1]
        assert title in page


def test_every_page_but_the_cover_is_numbered_and_carries_version_and_hash(english):
    pages = english.rstrip("\f\n").split("\f")
    total = len(pages)
    for number, page in enumerate(pages[1:], start=2):
        assert f"{number} / {total}" in page
        assert f"Version 2 · SHA-256 {content_hash(contents.rich())}" in squeezed(page)
    assert f"/ {total}" not in pages[0]


def test_two_hundred_options_repeat_their_heads_on_every_page_and_none_is_lost():
    pdf = print_content(contents.huge(), "zh-hans")
    pages = text_of(pdf.body).split("\f")
    with_options = [page for page in pages if "号方案" in page]
    assert len(with_options) > 5
    codes = [line.split()[0] for page in with_options for line in page.splitlines() if line.strip().startswith("N")]
    assert {f"N{number}" for number in range(1, 201)} <= set(codes)
    with override("zh-hans"):
        heads = [gettext("Payback"), gettext("Effects a year")]
    assert all(head in page for page in with_options for head in heads)
    assert all(sum(line.strip().startswith("N") for line in page.splitlines()) > 1 for page in with_options)


def test_empty_report_says_so_everywhere():
    text = squeezed(text_of(print_content(contents.empty(), "en", findings=[]).body))
    for words in (
        "No team was recorded.", "The register holds no option.", "No yearly figures were recorded.",
        "No findings were recorded.", "No files were added.", "of its own accord",
    ):  # fmt: skip
        assert words in text


def test_names_are_text_and_never_markup():
    content = contents.rich()
    content["enterprise"]["names"]["en"] = "<b>Bold</b> & <script>alert(1)</script> Co."
    content["options"][0]["title"] = "<img src=x onerror=alert(1)>"
    html = printed(
        content=content, annex={}, findings=[], content_hash="0" * 64, version=1,
        filed_at=timezone.now(), filed_by={}, language="en",
    )  # fmt: skip
    assert "<script>" not in html
    assert "<img src=x" not in html


# --- Made once ------------------------------------------------------------------------------------------------------
def test_rendering_stores_the_pdf_and_tells(world):
    filing = filed(world)
    row = render(rendering(filing))
    assert row.state == JobState.DONE
    body = stored_bytes(row)
    assert body.startswith(b"%PDF-")
    assert row.stored.sha256 == hashlib.sha256(body).hexdigest()
    assert row.done_units == row.total_units == pdf_module.STEPS
    assert filing.content_hash in squeezed(text_of(body))
    verbs = Event.objects.about(filing.audit).values_list("verb", flat=True)
    assert list(verbs).count("report.rendered") == 1
    assert Notice.objects.filter(kind="report.ready", recipient=world.consultant).count() == 1


def test_same_filing_gives_the_same_bytes(world):
    filing = filed(world)
    first = stored_bytes(render(rendering(filing)))
    Rendering.objects.filter(filing=filing).update(state=JobState.WAITING)
    assert stored_bytes(render(rendering(filing))) == first


@pytest.fixture
def quick(monkeypatch):
    """A renderer that takes no time, for tests of the row alone; returns the documents it was given."""
    given = []

    def instead(html, **_kwargs):
        given.append(html)
        return Pdf(b"%PDF-quick", 1)

    monkeypatch.setattr(service, "render_pdf", instead)
    return given


def test_message_delivered_twice_renders_once(world, quick):
    row = rendering(filed(world))
    for _delivery in range(3):
        render(row)
    assert len(quick) == 1
    assert StoredFile.objects.filter(purpose="report").count() == 1


def test_decision_is_printed_into_the_pdf_afterwards(world, quick):
    filing = decided(world, Action.APPROVE)
    render(rendering(filing))
    assert "Version 1 approved" in quick[-1]


def test_finished_pdf_is_made_again_with_the_decision_and_the_old_one_goes(world, quick):
    filing = filed(world)
    first = render(rendering(filing)).stored
    filing.audit.refresh_from_db()
    services.decide(
        audit=filing.audit, action=Action.APPROVE, filing_version=1, version=filing.audit.version, by=world.officer,
        at=later(90),
    )  # fmt: skip
    row = rendering(filing)
    assert (row.state, row.stored) == (JobState.WAITING, first)
    assert render(row).stored != first
    first.refresh_from_db()
    assert first.removed_at is not None
    assert len(quick) == 2


def test_pdf_at_work_when_the_decision_falls_is_dropped_and_made_again_with_it(world, quick):
    filing = filed(world)
    at_work = Rendering.take(rendering(filing).pk, at=timezone.now())
    filing.audit.refresh_from_db()
    services.decide(
        audit=filing.audit, action=Action.APPROVE, filing_version=1, version=filing.audit.version, by=world.officer,
        at=later(90),
    )  # fmt: skip
    with pytest.raises(ClaimLost):
        at_work.end(state=JobState.DONE, at=timezone.now())
    render(rendering(filing))
    assert "Version 1 approved" in quick[-1]


# --- Failures -------------------------------------------------------------------------------------------------------
def test_failure_is_kept_with_its_reason_and_can_be_tried_again(world, monkeypatch, quick):
    def fail(*_args, **_kwargs):
        raise PdfFailed("libraries_missing")

    filing = filed(world)
    monkeypatch.setattr(service, "render_pdf", fail)
    row = render(rendering(filing))
    assert row.state == JobState.FAILED
    assert "apt-get install libpangoft2-1.0-0" in row.message
    assert Event.objects.about(filing.audit).filter(verb="report.render_failed").count() == 1
    monkeypatch.setattr(service, "render_pdf", lambda *_args, **_kwargs: Pdf(b"%PDF-quick", 1))
    services.order_pdf(filing=filing, language="en", by=world.consultant, at=timezone.now())
    assert render(row).state == JobState.DONE


def test_killed_renderer_is_tried_again_but_not_for_ever(world, monkeypatch):
    """The real child, killed with the signal of the kernel's memory killer each time it begins to lay out."""

    def killing(html, *, progress, **kwargs):
        def kill(step, page):
            progress(step, page)
            listed = subprocess.run(
                ["ps", "-ww", "-o", "pid=,args=", "--ppid", str(os.getpid())], capture_output=True, text=True
            )
            for line in listed.stdout.splitlines():
                if "pdf_child" in line:
                    os.kill(int(line.split()[0]), signal.SIGKILL)

        return render_pdf(html, progress=kill, **kwargs)

    monkeypatch.setattr(service, "render_pdf", killing)
    row = rendering(filed(world))
    states = [render(row).state for _try in range(service.TRIES_AFTER_A_CRASH)]
    assert states == [JobState.WAITING] * (service.TRIES_AFTER_A_CRASH - 1) + [JobState.FAILED]
    assert "unexpectedly" in row.message


def test_row_of_a_dead_worker_goes_back_and_is_rendered_once(world, quick):
    row = rendering(filed(world))
    died_at = timezone.now() - service.SILENT_FOR - dt.timedelta(seconds=1)
    assert Rendering.take(row.pk, at=died_at)
    assert render(row).state == JobState.RUNNING
    services.sweep_renderings(by=None, at=timezone.now())
    assert render(row).state == JobState.DONE
    assert len(quick) == 1


def test_row_at_work_is_left_alone_by_the_sweep(world):
    row = rendering(filed(world))
    Rendering.take(row.pk, at=timezone.now())
    services.sweep_renderings(by=None, at=timezone.now())
    row.refresh_from_db()
    assert row.state == JobState.RUNNING


def test_result_of_a_worker_that_was_given_up_is_dropped(world, monkeypatch):
    row = rendering(filed(world))

    def slow(html, *, progress, **_kwargs):
        Rendering.objects.filter(pk=row.pk).update(state=JobState.WAITING, claim=None)
        progress(1, 0)
        return Pdf(b"%PDF-late", 1)

    monkeypatch.setattr(service, "render_pdf", slow)
    assert render(row).state == JobState.WAITING
    assert not StoredFile.objects.filter(purpose="report").exists()


def test_storage_that_fails_leaves_a_reason(world, quick, monkeypatch):
    def broken(*_args, **_kwargs):
        raise OSError("disk full")

    monkeypatch.setattr(default_storage, "save", broken)
    row = render(rendering(filed(world)))
    assert row.state == JobState.FAILED
    assert "could not be stored" in row.message


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("reference")
def test_broker_down_at_filing_loses_nothing(world, quick, monkeypatch):
    """The broker's port is closed: the filing succeeds at once, and the sweep finds the rows."""
    audit = signed(world)
    app = Celery("down", broker=f"redis://127.0.0.1:{closed_port()}/0", set_as_current=False)

    @app.task(name="reports.unheard")
    def unheard(pk):
        raise AssertionError("nobody hears this")

    with monkeypatch.context() as down:
        down.setattr(bell, "_silent_until", 0.0)
        down.setattr(service, "render_report", unheard)
        began = time.monotonic()
        filing = file(audit, world.consultant)
        assert time.monotonic() - began < 10
    assert set(filing.renderings.values_list("state", flat=True)) == {JobState.WAITING}
    rung = []
    with monkeypatch.context() as up:
        up.setattr(service, "ring", lambda task, pk: rung.append((task, pk)))
        sweep_renderings()
    assert rung == [(render_report, row.pk) for row in filing.renderings.order_by("pk")]
    for _task, pk in rung:
        render_report(pk)
    assert set(filing.renderings.values_list("state", flat=True)) == {JobState.DONE}


def closed_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("reference")
def test_worker_killed_while_rendering_is_made_good_by_the_next(world):
    """A process of its own takes the row and is killed with -9 in the middle of the rendering."""
    row = rendering(filed(world))
    script = (
        "import django; django.setup()\n"
        "from django.conf import settings\n"
        f"settings.DATABASES['default']['NAME'] = {connection.settings_dict['NAME']!r}\n"
        "from django.utils import timezone\n"
        "from audits.reports import services\n"
        f"services.render(pk={row.pk}, by=None, at=timezone.now())\n"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "cpaudit.settings_test"}
    worker = subprocess.Popen([sys.executable, "-c", script], env=environment)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and rendering(row.filing).done_units < 1:
        assert worker.poll() is None, "the worker ended by itself"
        time.sleep(0.02)
    worker.kill()
    worker.wait()
    row.refresh_from_db()
    assert row.state == JobState.RUNNING
    services.sweep_renderings(by=None, at=timezone.now() + service.SILENT_FOR + dt.timedelta(seconds=30))
    assert render(row).state == JobState.DONE
    assert row.attempts == 2
    assert StoredFile.objects.filter(purpose="report", removed_at=None).count() == 1
