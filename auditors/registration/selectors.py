"""Reads of the register: who is registered, at which level, on which day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable

from django.db.models import Exists, OuterRef, Prefetch

from auditors.people.models import Auditor, AuditorQuerySet
from auditors.registration.models import Registration
from auditors.registration.rules import RANKS
from cpaudit.accounts.models import Body


def registrations_on(auditor_ids: Iterable[int], on: dt.date) -> dict[int, Registration]:
    """The registration in force that day of each auditor, the highest level where there are several; one query."""
    held = Registration.objects.valid(on=on).filter(auditor__in=list(auditor_ids))
    return {one.auditor_id: one for one in sorted(held, key=lambda one: RANKS[one.level])}


def highest(registrations: Iterable[Registration], *, on: dt.date) -> Registration | None:
    """Of one person's registrations the highest in force that day."""
    return max((one for one in registrations if one.holds_on(on)), key=lambda one: RANKS[one.level], default=None)


def qualified_on(auditors: AuditorQuerySet, on: dt.date, levels: Collection[str]) -> AuditorQuerySet:
    """Those with a registration in force that day at one of `levels`."""
    held = Registration.objects.valid(on=on).filter(auditor=OuterRef("pk"), level__in=levels)
    return auditors.filter(Exists(held))


def auditors_of(bodies: Iterable[Body | int]) -> AuditorQuerySet:
    """The auditors whom these bodies employ, each with his registrations at hand."""
    return with_registrations(Auditor.objects.filter(employer__in=bodies))


def with_registrations(auditors: AuditorQuerySet) -> AuditorQuerySet:
    """Auditors with employer and registrations (newest first) at hand: two queries for any number."""
    newest_first = Registration.objects.order_by("-approved_on", "-pk")
    return auditors.select_related("employer__region").prefetch_related(Prefetch("registrations", newest_first))
