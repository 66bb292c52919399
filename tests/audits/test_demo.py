"""The demo: what a stranger finds after `make run`, and that a second run changes nothing."""

from __future__ import annotations

import io

import pytest
from django.core.management import call_command

from audits.demo.cast import ACCOUNTS, PASSWORD
from audits.enterprises.models import Enterprise
from audits.options.models import Option
from audits.programme.models import ReportedProgramme
from audits.workflow.models import Audit
from cpaudit.accounts.models import User
from cpaudit.trail.models import Event


@pytest.mark.django_db
@pytest.mark.usefixtures("reference")
def test_the_demo_is_loaded_once_and_shows_every_part_of_the_way(client):
    printed = io.StringIO()
    call_command("load_demo", stdout=printed)
    for account in ACCOUNTS:
        assert account.email in printed.getvalue()
        assert User.objects.get(email=account.email).check_password(PASSWORD)
    own = Audit.objects.exclude(status="recorded")
    assert sorted(own.values_list("status", flat=True)) == ["approved", "filed", "in_progress", "planned"]
    assert Enterprise.objects.filter(source_ref="").count() == 5
    assert Enterprise.objects.exclude(source_ref="").count() == 516
    assert Option.objects.filter(audit__status="recorded").count() == 3485
    assert ReportedProgramme.objects.count() == 1
    client.login(username=ACCOUNTS[0].email, password=PASSWORD)
    assert client.get("/").status_code == 200

    counts = [model.objects.count() for model in (Audit, Option, Event, User)]
    call_command("load_demo", verbosity=0)
    assert [model.objects.count() for model in (Audit, Option, Event, User)] == counts
