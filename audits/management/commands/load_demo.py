"""Demo data for trying the system out. Running it again changes nothing."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from audits.demo.cast import ACCOUNTS, PASSWORD, gather
from audits.demo.figures import import_factories, report_benxi
from audits.demo.story import tell
from audits.programme.models import ReportedProgramme
from cpaudit.accounts.models import User


def person(key: str) -> User:
    """The person of that key among the demo's accounts."""
    return User.objects.get(email=next(account.email for account in ACCOUNTS if account.key == key))


class Command(BaseCommand):
    help = "Loads demo people, enterprises and audits, once; prints the accounts."

    def handle(self, *_args: Any, **options: Any) -> None:
        now = timezone.now()
        # Each step is whole or not there, so that a run that was broken off goes on where it stopped.
        if not User.objects.filter(email=ACCOUNTS[0].email).exists():
            with transaction.atomic():
                tell(gather(at=now - dt.timedelta(days=365)), now=now)
        if not ReportedProgramme.objects.exists():
            report_benxi(by=person("regulator"), at=now)
        import_factories(by=person("national"), at=now)
        if options["verbosity"]:
            self.stdout.write(f"Demo accounts (password: {PASSWORD}):")
            for account in ACCOUNTS:
                self.stdout.write(f"  {account.email:28} {account.does}")
