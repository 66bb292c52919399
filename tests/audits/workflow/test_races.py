"""Many people, one audit: exactly one wins, the others are told. Real threads, so PostgreSQL only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from audits.workflow import services
from audits.workflow.models import Audit, Decision
from audits.workflow.rules.transitions import Action, Status
from cpaudit.accounts.models import User
from cpaudit.notices.models import Notice
from cpaudit.rulebook.errors import Stale
from cpaudit.trail.models import Event
from tests.factories.audits import engaged, fill_stage, later, listed, make_world, started
from tests.factories.people import make_user

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("reference"),
]
PEOPLE = 12


def all_at_once(act: Callable[[int], object], people: int = PEOPLE) -> Counter[str]:
    """Let everybody go at the same moment; how often each outcome came."""
    barrier = Barrier(people)

    def one(number: int) -> str:
        try:
            barrier.wait()
            act(number)
            return "done"
        except Stale:
            return "stale"
        finally:
            connection.close()

    with ThreadPoolExecutor(people) as pool:
        return Counter(pool.map(one, range(people)))


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def test_of_many_deciders_exactly_one_decides():
    world = make_world()
    audit = engaged(world)
    Audit.objects.filter(pk=audit.pk).update(status=Status.FILED, filing_version=1)
    audit.refresh_from_db()
    officers = [make_user(world.authority, "regulator") for _ in range(PEOPLE)]
    actions = [Action.APPROVE, Action.RETURN, Action.REJECT]

    def decide(number: int) -> None:
        services.move(
            audit=Audit.objects.get(pk=audit.pk), action=actions[number % 3], version=audit.version,
            by=fresh(officers[number]), at=later(5), comment="because", due_on=later(60).date(),
        )  # fmt: skip

    assert all_at_once(decide) == {"done": 1, "stale": PEOPLE - 1}
    assert Decision.objects.count() == 1
    audit.refresh_from_db()
    assert (
        audit.status
        == {"approve": "approved", "return": "returned", "reject": "rejected"}[Decision.objects.get().action]
    )
    assert Event.objects.filter(verb__in=["audit.approved", "audit.returned", "audit.rejected"]).count() == 1


def test_many_clicks_on_submit_complete_a_stage_once():
    world = make_world()
    audit = started(world)
    fill_stage(world, audit, 1, later(10))
    stage = audit.stages.get(number=1)

    def submit(_number: int) -> None:
        mine = audit.stages.model.objects.select_related("audit").get(pk=stage.pk)
        services.complete_stage(stage=mine, version=stage.version, by=fresh(world.consultant), at=later(11))

    assert all_at_once(submit) == {"done": 1, "stale": PEOPLE - 1}
    assert Event.objects.filter(verb="stage.completed").count() == 1


def test_enterprises_listed_at_once_get_different_numbers():
    worlds = [make_world() for _ in range(6)]
    assert all_at_once(lambda number: listed(worlds[number]), 6) == {"done": 6}
    assert len(set(Audit.objects.values_list("number", flat=True))) == 6


def test_two_clocks_at_once_tell_nobody_twice():
    world = make_world()
    listed(world)
    Notice.objects.all().delete()
    all_at_once(lambda _number: services.run_clocks(at=later(70)), 4)
    told = Counter(Notice.objects.values_list("recipient", flat=True))
    assert set(told.values()) == {1}
    assert Event.objects.filter(verb="audit.overdue").count() == 1
