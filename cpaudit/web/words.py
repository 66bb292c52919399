"""Stored names in the reader's language: pairs of names, msgids, dates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import get_language, gettext


def reads_chinese() -> bool:
    return (get_language() or "en").startswith("zh")


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
        return date_format(value, "DATE_FORMAT")
    if isinstance(value, str) and len(value) == 10 and value[4] == "-" == value[7]:
        try:
            return date_format(dt.date.fromisoformat(value), "DATE_FORMAT")
        except ValueError:
            return value
    return value
