"""The worker's side: once and only once, all or nothing, whatever dies."""

import datetime as dt
import threading
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections

from audits.enterprises.models import Enterprise
from cpaudit.accounts.models import Posting, User
from cpaudit.documents.models import StoredFile
from cpaudit.imports import services, work
from cpaudit.imports.models import Import, ImportRun, RunProblem
from cpaudit.imports.records import Conflict
from cpaudit.imports.selectors import failure_of
from cpaudit.jobs.models import MAX_ATTEMPTS, SILENT_FOR, ClaimLost, JobState
from cpaudit.notices.models import Notice
from cpaudit.rulebook.errors import Invalid, NotAllowed, Refused, Stale
from cpaudit.trail.models import Event
from tests.cpaudit.imports.iac import FOLDER, PLANTS, dry, mapping, ready, real, take_in
from tests.factories.people import make_authority, make_user
from tests.factories.reference import load_reference_data

AT = dt.datetime(2026, 11, 2, 9, 0, tzinfo=dt.UTC)


@pytest.fixture
def officer(reference: None) -> User:
    return make_user(make_authority(region_code="100000"))


def plants(officer: User, **options) -> Import:
    return ready(PLANTS, "enterprises", by=officer, at=AT, data=mapping("enterprises"), **options)


# --- The order of things --------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_an_import_needs_a_dry_run_of_the_same_mapping(officer):
    imported = plants(officer)
    with pytest.raises(Refused):
        services.start_import(imported=imported, by=officer, at=AT)
    dry(imported, by=officer, at=AT)
    imported = services.save_mapping(
        imported=imported,
        data=mapping("enterprises"),
        conflict="skip",
        good_rows_only=False,
        version=imported.version,
        by=officer,
        at=AT,
    )
    with pytest.raises(Refused):
        services.start_import(imported=imported, by=officer, at=AT)


@pytest.mark.django_db
def test_an_import_is_done_once(officer):
    imported = plants(officer)
    dry(imported, by=officer, at=AT)
    real(imported, by=officer, at=AT)
    imported.refresh_from_db()
    with pytest.raises(Stale):
        services.start_import(imported=imported, by=officer, at=AT)
    with pytest.raises(Stale):
        services.save_mapping(
            imported=imported,
            data=mapping("enterprises"),
            conflict="skip",
            good_rows_only=False,
            version=imported.version,
            by=officer,
            at=AT,
        )


@pytest.mark.django_db
def test_one_run_at_a_time_and_no_change_under_way(officer):
    imported = plants(officer)
    services.start_dry_run(imported=imported, by=officer, at=AT)
    with pytest.raises(Stale):
        services.start_dry_run(imported=imported, by=officer, at=AT)
    with pytest.raises(Stale):
        services.choose_sheet(imported=imported, sheet="", header_row=1, version=imported.version, by=officer, at=AT)
    assert Import.objects.get().version == imported.version


@pytest.mark.django_db
def test_the_end_of_an_import_is_an_event_and_a_notice(officer):
    run = take_in("enterprises", by=officer, at=AT)
    event = Event.objects.get(verb="import.finished")
    assert (event.thing_id, event.facts["imported"], event.facts["refused"]) == (run.of_id, 516, 0)
    notice = Notice.objects.get(kind="import.finished")
    assert notice.recipient == officer
    assert notice.link == f"/imports/{run.of_id}/runs/{run.pk}/"


@pytest.mark.django_db
def test_who_may_not_is_refused_when_ordering_and_when_the_work_is_done(officer):
    imported = plants(officer)
    stranger = make_user(make_authority(region_code="100000"), "statistician")
    with pytest.raises(NotAllowed):
        services.start_dry_run(imported=imported, by=stranger, at=AT)
    run = services.start_dry_run(imported=imported, by=officer, at=AT)
    Posting.objects.filter(user=officer).update(valid_to=dt.date(2000, 1, 1))
    done = work.carry_out(pk=run.pk, by=None, at=AT)
    assert (done.state, done.problem["code"]) == (JobState.FAILED, "not_allowed")


