"""What a notice says, in the active language."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext

from cpaudit.notices.kinds import KINDS
from cpaudit.notices.models import Notice
from cpaudit.web.words import in_language


def subject_of(notice: Notice) -> str:
    """One line; names and comments among the facts may have brought line breaks along."""
    return " ".join((gettext(KINDS[notice.kind].subject) % _words(notice)).split())


def body_of(notice: Notice) -> str:
    return gettext(KINDS[notice.kind].body) % _words(notice)


def asks(notice: Notice) -> bool:
    """Does it hand over something to do?"""
    return KINDS[notice.kind].asks


def _words(notice: Notice) -> dict[str, Any]:
    return {name: in_language(value) for name, value in notice.facts.items()}
