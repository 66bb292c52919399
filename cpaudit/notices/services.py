"""Telling people: `notify` writes the rows, the relay (see `deliver`) mails them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models

from cpaudit.accounts.models import User
from cpaudit.notices.kinds import KINDS
from cpaudit.notices.models import Notice


def notify(
    *,
    kind: str,
    to: Iterable[User],
    by: User | None,
    at: dt.datetime,
    key: str,
    facts: Mapping[str, Any],
    link: str = "",
    thing: models.Model | None = None,
) -> int:
    """Put one notice of `kind` into the outbox for each person in `to`, except the one who did it.

    `key` names the occasion; together with kind and person it is unique, so the same occasion never tells twice.
    Belongs inside the caller's transaction. Returns how many people are told (again counts as none).
    """
    KINDS[kind]
    rows = [
        Notice(
            unique_key=f"{kind}:{key}:{person.pk}",
            kind=kind,
            recipient=person,
            address=person.email,
            language=person.language,
            facts={name: _plain(value) for name, value in facts.items()},
            link=link,
            thing_kind=thing._meta.label_lower if thing else "",
            thing_id=thing.pk if thing else None,
            created_at=at,
        )
        for person in {person.pk: person for person in to}.values()
        if person.is_active and (by is None or person.pk != by.pk)
    ]
    known = set(
        Notice.objects.filter(unique_key__in=[row.unique_key for row in rows]).values_list("unique_key", flat=True)
    )
    fresh = [row for row in rows if row.unique_key not in known]
    Notice.objects.bulk_create(fresh, ignore_conflicts=True)
    return len(fresh)


def _plain(value: Any) -> Any:
    if isinstance(value, dict | int) or value is None:
        return value
    return value.isoformat() if isinstance(value, dt.date) else str(value)