@pytest.mark.django_db
def test_a_file_that_is_gone_or_rotten_fails_the_run_with_its_reason(officer):
    imported = plants(officer)
    run = services.start_dry_run(imported=imported, by=officer, at=AT)
    Path(StoredFile.objects.get().file.path).write_bytes(b"%PDF-1.7")
    done = work.carry_out(pk=run.pk, by=None, at=AT)
    assert (done.state, done.problem["code"]) == (JobState.FAILED, "is_pdf")


@pytest.mark.django_db
def test_refused_rows_stop_all_unless_good_rows_were_chosen(reference):
    officer = make_user(make_authority(region_code="210000"))
    imported = plants(officer)
    assert dry(imported, by=officer, at=AT).refused > 0
    with pytest.raises(Refused):
        services.start_import(imported=imported, by=officer, at=AT)
    # What was clean in the dry run may be refused an hour later: then nothing is written.
    everything = make_user(make_authority(region_code="100000"))
    clean = plants(everything)
    dry(clean, by=everything, at=AT)
    run = services.start_import(imported=clean, by=everything, at=AT)
    take_in("enterprises", by=officer, at=AT, good_rows_only=True)
    before = Enterprise.objects.count()
    done = work.carry_out(pk=run.pk, by=None, at=AT)
    assert (done.state, done.problem["code"]) == (JobState.FAILED, "rows_refused")
    assert Enterprise.objects.count() == before
    assert Event.objects.filter(verb="import.failed", thing_id=clean.pk).exists()


# --- Claims ---------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_a_run_is_taken_by_one_worker(officer):
    run = services.start_dry_run(imported=plants(officer), by=officer, at=AT)
    assert ImportRun.take(run.pk, at=AT) is not None
    assert ImportRun.take(run.pk, at=AT) is None
    assert work.carry_out(pk=run.pk, by=None, at=AT) is None


@pytest.mark.django_db
def test_a_silent_run_goes_back_and_its_old_worker_cannot_end_it(officer):
    run = services.start_dry_run(imported=plants(officer), by=officer, at=AT)
    first = ImportRun.take(run.pk, at=AT)
    assert ImportRun.return_stuck(at=AT + SILENT_FOR) == (0, 0)
    assert ImportRun.return_stuck(at=AT + SILENT_FOR + dt.timedelta(seconds=1)) == (1, 0)
    second = ImportRun.take(run.pk, at=AT)
    with pytest.raises(ClaimLost):
        first.beat(at=AT, done=1, total=2)
    with pytest.raises(ClaimLost):
        first.end(state=JobState.DONE, at=AT)
    second.end(state=JobState.DONE, at=AT)
    assert ImportRun.objects.get().state == JobState.DONE


@pytest.mark.django_db
def test_a_run_that_brings_worker_after_worker_down_fails(officer):
    run = services.start_dry_run(imported=plants(officer), by=officer, at=AT)
    later = AT + SILENT_FOR + dt.timedelta(seconds=1)
    for _attempt in range(MAX_ATTEMPTS):
        assert ImportRun.take(run.pk, at=AT) is not None
        ImportRun.return_stuck(at=later)
    run.refresh_from_db()
    assert (run.state, run.attempts) == (JobState.FAILED, MAX_ATTEMPTS)
    assert failure_of(run)[0].startswith("The work stopped several times")


@pytest.mark.django_db
def test_signs_of_life_show_how_far_the_work_is(officer):
    run = services.start_dry_run(imported=plants(officer), by=officer, at=AT)
    work.carry_out(pk=run.pk, by=None, at=AT)
    run.refresh_from_db()
    assert (run.done_units, run.total_units) == (516, 516)
    assert run.heartbeat_at is not None


@pytest.mark.django_db
def test_the_sweep_rings_for_all_that_wait(officer, django_capture_on_commit_callbacks):
    services.start_dry_run(imported=plants(officer), by=officer, at=AT)
    assert work.sweep(by=None, at=AT) == 1


class Killed(BaseException):
    """What a kill looks like from the inside: nothing catches it."""


