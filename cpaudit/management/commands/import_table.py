"""`manage.py import_table`: take a table in by a mapping, as a person would, without a worker."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from cpaudit.accounts.models import User
from cpaudit.imports.models import ImportRun, RunKind
from cpaudit.imports.records import Conflict
from cpaudit.imports.selectors import books, line_of, worded
from cpaudit.imports.work import import_at_once
from cpaudit.rulebook.errors import Refusal
from cpaudit.web.findings import refusal_sentence

SHOWN = 20


class Command(BaseCommand):
    help = "Import a CSV or XLSX file by a mapping: a dry run of every row, then all of it or nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--mapping", type=Path, required=True, help="the mapping as JSON, see fixtures/iac/")
        parser.add_argument("--as", dest="email", required=True, help="e-mail of the person who imports")
        parser.add_argument("--conflict", choices=[one.value for one in Conflict], default=Conflict.STOP.value)
        parser.add_argument("--good-rows-only", action="store_true", help="leave refused rows out")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(email__iexact=options["email"]).first()
        if user is None:
            raise CommandError(f"Nobody signs in as {options['email']}.")
        mapping = json.loads(options["mapping"].read_text())
        try:
            run = import_at_once(
                path=options["file"],
                target=mapping["target"],
                mapping=mapping,
                by=user,
                at=timezone.now(),
                conflict=Conflict(options["conflict"]),
                good_rows_only=options["good_rows_only"],
            )
        except Refusal as refusal:
            raise CommandError(refusal_sentence(refusal)) from refusal
        self.report(run)

    def report(self, run: ImportRun) -> None:
        for balance in books(run):
            self.stdout.write(f"{balance.rows:>9,}  {balance.label}")
        for found in run.problems.filter(blocks=True)[:SHOWN]:
            line = line_of(found)
            self.stdout.write(f"row {line.row}, {line.column}: {line.value!r}: {line.problem} {line.remedy}")
        if run.problem:
            raise CommandError(" ".join(worded(run.problem["code"], run.problem["params"])))
        if run.kind == RunKind.DRY:
            raise CommandError("Rows are refused: nothing was imported.")
