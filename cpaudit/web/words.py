"""Stored names in the reader's language: pairs of names, msgids, dates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import get_language, gettext


def reads_chinese() -> bool:
    return (get_language() or "en").startswith("zh")


def shown_day(value: dt.date) -> str:
    """A day in one unmistakable form: `2 May 2026`, `2026年5月2日`."""
    if reads_chinese():
        return f"{value.year}年{value.month}月{value.day}日"
    return date_format(value, "j M Y")


def in_language(value: Any) -> Any:
    """The reader's side of a ``{"zh", "en"}`` pair, the translation of a ``{"msgid", "params"}``, a date written out.

    Anything else is given back as it is. A missing side falls back to the other one.
    """
    if isinstance(value, Mapping) and {"zh", "en"} & set(value):
        first, second = ("zh", "en") if reads_chinese() else ("en", "zh")
        return value.get(first) or value.get(second) or ""
    if isinstance(value, Mapping) and "msgid" in value:
        params = {key: in_language(part) for key, part in value.get("params", {}).items()}
        sentence = gettext(value["msgid"])
        return sentence % params if params else sentence
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return shown_day(value)
    if isinstance(value, str) and len(value) == 10 and value[4] == "-" == value[7]:
        try:
            return shown_day(dt.date.fromisoformat(value))
        except ValueError:
            return value
    return value
