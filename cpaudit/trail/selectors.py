"""Reading what happened."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext

from cpaudit.trail.models import Event


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a timeline, in the reader's language."""

    at: dt.datetime
    sentence: str
    actor: str
    body: str
    verb: str
    part: str


def timeline(thing: models.Model) -> list[Line]:
    """What happened to a thing, oldest first; one query."""
    return [line_of(event) for event in Event.objects.about(thing)]


def line_of(event: Event) -> Line:
    actor = in_language(event.actor_names)
    facts = {key: in_language(value) for key, value in event.facts.items()}
    words = {"actor": actor, "thing": in_language(event.thing_names)} | facts
    return Line(
        at=event.at,
        sentence=gettext(event.sentence_msgid) % words,
        actor=actor,
        body=in_language(event.actor_body) if event.actor_body else "",
        verb=event.verb,
        part=event.part,
    )


def in_language(value: Any) -> Any:
    """The reader's side of a ``{"zh", "en"}`` pair, a date written out, an English msgid translated; else as it is."""
    if isinstance(value, dict) and {"zh", "en"} & set(value):
        first, second = ("zh", "en") if (get_language() or "en").startswith("zh") else ("en", "zh")
        return value.get(first) or value.get(second) or ""
    if isinstance(value, dict) and "msgid" in value:
        return gettext(value["msgid"]) % {key: in_language(v) for key, v in value.get("params", {}).items()}
    if isinstance(value, str) and len(value) == 10 and value[4:5] == "-" == value[7:8]:
        try:
            return date_format(dt.date.fromisoformat(value), "DATE_FORMAT")
        except ValueError:
            return value
    return value
