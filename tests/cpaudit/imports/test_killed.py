"""A worker that is really killed, by the signal nothing can catch, after it has written and before it has committed."""

import datetime as dt
import os
import signal
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection

from audits.enterprises.models import Enterprise
from cpaudit.accounts.models import Body
from cpaudit.imports import services, work
from cpaudit.imports.models import Import, ImportRun
from cpaudit.jobs.models import SILENT_FOR, JobState
from cpaudit.trail.models import Event
from tests.cpaudit.imports.iac import PLANTS, dry, mapping, ready
from tests.factories.people import make_authority, make_user
from tests.factories.reference import load_reference_data

AT = dt.datetime(2026, 11, 2, 9, 0, tzinfo=dt.UTC)
WORKER = """
import sys, time, django
django.setup()
from django.utils import timezone
from audits.enterprises.imports.enterprises import EnterpriseImporter
from cpaudit.imports import work
write = EnterpriseImporter.write
def write_and_linger(importer, records, progress):
    write(importer, records, progress)
    print("written", flush=True)
    time.sleep(120)
EnterpriseImporter.write = write_and_linger
work.carry_out(pk=int(sys.argv[1]), by=None, at=timezone.now())
"""


def worker(run: ImportRun) -> subprocess.Popen[str]:
    """Another process on the very database and files of this test."""
    here = connection.settings_dict
    address = f"postgres://{here['USER']}:{here['PASSWORD']}@{here['HOST']}:{here['PORT']}/{here['NAME']}"
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "cpaudit.settings_test",
        "DATABASE_URL": address,
        "FILES_DIR": str(settings.MEDIA_ROOT),
    }
    command = [sys.executable, "-c", WORKER, str(run.pk)]
    return subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment, stdout=subprocess.PIPE, text=True)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_after_writing_leaves_nothing_and_the_next_one_writes_all_of_it_once():
    load_reference_data()
    officer = make_user(make_authority(region_code="100000"))
    imported = ready(PLANTS, "enterprises", by=officer, at=AT, data=mapping("enterprises"))
    dry(imported, by=officer, at=AT)
    run = services.start_import(imported=imported, by=officer, at=AT)
    bodies = Body.objects.count()
    process = worker(run)
    try:
        assert process.stdout.readline().strip() == "written"
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
    assert (Enterprise.objects.count(), Body.objects.count()) == (0, bodies)
    run.refresh_from_db()
    assert run.state == JobState.RUNNING
    assert Import.objects.get().imported_at is None
    work.sweep(by=None, at=run.heartbeat_at + SILENT_FOR + dt.timedelta(seconds=1))
    done = work.carry_out(pk=run.pk, by=None, at=AT)
    assert (done.state, done.attempts, done.counts["created"]) == (JobState.DONE, 2, 516)
    assert (Enterprise.objects.count(), Body.objects.count()) == (516, bodies + 516)
    assert Event.objects.filter(verb="enterprise.imported").count() == 516
