"""What holds for every test: which ones an engine or a machine can run, and that nothing is skipped without need."""

import ctypes
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import translation

from tests.factories.reference import load_reference_data

CHROMIUM = "/usr/bin/chromium"


def missing_for(marker: str) -> str | None:
    """What this machine lacks for tests with the marker, as a sentence; None if nothing."""
    if marker == "browser" and not Path(CHROMIUM).exists():
        return "Chromium is not installed (apt-get install chromium)."
    if marker == "pdf":
        try:
            ctypes.CDLL("libpangoft2-1.0.so.0")
        except OSError:
            return "WeasyPrint's libraries are not installed (apt-get install libpangoft2-1.0-0 libharfbuzz-subset0)."
        if not shutil.which("pdftotext"):
            return "poppler is not installed (apt-get install poppler-utils)."
    return None


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):  # once, before the workers of xdist start
        from django.core.management import call_command  # not before pytest-django has set Django up

        call_command("compile_translations")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests that belong to the run on the other engine are left out of this one, not skipped."""
    other = "postgres" if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3") else "once"
    elsewhere = [item for item in items if item.get_closest_marker(other)]
    items[:] = [item for item in items if not item.get_closest_marker(other)]
    config.hook.pytest_deselected(items=elsewhere)


def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker in ("browser", "pdf"):
        if item.get_closest_marker(marker) and (reason := missing_for(marker)):
            pytest.skip(reason)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """With `CPAUDIT_NO_SKIPS=1` a skipped test has failed: there everything a test could want is present."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get("CPAUDIT_NO_SKIPS"):
        report.outcome = "failed"
        report.longrepr = f"Skipped where nothing may be skipped: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """The reference lists are part of every database, as in a deployment: loaded once, before the first test."""
    with django_db_blocker.unblock():
        load_reference_data()


@pytest.fixture
def reference(db: None) -> None:
    """Regions, sectors and metrics are there; a test with real transactions before this one emptied the tables."""
    load_reference_data()


@pytest.fixture(autouse=True)
def every_test_begins_in_english() -> Iterator[None]:
    """A request in Chinese leaves its language behind in the thread; the next test must not read it."""
    with translation.override("en"):
        yield