@pytest.mark.django_db
def test_a_worker_killed_while_writing_leaves_nothing_and_the_next_one_does_all_of_it(officer, monkeypatch):
    """Of the real import, with a kill between the writing of the records and the end of the transaction."""
    imported = plants(officer)
    dry(imported, by=officer, at=AT)
    run = services.start_import(imported=imported, by=officer, at=AT)

    def killed(*args, **kwargs):
        assert Enterprise.objects.count() == 516  # everything is written, nothing is committed
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(work, "tell", killed)
        with pytest.raises(Killed):
            work.carry_out(pk=run.pk, by=None, at=AT)
    assert not Enterprise.objects.exists()
    assert not RunProblem.objects.filter(run=run).exists()
    run.refresh_from_db()
    assert run.state == JobState.RUNNING
    work.sweep(by=None, at=run.heartbeat_at + SILENT_FOR + dt.timedelta(seconds=1))
    done = work.carry_out(pk=run.pk, by=None, at=AT)
    assert (done.state, done.attempts) == (JobState.DONE, 2)
    assert Enterprise.objects.count() == 516


@pytest.mark.django_db(transaction=True)
def test_ten_workers_that_hear_the_same_ring_import_once():
    load_reference_data()
    officer = make_user(make_authority(region_code="100000"))
    imported = plants(officer)
    dry(imported, by=officer, at=AT)
    run = services.start_import(imported=imported, by=officer, at=AT)
    results: list[ImportRun | None] = []
    start = threading.Barrier(10)

    def worker() -> None:
        start.wait()
        try:
            results.append(work.carry_out(pk=run.pk, by=None, at=AT))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=worker) for _number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done = [result for result in results if result is not None]
    assert len(results) == 10
    assert [result.state for result in done] == [JobState.DONE]
    assert Enterprise.objects.count() == 516
    assert Event.objects.filter(verb="enterprise.imported").count() == 516


@pytest.mark.django_db(transaction=True)
def test_progress_is_seen_from_outside_while_rows_are_judged(monkeypatch):
    load_reference_data()
    officer = make_user(make_authority(region_code="100000"))
    monkeypatch.setattr(work, "BEAT_SECONDS", 0)
    run = services.start_dry_run(imported=plants(officer), by=officer, at=AT)
    seen: list[int] = []
    judged = work.Beat.judged

    def watched(beat, done, total):
        judged(beat, done, total)

        def look() -> None:
            seen.append(ImportRun.objects.values_list("done_units", flat=True).get(pk=run.pk))
            connection.close()

        outside = threading.Thread(target=look)
        outside.start()
        outside.join()

    monkeypatch.setattr(work.Beat, "judged", watched)
    work.carry_out(pk=run.pk, by=None, at=AT)
    assert seen == [0, 500, 516]


# --- At once --------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_the_command_imports_and_prints_the_books(officer, capsys):
    arguments = [str(PLANTS), "--mapping", str(FOLDER / "enterprises.mapping.json"), "--as", officer.email]
    call_command("import_table", *arguments)
    assert "516  imported" in capsys.readouterr().out
    with pytest.raises(CommandError, match="Rows are refused"):
        call_command("import_table", *arguments)
    assert "This record exists already." in capsys.readouterr().out
    call_command("import_table", *arguments, "--conflict", Conflict.SKIP.value)
    assert "516  skipped" in capsys.readouterr().out
    assert Enterprise.objects.count() == 516
    with pytest.raises(CommandError, match="Nobody signs in"):
        call_command("import_table", *arguments[:-1], "nobody@example.org")


@pytest.mark.django_db
def test_a_ready_made_mapping_is_offered_to_everybody_and_removed_by_nobody(officer):
    kept = services.ship_mapping(name="US plants", data=mapping("enterprises"), by=None, at=AT)
    services.ship_mapping(name="US plants", data=mapping("enterprises"), by=None, at=AT)
    assert list(type(kept).objects.visible_to(officer)) == [kept]
    with pytest.raises(NotAllowed):
        services.forget_mapping(saved=kept, by=officer, at=AT)
    with pytest.raises(Invalid):
        services.ship_mapping(name="Bad", data={"target": 5}, by=None, at=AT)
