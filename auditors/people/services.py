"""Entering and correcting auditors, as people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from auditors.people.models import Auditor
from auditors.people.policies import check_can_keep_register
from cpaudit.accounts.models import Body, User
from cpaudit.rulebook.errors import Invalid, Stale
from cpaudit.rulebook.findings import _
from cpaudit.trail.services import record
from cpaudit.trail.words import field_labels, listed
from cpaudit.web.findings import translated


@transaction.atomic
def enter_auditor(
    *, name_zh: str, name_en: str = "", employer: Body | None = None, email: str = "", by: User | None, at: dt.datetime
) -> Auditor:
    """Enter a person. `email` is that of his account, where he signs in himself.

    Raises NotAllowed, and Invalid with every unusable field.
    """
    if by is not None:
        check_can_keep_register(by)
    values = _cleaned(name_zh, name_en, employer, email)
    auditor = _linked_once(lambda: Auditor.objects.create(**values))
    record(verb="auditor.entered", thing=auditor, by=by, at=at)
    return auditor


@transaction.atomic
def change_auditor(
    *,
    auditor: Auditor,
    version: int,
    name_zh: str,
    name_en: str,
    employer: Body | None,
    email: str,
    by: User | None,
    at: dt.datetime,
) -> Auditor:
    """Correct the names, the employer, the account. Nothing happens where nothing differs. Raises Stale, too."""
    if by is not None:
        check_can_keep_register(by)
    values = _cleaned(name_zh, name_en, employer, email)
    changes = {name: value for name, value in values.items() if getattr(auditor, name) != value}
    if not changes:
        return auditor
    row = Auditor.objects.filter(pk=auditor.pk, version=version)
    if not _linked_once(lambda: row.update(version=F("version") + 1, **changes)):
        raise Stale(_("Somebody has changed this auditor meanwhile. Look at it again, then make your change."))
    before = {name: getattr(auditor, name) for name in changes}
    fresh = Auditor.objects.get(pk=auditor.pk)
    record(
        verb="auditor.changed",
        thing=fresh,
        by=by,
        at=at,
        facts={
            "fields": listed(field_labels(Auditor, changes)),
            "changes": {name: [str(before[name] or ""), str(changes[name] or "")] for name in changes},
        },
    )
    return fresh


def _cleaned(name_zh: str, name_en: str, employer: Body | None, email: str) -> dict[str, Any]:
    """The values of the row, or Invalid."""
    errors: dict[str, list[str]] = {}
    name_zh, name_en, email = name_zh.strip(), name_en.strip(), email.strip()
    if not name_zh and not name_en:
        errors["name_zh"] = [translated(_("Give the person's name."))]
    user = User.objects.filter(email__iexact=email).first() if email else None
    if email and user is None:
        errors["email"] = [translated(_("Nobody has an account with this e-mail; he must be invited first."))]
    if errors:
        raise Invalid(_("Some of what was entered cannot be used."), errors)
    return {"name_zh": name_zh, "name_en": name_en, "employer": employer, "user": user}


def _linked_once(write: Callable[[], Any]) -> Any:
    """Do the write; one account is one auditor."""
    try:
        with transaction.atomic():
            return write()
    except IntegrityError as error:
        sentences = [translated(_("This account belongs to another auditor already."))]
        raise Invalid(_("Some of what was entered cannot be used."), {"email": sentences}) from error
