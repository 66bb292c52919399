"""Telling people: `notify` writes the rows, a worker mails them (`deliver`).

How often is a mail sent? Once, unless the process dies between handing it to the mail server and noting so. A worker
claims the row first, by one conditional UPDATE, so no two workers have it; a row whose worker died is handed back after
`STUCK_AFTER` and sent then, perhaps a second time. The other choice, never twice, would lose the mail instead, and a
deadline nobody was told of is worse than one told twice.
"""

from __future__ import annotations

import datetime as dt
import logging
import smtplib
from collections.abc import Iterable, Mapping
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import models, transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.utils import translation

from cpaudit.accounts.models import User
from cpaudit.jobs.bell import ring
from cpaudit.notices import rules, wording
from cpaudit.notices.kinds import KINDS
from cpaudit.notices.links import link_of
from cpaudit.notices.models import Notice
from cpaudit.notices.tasks import relay_notices
from cpaudit.trail.services import record

logger = logging.getLogger(__name__)


# --- The inbox and the outbox ---------------------------------------------------------------------------------------
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
    rows = [
        _row(
            f"{kind}:{key}:{person.pk}",
            kind,
            address=person.email,
            language=person.language,
            at=at,
            facts=facts,
            link=link,
            thing=thing,
            recipient=person,
        )
        for person in {person.pk: person for person in to}.values()
        if person.is_active and (by is None or person.pk != by.pk)
    ]
    return _put(rows)


def notify_address(
    *,
    kind: str,
    address: str,
    language: str,
    by: User | None,
    at: dt.datetime,
    key: str,
    facts: Mapping[str, Any],
    thing: models.Model | None = None,
) -> int:
    """Mail somebody who may have no account: there is no inbox, and the link is made when the mail is (`links`)."""
    del by  # named in the facts; nobody is left out
    return _put([_row(f"{kind}:{key}", kind, address=address, language=language, at=at, facts=facts, thing=thing)])


def _row(
    unique_key: str,
    kind: str,
    *,
    address: str,
    language: str,
    at: dt.datetime,
    facts: Mapping[str, Any],
    thing: models.Model | None,
    link: str = "",
    recipient: User | None = None,
) -> Notice:
    """KeyError for an unknown kind: it would be found out only when the mail is written."""
    KINDS[kind]
    return Notice(
        unique_key=unique_key,
        kind=kind,
        recipient=recipient,
        address=address,
        language=language,
        facts={name: _plain(value) for name, value in facts.items()},
        link=link,
        thing_kind=thing._meta.label_lower if thing else "",
        thing_id=thing.pk if thing else None,
        created_at=at,
    )


def _plain(value: Any) -> Any:
    if isinstance(value, dict | int) or value is None:
        return value
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def _put(rows: list[Notice]) -> int:
    known = set(
        Notice.objects.filter(unique_key__in=[row.unique_key for row in rows]).values_list("unique_key", flat=True)
    )
    fresh = [row for row in rows if row.unique_key not in known]
    Notice.objects.bulk_create(fresh, ignore_conflicts=True)
    if fresh:
        ring(relay_notices)
    return len(fresh)


def mark_read(*, notice: Notice, by: User, at: dt.datetime) -> None:
    """The person has seen it; the first time counts."""
    Notice.objects.filter(pk=notice.pk, recipient=by, read_at=None).update(read_at=at)


def mark_all_read(*, by: User, at: dt.datetime) -> int:
    """The person's inbox is empty; returns how many were unread."""
    return Notice.objects.visible_to(by).unread().update(read_at=at)


