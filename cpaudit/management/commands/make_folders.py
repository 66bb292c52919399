"""`manage.py make_folders`: the folders that settings name and nobody else makes."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Makes the folders for the database file, uploaded files, mail, cache and the file broker."
    requires_system_checks = []

    def handle(self, **options: Any) -> None:
        for folder in folders():
            folder.mkdir(parents=True, exist_ok=True)


def folders() -> list[Path]:
    """Folders of this installation. Those of parts that live elsewhere (a database server, Redis) are left out."""
    found = [settings.VAR_DIR, settings.MEDIA_ROOT, settings.STATIC_ROOT]
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        found.append(Path(settings.DATABASES["default"]["NAME"]).parent)
    if settings.CELERY_BROKER_URL.startswith("filesystem"):
        found += [settings.BROKER_DIR / "queue", settings.BROKER_DIR / "control"]
    return found
