"""Writes docs/roles.md from the roles table."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from cpaudit.members.printed import roles_page


class Command(BaseCommand):
    help = "Writes docs/roles.md from cpaudit/accounts/roles.py."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--path", type=Path, default=settings.BASE_DIR / "docs" / "roles.md")

    def handle(self, *args: Any, **options: Any) -> None:
        options["path"].write_text(roles_page(), encoding="utf-8")
        self.stdout.write(f"{options['path']} is written.")
