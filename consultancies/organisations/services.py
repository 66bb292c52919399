"""Entering and correcting organisations."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from consultancies.organisations.models import Organisation
from consultancies.organisations.policies import check_can_keep_organisations
from cpaudit.accounts.models import Body, User
from cpaudit.accounts.roles import BodyKind
from cpaudit.reference.models import Region
from cpaudit.rulebook.errors import Invalid, Stale
from cpaudit.rulebook.findings import _
from cpaudit.trail.services import record
from cpaudit.trail.words import field_labels, listed
from cpaudit.web.findings import translated

KINDS = (BodyKind.CONSULTING, BodyKind.ASSESSMENT)
BODY_FIELDS = ("name_zh", "name_en", "region")


@transaction.atomic
def enter_organisation(
    *,
    kind: str,
    name_zh: str,
    name_en: str = "",
    region: Region,
    registration_no: str,
    affirmed_on: dt.date | None = None,
    by: User | None,
    at: dt.datetime,
) -> Organisation:
    """Enter an organisation with the body it acts as; without `affirmed_on` it may not operate yet (Item 24)."""
    if by is not None:
        check_can_keep_organisations(by)
    values = {
        "name_zh": name_zh.strip(),
        "name_en": name_en.strip(),
        "region": region,
        "registration_no": registration_no.strip(),
        "affirmed_on": affirmed_on,
        "ended_on": None,
    }
    errors = _problems(values, today=timezone.localdate(at))
    if kind not in KINDS:
        errors["kind"] = [translated(_("An organisation consults or assesses."))]
    if errors:
        raise _invalid(errors)
    body = Body.objects.create(kind=kind, **{name: values[name] for name in BODY_FIELDS})
    own = {name: value for name, value in values.items() if name not in BODY_FIELDS}
    organisation: Organisation = _registered_once(lambda: Organisation.objects.create(body=body, **own))
    record(
        verb="organisation.entered",
        thing=organisation,
        by=by,
        at=at,
        facts={"affirmed_on": affirmed_on or {"msgid": _("no day yet")}},
    )
    return organisation


@transaction.atomic
def change_organisation(
    *,
    organisation: Organisation,
    version: int,
    name_zh: str,
    name_en: str,
    region: Region,
    registration_no: str,
    affirmed_on: dt.date | None,
    ended_on: dt.date | None,
    by: User | None,
    at: dt.datetime,
) -> Organisation:
    """Correct an organisation, affirm it, or end it (`ended_on` is the first day it may no longer operate).

    Nothing happens where nothing differs. Raises NotAllowed, Invalid, and Stale on an old `version`.
    """
    if by is not None:
        check_can_keep_organisations(by)
    values = {
        "name_zh": name_zh.strip(),
        "name_en": name_en.strip(),
        "region": region,
        "registration_no": registration_no.strip(),
        "affirmed_on": affirmed_on,
        "ended_on": ended_on,
    }
    if errors := _problems(values, today=timezone.localdate(at)):
        raise _invalid(errors)
    before = {name: _value(organisation, name) for name in values}
    changes = {name: value for name, value in values.items() if before[name] != value}
    if not changes:
        return organisation
    own = {name: value for name, value in changes.items() if name not in BODY_FIELDS}
    row = Organisation.objects.filter(pk=organisation.pk, version=version)
    if not _registered_once(lambda: row.update(version=F("version") + 1, **own)):
        raise Stale(_("Somebody has changed this organisation meanwhile. Look at it again, then make your change."))
    if of_body := {name: value for name, value in changes.items() if name in BODY_FIELDS}:
        Body.objects.filter(pk=organisation.pk).update(**of_body)
    fresh = Organisation.objects.with_names().get(pk=organisation.pk)
    record(
        verb="organisation.changed",
        thing=fresh,
        by=by,
        at=at,
        facts={
            "fields": listed(
                field_labels(Body, [name for name in changes if name in BODY_FIELDS]) + field_labels(Organisation, own)
            ),
            "changes": {name: [str(before[name] or ""), str(value or "")] for name, value in changes.items()},
        },
    )
    return fresh


def _problems(values: dict[str, Any], *, today: dt.date) -> dict[str, list[str]]:
    """What is wrong with the values, by field."""
    errors: dict[str, list[str]] = {}
    if not values["name_zh"] and not values["name_en"]:
        errors["name_zh"] = [translated(_("The organisation needs a name, in Chinese or in English."))]
    if not values["registration_no"]:
        errors["registration_no"] = [translated(_("Give the registration number."))]
    affirmed_on, ended_on = values["affirmed_on"], values["ended_on"]
    if affirmed_on and affirmed_on > today:
        errors["affirmed_on"] = [translated(_("This day has not come: enter the affirmation when it is there."))]
    if ended_on and (affirmed_on is None or ended_on <= affirmed_on):
        errors["ended_on"] = [translated(_("Only what was affirmed can end, and only after that day."))]
    return errors


def _registered_once(write: Callable[[], Any]) -> Any:
    """Do the write; a registration number is one organisation's."""
    try:
        with transaction.atomic():
            return write()
    except IntegrityError as error:
        sentences = [translated(_("An organisation with this registration number is on record already."))]
        raise _invalid({"registration_no": sentences}) from error


def _invalid(errors: dict[str, list[str]]) -> Invalid:
    return Invalid(_("Some of what was entered cannot be used."), errors)


def _value(organisation: Organisation, name: str) -> Any:
    return getattr(organisation.body if name in BODY_FIELDS else organisation, name)
