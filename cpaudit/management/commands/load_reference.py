"""`manage.py load_reference`: bring regions, sectors and metrics in step with `fixtures/`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from cpaudit.reference.services import BadReferenceData, load_reference


class Command(BaseCommand):
    help = "Load regions, sectors and metrics from fixtures/. Safe to repeat: a second run changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            results = load_reference(by=None, at=timezone.now())
        except BadReferenceData as error:
            raise CommandError(str(error)) from error
        self.stdout.write("Reference data: " + ", ".join(map(str, results)))
