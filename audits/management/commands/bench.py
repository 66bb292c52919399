"""Speed as JSON lines: each measure against a floor of its own in the same run. See `audits/bench/`."""

from __future__ import annotations

import ctypes
import json
import logging
import platform
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.test import override_settings
from django.utils import timezone

from audits.bench.pairs import files_apart, importing, printing, reading
from audits.bench.rows import make_rows
from audits.bench.timing import Pair, measured
from audits.demo.cast import ACCOUNTS, gather
from audits.demo.story import tell
from cpaudit.accounts.models import User
from cpaudit.reference.services import load_reference

PARTS = ("reading", "printing", "importing")
READER = "national"
"""Who of the demo reads and imports: a ministry, so that all rows count."""


class Command(BaseCommand):
    help = "Measures lists, statistics, PDF and import against bare ones, in a database of its own that is dropped."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--rows", type=int, default=4_000, help="audits to make, with four options each (4000)")
        parser.add_argument("--import-rows", type=int, default=1_000, help="rows of the imported workbook (1000)")
        parser.add_argument("--repeats", type=int, default=7, help="turns of which the median is taken (7)")
        parser.add_argument("--only", choices=PARTS, action="append", help="a part; may be repeated")

    def handle(self, *_args: Any, **options: Any) -> None:
        if min(options["rows"], options["import_rows"], options["repeats"]) < 1:
            raise CommandError("Give numbers of at least 1.")
        logging.disable(logging.ERROR)
        own_name = connection.settings_dict["NAME"]
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        try:
            with files_apart() as folder, override_settings(**self._settings(folder)):
                self._measure(Path(folder), options)
        finally:
            connection.creation.destroy_test_db(own_name, verbosity=0)
            logging.disable(logging.NOTSET)

    def _settings(self, folder: str) -> dict[str, Any]:
        return {
            "DEBUG": False,  # with it Django remembers every query
            "ALLOWED_HOSTS": ["testserver"],
            "SECURE_SSL_REDIRECT": False,
            "ROOT_URLCONF": "audits.bench.floors",
            "MEDIA_ROOT": folder,
            "STORAGES": {
                "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
                # Whatever the installation has collected is not asked for.
                "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
            },
            "CACHES": {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
        }

    def _measure(self, folder: Path, options: dict[str, Any]) -> None:
        at = timezone.now()
        load_reference(by=None, at=at)
        tell(gather(at=at.replace(year=at.year - 1, day=min(at.day, 28))), now=at)
        make_rows(options["rows"], at=at)
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")  # as autovacuum does on a database that has stood for a while
        email = next(account.email for account in ACCOUNTS if account.key == READER)
        user = User.objects.get(email=email)
        repeats, chosen = options["repeats"], options["only"] or PARTS
        self._line(
            {
                "name": "setting",
                "engine": connection.vendor,
                "python": platform.python_version(),
                "audits": options["rows"],
            }
        )
        pairs: list[Pair] = []
        if "reading" in chosen:
            pairs += reading(user, repeats=repeats, at=at)
        if "printing" in chosen:
            if _can_print():
                pairs += printing(repeats=min(repeats, 2))  # ten seconds a turn
            else:
                self._line({"name": "pdf", "left_out": "WeasyPrint's system libraries are not installed"})
        if "importing" in chosen:
            few = min(repeats, 3)
            pairs += importing(user, rows=options["import_rows"], repeats=few, at=at, folder=folder)
        for pair in pairs:
            self._line(measured(pair))

    def _line(self, data: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(data))
        self.stdout.flush()


def _can_print() -> bool:
    try:
        ctypes.CDLL("libpangoft2-1.0.so.0")
    except OSError:
        return False
    return True
