"""Writing what happened; called by every service inside its own transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models

from cpaudit.accounts.models import User
from cpaudit.trail.models import Event
from cpaudit.trail.verbs import VERBS
from cpaudit.web.logs import request_id

SYSTEM_NAMES = {"zh": "系统", "en": "The system"}
"""Who acts when nobody does: the worker, the schedule, the operator of the machine."""


def record(
    *,
    verb: str,
    thing: models.Model,
    by: User | None,
    at: dt.datetime,
    facts: Mapping[str, Any] | None = None,
    part: str = "",
) -> Event:
    """Append one event to the thing's timeline. `by=None` is the system itself.

    `facts` fill the places of the verb's sentence; a value may be a ``{"zh": …, "en": …}`` pair of names.
    KeyError for an unknown verb: a misspelt event must not reach the timeline.
    """
    event = _event(verb, thing, by, at, facts, part)
    event.save(force_insert=True)
    return event


def record_each(
    *,
    verb: str,
    occasions: Iterable[tuple[models.Model, Mapping[str, Any]]],
    by: User | None,
    at: dt.datetime,
) -> None:
    """The same kind of event on the timelines of many things, each with its facts, in few statements."""
    Event.objects.bulk_create((_event(verb, thing, by, at, facts, "") for thing, facts in occasions), batch_size=1_000)


def _event(
    verb: str, thing: models.Model, by: User | None, at: dt.datetime, facts: Mapping[str, Any] | None, part: str
) -> Event:
    VERBS[verb]
    posting = by.posting if by else None
    return Event(
        at=at,
        verb=verb,
        actor=by,
        actor_names=by.names if by else SYSTEM_NAMES,
        actor_body=posting.body.names if posting else {},
        actor_role=posting.role if posting else "",
        thing_kind=thing._meta.label_lower,
        thing_id=thing.pk,
        thing_names=_names_of(thing),
        part=part,
        facts={key: _plain(value) for key, value in (facts or {}).items()},
        request_id=request_id(),
    )


def _names_of(thing: models.Model) -> dict[str, str]:
    names = getattr(thing, "names", None)
    return names if isinstance(names, dict) else {"zh": str(thing), "en": str(thing)}


def _plain(value: Any) -> Any:
    if isinstance(value, dict | int | bool) or value is None:
        return value
    return value.isoformat() if isinstance(value, dt.date) else str(value)