# --- The mail -------------------------------------------------------------------------------------------------------
def deliver(*, pk: int, by: User | None, at: dt.datetime) -> bool:
    """Mail one waiting notice; False if another worker has it, it is over, or the mail server did not take it.

    A failed try is put off (`rules.WAITS`) and in the end given up; a sent and a given-up mail stand in the timeline of
    the thing they are about.
    """
    claimed = Notice.objects.to_mail(at=at).filter(pk=pk).update(claimed_at=at, attempts=F("attempts") + 1)
    if not claimed:
        return False
    notice = Notice.objects.select_related("recipient").get(pk=pk)
    try:
        mail = _mail_for(notice)
        if mail is not None:
            mail.send()
    except Exception as error:  # a mail that cannot even be written must not keep the others from being sent
        logger.warning("Notice %s was not mailed: %s", pk, error, exc_info=not isinstance(error, OSError))
        _put_off(notice, error, by=by, at=at)
        return False
    if mail is None:
        _close(notice, at=at, given_up_at=at, last_error="There was nobody to tell, or nothing to tell any more.")
        return False
    with transaction.atomic():
        if _close(notice, at=at, sent_at=at):
            _tell_timeline(notice, "mail.sent", by=by, at=at)
    return True


def hand_back_stuck(*, by: User | None, at: dt.datetime) -> int:
    """Let others take the notices whose worker died while sending; returns how many."""
    stuck = Notice.objects.stuck(since=at - rules.STUCK_AFTER).update(claimed_at=None)
    if stuck:
        logger.warning("%s notices of dead workers were handed back by %s", stuck, by or "the schedule")
    return stuck


def _mail_for(notice: Notice) -> EmailMultiAlternatives | None:
    """The mail in the recipient's language; None where the person may not sign in any more or the link has no use."""
    person = notice.recipient
    link = link_of(notice)
    if link is None or (person is not None and not person.is_active):
        return None
    with translation.override(person.language if person else notice.language):
        subject = wording.subject_of(notice)
        context = {
            "person": person,
            "subject": subject,
            "body": wording.body_of(notice),
            "link": settings.SITE_URL.rstrip("/") + link if link else "",
            "site": settings.SITE_URL,
            "language": translation.get_language(),
        }
        mail = EmailMultiAlternatives(
            subject, render_to_string("emails/notice.txt", context), to=[person.email if person else notice.address]
        )
        mail.attach_alternative(render_to_string("emails/notice.html", context), "text/html")
    return mail


def _put_off(notice: Notice, error: Exception, *, by: User | None, at: dt.datetime) -> None:
    again_at = None if _is_final(error) else rules.next_try(notice.attempts, at)
    said = str(error)[: Notice._meta.get_field("last_error").max_length]
    if again_at is not None:
        _close(notice, at=at, claimed_at=None, not_before=again_at, last_error=said)
        return
    with transaction.atomic():
        if _close(notice, at=at, given_up_at=at, last_error=said):
            _tell_timeline(notice, "mail.failed", by=by, at=at)


def _is_final(error: Exception) -> bool:
    """Did the server say that this address will never do (a reply of 500 or above for every recipient)?"""
    if not isinstance(error, smtplib.SMTPRecipientsRefused):
        return False
    return all(code >= 500 for code, _said in error.recipients.values())


def _close(notice: Notice, *, at: dt.datetime, **fields: Any) -> int:
    """Write the outcome of our own claim, and of no other: it may have been handed back meanwhile."""
    return Notice.objects.filter(pk=notice.pk, claimed_at=at, sent_at=None, given_up_at=None).update(**fields)


def _tell_timeline(notice: Notice, verb: str, *, by: User | None, at: dt.datetime) -> None:
    """A line in the timeline of the thing, if it is about one that still exists."""
    if not notice.thing_kind:
        return
    thing = apps.get_model(notice.thing_kind)._default_manager.filter(pk=notice.thing_id).first()
    if thing is None:
        return
    facts = {
        "recipient": notice.recipient.names if notice.recipient else notice.address,
        "subject": {"msgid": KINDS[notice.kind].subject, "params": notice.facts},
    }
    record(verb=verb, thing=thing, by=by, at=at, facts=facts)
