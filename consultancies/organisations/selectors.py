"""Reads about organisations that join or shape."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q

from consultancies.organisations.models import Organisation, OrganisationQuerySet
from consultancies.organisations.rules import staff_finding
from cpaudit.accounts.roles import BodyKind
from cpaudit.rulebook.findings import Finding
from cpaudit.rulebook.rulesets import RuleSet


def operating_consultancies(on: dt.date) -> OrganisationQuerySet:
    """The consulting organisations an enterprise can engage on that day: affirmed by then, not ended (Item 24)."""
    return Organisation.objects.operating(on=on).filter(body__kind=BodyKind.CONSULTING).with_names()


def staff_of(organisation: Organisation, *, on: dt.date, rules: RuleSet) -> Finding:
    """How many registered auditors it employs on that day, against what Item 23 asks."""
    # Auditors and their registrations are higher rooms, read through the relations that point here.
    in_force = Q(registrations__approved_on__lte=on, registrations__valid_until__gte=on) & (
        Q(registrations__ended_on=None) | Q(registrations__ended_on__gt=on)
    )
    held = organisation.body.auditors.filter(in_force).values_list("pk", "registrations__level")
    everybody = {pk for pk, _level in held}
    qualified = {pk for pk, level in held if level in rules.choices("org_levels")}
    return staff_finding(len(qualified), len(everybody - qualified), rules)
