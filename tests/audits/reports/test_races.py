"""Several people, or one with several clicks, at the very same moment. PostgreSQL, real threads, real connections."""

import threading

import pytest
from django.db import connection

from audits.reports import services
from audits.reports.models import Filing, Rendering, Signature
from audits.reports.selectors import draft_of
from audits.workflow.models import Audit, Decision
from audits.workflow.rules.transitions import Action
from cpaudit.accounts.models import User
from cpaudit.notices.models import Notice
from cpaudit.rulebook.errors import Stale
from cpaudit.trail.models import Event
from tests.factories.audits import all_stages_completed, make_world
from tests.factories.people import make_user
from tests.factories.reports import DECIDED_AT, FILED_AT, SIGNED_AT, filed, signed

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("reference")]
AT_ONCE = 8


def at_once(*acts):
    """Each act in a thread of its own, all let go together; what each gave back or raised."""
    gate = threading.Barrier(len(acts))
    outcomes = [None] * len(acts)

    def run(place, act):
        try:
            gate.wait()
            outcomes[place] = act()
        except Exception as error:
            outcomes[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=item) for item in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def fresh(user):
    """The same person as another request would load him."""
    return User.objects.get(pk=user.pk)


def winners(outcomes, losing=Stale):
    assert all(not isinstance(each, Exception) or isinstance(each, losing) for each in outcomes), outcomes
    return [each for each in outcomes if not isinstance(each, Exception)]


def test_many_clicks_file_once():
    world = make_world()
    audit = signed(world)

    def click():
        return services.file_report(
            audit=Audit.objects.with_names().get(pk=audit.pk), version=audit.version, by=fresh(world.consultant),
            at=FILED_AT,
        )  # fmt: skip

    (filing,) = winners(at_once(*[click] * AT_ONCE))
    assert (filing.version, Filing.objects.count(), Rendering.objects.count()) == (1, 1, 2)
    assert Event.objects.about(audit).filter(verb="audit.filed").count() == 1
    assert Notice.objects.filter(kind="audit.filed", recipient=world.officer).count() == 1


def test_approval_and_return_at_once_have_one_winner():
    world = make_world()
    filing = filed(world)
    version = Audit.objects.get(pk=filing.audit_id).version
    officers = [make_user(world.authority, "regulator") for _ in range(AT_ONCE)]

    def act(officer, action):
        words = {"comment": "Why", "due_on": DECIDED_AT.date().replace(year=2027)} if action is Action.RETURN else {}
        return lambda: services.decide(
            audit=Audit.objects.with_names().get(pk=filing.audit_id), action=action, filing_version=1,
            version=version, by=fresh(officer), at=DECIDED_AT, **words,
        )  # fmt: skip

    actions = [Action.APPROVE, Action.RETURN] * (AT_ONCE // 2)
    assert len(winners(at_once(*[act(*pair) for pair in zip(officers, actions, strict=True)]))) == 1
    decision = Decision.objects.get()
    audit = Audit.objects.get(pk=filing.audit_id)
    assert audit.status == {"approve": "approved", "return": "returned"}[decision.action]
    binding = audit.options.filter(status="approved").count()
    assert binding == (3 if decision.action == "approve" else 0)


def test_taking_back_and_approving_at_once_have_one_winner():
    world = make_world()
    filing = filed(world)
    audit = Audit.objects.get(pk=filing.audit_id)

    def load():
        return Audit.objects.with_names().get(pk=audit.pk)

    outcomes = at_once(
        lambda: services.take_back(
            audit=load(), version=audit.version, comment="Typing error", by=fresh(world.consultant), at=DECIDED_AT
        ),
        lambda: services.decide(
            audit=load(), action=Action.APPROVE, filing_version=1, version=audit.version, by=fresh(world.officer),
            at=DECIDED_AT,
        ),
    )  # fmt: skip
    assert len(winners(outcomes)) == 1


def test_many_clicks_sign_once():
    world = make_world()
    audit = all_stages_completed(world)
    hash_ = draft_of(audit).hash

    def click():
        return services.sign_report(
            audit=Audit.objects.with_names().get(pk=audit.pk), expected_hash=hash_, by=fresh(world.consultant),
            at=SIGNED_AT,
        )  # fmt: skip

    assert len(winners(at_once(*[click] * AT_ONCE))) == 1
    assert Signature.objects.count() == 1


def test_many_workers_take_a_rendering_once():
    row = filed(make_world()).renderings.get(language="en")
    outcomes = at_once(*[lambda: Rendering.take(row.pk, at=FILED_AT)] * AT_ONCE)
    assert len([each for each in outcomes if each is not None]) == 1


def test_many_orders_of_a_missing_pdf_make_one_row():
    world = make_world()
    filing = filed(world)
    filing.renderings.all().delete()

    def order():
        return services.order_pdf(
            filing=Filing.objects.select_related("audit__enterprise__body__region").get(pk=filing.pk), language="en",
            by=fresh(world.consultant), at=FILED_AT,
        )  # fmt: skip

    assert len(winners(at_once(*[order] * AT_ONCE))) == AT_ONCE
    assert Rendering.objects.count() == 1
