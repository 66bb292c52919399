"""Reading what happened."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext

from cpaudit.trail.models import Event
from cpaudit.web.words import in_language


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
