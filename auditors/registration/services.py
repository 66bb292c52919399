"""Entering and ending registrations."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from auditors.people.models import Auditor
from auditors.people.policies import check_can_keep_register
from auditors.registration.models import Registration
from auditors.registration.rules import LEVEL_LABELS, RANKS, Level, entry_findings, valid_until
from cpaudit.accounts.models import User
from cpaudit.notices.services import notify
from cpaudit.rulebook.errors import Invalid, Refused, Stale
from cpaudit.rulebook.findings import _, blocking
from cpaudit.rulebook.rulesets import rule_set_on
from cpaudit.trail.services import record
from cpaudit.web.findings import translated


@transaction.atomic
def enter_registration(
    *, auditor: Auditor, level: str, certificate_no: str, approved_on: dt.date, by: User | None, at: dt.datetime
) -> Registration:
    """Enter a registration; it is valid for as long as its level says (Item 18).

    Registrations in force that it replaces end on its day of approval (a promotion or a renewal). One entered later
    than its successor ends where the successor begins. Raises NotAllowed, Invalid, and Refused with the findings.
    """
    if by is not None:
        check_can_keep_register(by)
    certificate_no = certificate_no.strip()
    errors: dict[str, list[str]] = {}
    if level not in set(Level):
        errors["level"] = [translated(_("Choose one of the levels."))]
    if not certificate_no:
        errors["certificate_no"] = [translated(_("Give the number of the certificate."))]
    if errors:
        raise Invalid(_("Some of what was entered cannot be used."), errors)
    # Two entries for one person wait for each other here, so that both see what the other wrote.
    Auditor.objects.filter(pk=auditor.pk).update(version=F("version") + 1)
    known = list(auditor.registrations.all())
    findings = entry_findings(level, approved_on, [one.held for one in known], today=timezone.localdate(at))
    if blocking(findings):
        raise Refused(_("The registration cannot be entered."), findings)
    registration = Registration(
        auditor=auditor,
        level=level,
        certificate_no=certificate_no,
        approved_on=approved_on,
        valid_until=valid_until(level, approved_on, rule_set_on(approved_on)),
        entered_by=by,
        entered_at=at,
    )
    if successor := _successor_of(registration, known):
        registration.ended_on, registration.ended_because = successor.approved_on, _replaced_by(successor)
    try:
        with transaction.atomic():
            registration.save(force_insert=True)
    except IntegrityError as error:
        sentences = [translated(_("A registration with this certificate number is on record already."))]
        raise Invalid(_("Some of what was entered cannot be used."), {"certificate_no": sentences}) from error
    for replaced in known:
        if replaced.holds_on(approved_on) and RANKS[replaced.level] <= RANKS[level]:
            Registration.objects.filter(pk=replaced.pk).update(
                ended_on=approved_on, ended_because=_replaced_by(registration)
            )
    facts = {
        "certificate": certificate_no,
        "level": {"msgid": LEVEL_LABELS[Level(level)]},
        "valid_until": registration.valid_until,
    }
    record(verb="registration.entered", thing=auditor, by=by, at=at, facts=facts | {"person": auditor.names})
    if auditor.user:
        notify(
            kind="registration.entered", to=[auditor.user], by=by, at=at, key=f"registration-{registration.pk}",
            facts=facts, link=f"/auditors/{auditor.pk}/", thing=auditor,
        )  # fmt: skip
    return registration


@transaction.atomic
def end_registration(
    *, registration: Registration, ended_on: dt.date, because: str, by: User | None, at: dt.datetime
) -> Registration:
    """End a registration before its time; `ended_on` is the first day it no longer holds.

    What was done under it before stays valid (Item 28). Raises NotAllowed, Invalid, Stale where it has ended already.
    """
    if by is not None:
        check_can_keep_register(by)
    errors: dict[str, list[str]] = {}
    if not registration.approved_on < ended_on <= registration.valid_until:
        errors["ended_on"] = [translated(_("The day must lie after the approval and not after the last valid day."))]
    if not because.strip():
        errors["because"] = [translated(_("Say why it ends."))]
    if errors:
        raise Invalid(_("Some of what was entered cannot be used."), errors)
    open_row = Registration.objects.filter(pk=registration.pk, ended_on=None)
    if not open_row.update(ended_on=ended_on, ended_because=because.strip()):
        raise Stale(_("This registration has been ended already."))
    registration.refresh_from_db()
    auditor = registration.auditor
    facts = {"certificate": registration.certificate_no, "ended_on": ended_on, "reason": because.strip()}
    record(verb="registration.ended", thing=auditor, by=by, at=at, facts=facts)
    if auditor.user:
        notify(
            kind="registration.ended", to=[auditor.user], by=by, at=at, key=f"registration-{registration.pk}",
            facts=facts, link=f"/auditors/{auditor.pk}/", thing=auditor,
        )  # fmt: skip
    return registration


def _successor_of(registration: Registration, known: list[Registration]) -> Registration | None:
    """The first registration on record that was approved while this one held, and replaced it."""
    later = [
        one
        for one in known
        if registration.approved_on < one.approved_on <= registration.valid_until
        and RANKS[one.level] >= RANKS[registration.level]
    ]
    return min(later, key=lambda one: one.approved_on, default=None)


def _replaced_by(registration: Registration) -> str:
    """Kept as a text beside the date; the certificate's number is the same in every language."""
    return f"→ {registration.certificate_no}"
