"""Reading the inbox and the outbox."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from cpaudit.notices import wording
from cpaudit.notices.models import Notice


@dataclass(frozen=True, slots=True)
class InboxLine:
    """One notice as its reader sees it."""

    pk: int
    subject: str
    body: str
    asks: bool
    at: dt.datetime
    read: bool
    has_link: bool


def inbox_lines(notices: Iterable[Notice]) -> list[InboxLine]:
    """The notices in the reader's language, in the given order; no further query."""
    return [
        InboxLine(
            pk=notice.pk,
            subject=wording.subject_of(notice),
            body=wording.body_of(notice),
            asks=wording.asks(notice),
            at=notice.created_at,
            read=notice.read_at is not None,
            has_link=bool(notice.link),
        )
        for notice in notices
    ]


def waiting(*, at: dt.datetime, limit: int) -> list[int]:
    """Keys of the notices due for mailing, the oldest first."""
    return list(Notice.objects.to_mail(at=at).order_by("pk").values_list("pk", flat=True)[:limit])
