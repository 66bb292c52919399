"""Several people at one option at the same moment, with real threads and real transactions."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import connection, transaction

from audits.options import services
from audits.options.models import Option
from audits.options.rules import OptionStatus
from audits.reports import services as reports
from audits.workflow.rules.transitions import Action, Status
from cpaudit.notices.models import Notice
from cpaudit.rulebook.errors import Refusal, Refused, Stale
from cpaudit.trail.models import Event
from tests.factories.audits import make_world
from tests.factories.options import AT, TODAY, Case, make_case, make_option
from tests.factories.reports import FILED_AT, signed

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
ROUNDS = 5


@pytest.fixture
def case(reference: None) -> Case:
    return make_case()


def at_once(*deeds: Callable[[], object]) -> list[object]:
    """Runs all of them at the same moment; what each returned, or the refusal it met."""
    gate = threading.Barrier(len(deeds))
    results: list[object] = [None] * len(deeds)

    def run(place: int, deed: Callable[[], object]) -> None:
        try:
            gate.wait()
            results[place] = deed()
        except Refusal as refusal:
            results[place] = refusal
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, deed)) for place, deed in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


def winners(results: list[object]) -> list[object]:
    return [result for result in results if not isinstance(result, Refusal)]


def test_two_people_finish_one_option_and_exactly_one_wins(case: Case) -> None:
    for _round in range(ROUNDS):
        option = make_option(case, OptionStatus.IN_PROGRESS)

        def finish(amount: int, by: object, option: Option = option) -> Callable[[], object]:
            return lambda: services.mark_implemented(
                option=option, implemented_on=TODAY, actual_investment=Decimal(amount), actual_benefit=Decimal(1),
                version=option.version, by=by, at=AT,
            )  # fmt: skip

        results = at_once(finish(1, case.manager), finish(2, case.staff), finish(3, case.consultant))
        assert len(winners(results)) == 1
        assert all(isinstance(result, Stale) for result in results if isinstance(result, Refusal))
        kept = Option.objects.get(pk=option.pk)
        assert kept.actual_investment == winners(results)[0].actual_investment
        assert Event.objects.filter(verb="option.implemented", part=option.part).count() == 1


def test_finishing_and_abandoning_at_once(case: Case) -> None:
    for _round in range(ROUNDS):
        option = make_option(case, OptionStatus.IN_PROGRESS)
        results = at_once(
            lambda option=option: services.mark_implemented(
                option=option, implemented_on=TODAY, actual_investment=Decimal(1), actual_benefit=Decimal(1),
                version=option.version, by=case.staff, at=AT,
            ),
            lambda option=option: services.abandon_option(
                option=option, reason="Sold", version=option.version, by=case.manager, at=AT
            ),
        )  # fmt: skip
        assert len(winners(results)) == 1
        assert Option.objects.get(pk=option.pk).status == winners(results)[0].status


def test_options_proposed_at_once_get_a_number_each(case: Case) -> None:
    def propose() -> object:
        return services.add_option(audit=case.audit, title="Idea", by=case.consultant, at=AT)

    results = at_once(*[propose] * 6)
    assert len(winners(results)) == 6
    codes = sorted(Option.objects.values_list("code", flat=True))
    assert codes == ["01", "02", "03", "04", "05", "06"]


def test_an_edit_never_slips_in_behind_the_filing(case: Case) -> None:
    """Whoever files has the audit; an edit comes wholly before it or is refused."""
    for _round in range(ROUNDS):
        option = make_option(case)
        version = case.audit.version

        def file(version: int = version) -> object:
            case.move(Action.FILE, case.consultant, filing_version=case.audit.filing_version + 1)
            return Event.objects.order_by("pk").last().pk

        results = at_once(
            file,
            lambda option=option: services.change_option(
                option=option, changes={"title": "Edited"}, version=option.version, by=case.consultant, at=AT
            ),
        )
        filed = Event.objects.filter(verb="audit.filed").order_by("pk").last()
        edited = Event.objects.filter(verb="option.changed", part=option.part).last()
        case.audit.refresh_from_db()
        assert case.audit.status == Status.FILED, results
        assert edited is None or edited.pk < filed.pk
        case.move(Action.TAKE_BACK, case.consultant)


def somebody_waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
        return bool(cursor.fetchone()[0])


def test_what_is_filed_is_what_stood_there_when_it_was_filed(reference: None) -> None:
    """An edit that is not committed yet while the report is being read must not be filed over."""
    world = make_world()
    audit = signed(world)
    option = audit.options.get(code="03")
    edited, outcome = threading.Event(), []

    def file() -> None:
        try:
            edited.wait(10)
            outcome.append(reports.file_report(audit=audit, version=audit.version, by=world.consultant, at=FILED_AT))
        except Refusal as refusal:
            outcome.append(refusal)
        finally:
            connection.close()

    filing = threading.Thread(target=file)
    filing.start()
    with transaction.atomic():
        services.change_option(
            option=option, changes={"title": "Edited"}, version=option.version, by=world.consultant, at=FILED_AT
        )
        edited.set()
        # The filing has read the report without the edit and now waits for the audit.
        for _attempt in range(200):
            if somebody_waits_for_a_lock():
                break
            time.sleep(0.05)
    filing.join(30)

    # The auditors signed the report without the edit, so what stands there now is not signed by anybody.
    assert [type(each) for each in outcome] == [Refused]
    audit.refresh_from_db()
    assert audit.status == Status.IN_PROGRESS
    assert Option.objects.get(pk=option.pk).title == "Edited"


def test_two_sweeps_tell_once(case: Case) -> None:
    for _each in range(3):
        make_option(case, OptionStatus.IN_PROGRESS, due_on=TODAY)
    later = AT.replace(day=25)
    results = at_once(*[lambda: services.note_overdue(at=later)] * 3)
    assert sum(results) == 3  # type: ignore[arg-type]
    assert Event.objects.filter(verb="option.overdue").count() == 3
    assert Notice.objects.filter(kind="option.overdue").count() == 6
