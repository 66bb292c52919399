"""Stored text as values and words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from auditors.registration.models import Registration
from audits.options.models import PART_PREFIX
from cpaudit.web.words import in_language, reads_chinese

LEVEL_LABELS: dict[str, Any] = dict(Registration._meta.get_field("level").flatchoices)


def amount_of(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def date_of(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def day_of(text: str) -> dt.date:
    """A stored day that is there."""
    return dt.date.fromisoformat(text)


def moment_of(text: str) -> dt.datetime:
    """A stored moment in the country's time zone: its day is the one people there call it."""
    moment = parse_datetime(text)
    if moment is None:
        raise ValueError(f"{text} is not a moment.")
    return localtime(moment)


def label_of(choices: Any, value: str) -> str:
    """The words of one of Django's choices; nothing for no value."""
    return str(choices(value).label) if value else ""


def other_name(names: Mapping[str, str]) -> str:
    """The name in the language that is not the reader's; empty where it is the same or missing."""
    other = names["en"] if reads_chinese() else names["zh"]
    return "" if other == in_language(names) else other


def place_of_file(part: str) -> str:
    """Where the evidence belongs, in words."""
    if part.startswith(PART_PREFIX):
        return _("Option %(code)s") % {"code": part.removeprefix(PART_PREFIX)}
    if part.startswith("stage_"):
        return _("Stage %(number)s") % {"number": part.removeprefix("stage_")}
    return part
