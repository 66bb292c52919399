"""`manage.py compile_translations`: catalogues for gettext, made from the .po files where they are newer.

Django's own `compilemessages` needs the `msgfmt` program, which a bare machine does not have; Babel is plain Python.
"""

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Compiles the translations that changed since the last time."
    requires_system_checks = []

    def handle(self, **options: Any) -> None:
        for folder in settings.LOCALE_PATHS:
            for source in sorted(Path(folder).glob("*/LC_MESSAGES/*.po")):
                compile_if_newer(source)


def compile_if_newer(source: Path) -> bool:
    """Writes the .mo beside `source` unless it is up to date. Returns whether it was written."""
    target = source.with_suffix(".mo")
    if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
        return False
    with source.open("rb") as lines:
        # The folder is named as Django names locales: zh_Hans.
        catalogue = read_po(lines, locale=source.parts[-3], domain=source.stem, abort_invalid=True)
    unfinished = target.with_suffix(".mo.part")
    with unfinished.open("wb") as out:
        write_mo(out, catalogue)
    unfinished.replace(target)  # in one step: a process that starts now reads the old one or the new one
    return True
