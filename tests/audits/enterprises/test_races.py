"""Two people at once, with real threads: exactly one wins, the other is told."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from auditors.people.services import enter_auditor
from auditors.registration.services import enter_registration
from audits.enterprises.models import Enterprise
from audits.enterprises.services import change_enterprise, create_enterprise
from audits.programme.services import put_on_list
from cpaudit.accounts.models import Body
from cpaudit.accounts.roles import BodyKind
from cpaudit.rulebook.errors import Invalid, Refused, Stale
from tests.factories.people import make_authority, make_centre, make_enterprise, make_user, region, sector

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("reference"),
]
AT = timezone.now()
AT_ONCE = 8


def at_once(act):
    """What `AT_ONCE` threads get that call `act(number)` at the same moment: results and refusals."""
    barrier = Barrier(AT_ONCE)

    def one(number):
        barrier.wait()
        try:
            return act(number)
        except (Invalid, Refused, Stale) as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, range(AT_ONCE)))


def test_of_many_corrections_of_one_version_one_is_written():
    officer, enterprise = make_user(make_authority()), make_enterprise()
    results = at_once(
        lambda number: change_enterprise(
            enterprise=Enterprise.objects.with_names().get(pk=enterprise.pk),
            version=1,
            by=officer,
            at=AT,
            address=f"{number} Steel Road",
        )
    )
    assert sorted(type(result).__name__ for result in results) == ["Enterprise"] + ["Stale"] * (AT_ONCE - 1)
    assert Enterprise.objects.get(pk=enterprise.pk).version == 2


def test_one_credit_code_becomes_one_enterprise_and_one_body():
    officer = make_user(make_authority())
    place, industry = region("210500"), sector("C31")
    results = at_once(
        lambda number: create_enterprise(
            name_en=f"Steel {number}",
            credit_code="91350100M000100Y43",
            region=place,
            sector=industry,
            by=officer,
            at=AT,
        )
    )
    assert sorted(type(result).__name__ for result in results) == ["Enterprise"] + ["Invalid"] * (AT_ONCE - 1)
    assert Body.objects.of_kind(BodyKind.ENTERPRISE).count() == 1


def test_an_enterprise_is_listed_once():
    officer, enterprise = make_user(make_authority()), make_enterprise()
    today = timezone.localdate()
    results = at_once(
        lambda _number: put_on_list(
            enterprise=enterprise, year=today.year, reason="energy", grounds="", published_on=today, by=officer, at=AT
        )
    )
    assert sorted(type(result).__name__ for result in results) == ["Listing"] + ["Refused"] * (AT_ONCE - 1)


def test_registrations_entered_at_once_leave_one_in_force():
    registrar = make_user(make_centre(), "registrar")
    auditor = enter_auditor(name_zh="王芳", by=registrar, at=AT)
    first_day = timezone.localdate() - dt.timedelta(days=100)
    at_once(
        lambda number: enter_registration(
            auditor=auditor,
            level="auditor",
            certificate_no=f"CP-{number}",
            approved_on=first_day + dt.timedelta(days=number),
            by=registrar,
            at=AT,
        )
    )
    assert auditor.registrations.count() == AT_ONCE
    assert auditor.registrations.valid(on=timezone.localdate()).count() == 1
