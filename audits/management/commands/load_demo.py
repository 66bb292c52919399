"""Demo data for trying the system out. Running it again changes nothing."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from audits.demo.cast import ACCOUNTS, PASSWORD, gather
from audits.demo.story import tell
from cpaudit.accounts.models import User


class Command(BaseCommand):
    help = "Loads demo people, enterprises and audits, once; prints the accounts."

    def handle(self, *_args: Any, **options: Any) -> None:
        if not User.objects.filter(email=ACCOUNTS[0].email).exists():
            with transaction.atomic():
                now = timezone.now()
                tell(gather(at=now - timezone.timedelta(days=365)), now=now)
        if options["verbosity"]:
            self.stdout.write(f"Demo accounts (password: {PASSWORD}):")
            for account in ACCOUNTS:
                self.stdout.write(f"  {account.email:28} {account.does}")
