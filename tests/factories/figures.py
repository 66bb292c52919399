"""Many audits with options and effects at once, for statistics: rows written directly, not by walking the services.

Thousands of random rows in every status are wanted here, more than the services could reach in a test's time; what the
services refuse is kept out by the database's own constraints.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import count
from typing import Any

from audits.enterprises.models import Enterprise
from audits.options.models import EffectKind, Option, OptionEffect
from audits.options.rules import Aspect, CostClass, OptionStatus
from audits.programme.models import Listing
from audits.workflow.models import Audit
from audits.workflow.rules.transitions import Status
from tests.factories.people import make_authority, make_enterprise
from tests.factories.reference import metric

OPENED_AT = dt.datetime(2026, 1, 5, 1, 0, tzinfo=dt.UTC)
WAS_FILED = {Status.FILED, Status.APPROVED, Status.REJECTED, Status.CLOSED}
_serial = count(1)


def add_audit(enterprise: Enterprise, status: str = Status.APPROVED, **fields: Any) -> Audit:
    """An audit in a status, written as it is."""
    number = next(_serial)
    fields = {"year": 2012, "kind": "voluntary", "self_audit": True, "opened_at": OPENED_AT} | fields
    if status in WAS_FILED:
        fields = {"filing_version": 1} | fields
    return Audit.objects.create(
        number=f"T-{number:05}", enterprise=enterprise, status=status,
        cost_low_max=Decimal(50_000), cost_medium_max=Decimal(500_000), **fields,
    )  # fmt: skip


def list_enterprise(enterprise: Enterprise, year: int = 2012) -> Listing:
    day = dt.date(year, 3, 1)
    authority = make_authority(region_code=enterprise.body.region.code)
    return Listing.objects.create(
        enterprise=enterprise, authority=authority, year=year, reason="toxic", published_on=day, disclose_by=day,
        start_by=day, report_by=day, listed_at=OPENED_AT,
    )  # fmt: skip


def add_option(audit: Audit, status: str = OptionStatus.IMPLEMENTED, **fields: Any) -> Option:
    reasons = {"abandoned": {"abandoned_reason": "too dear"}, "screened_out": {"screening_reason": "no use"}}
    return Option.objects.create(
        audit=audit, code=f"o{next(_serial)}", title="Collect the drips", status=status,
        **reasons.get(status, {}) | fields,
    )  # fmt: skip


def add_effect(option: Option, code: str, amount: str, kind: str = EffectKind.MEASURED) -> OptionEffect:
    value = Decimal(amount)
    return OptionEffect.objects.create(
        option=option, metric=metric(code), kind=kind, amount=value, given_amount=value,
        given_unit=metric(code).unit, recorded_at=OPENED_AT,
    )  # fmt: skip


@dataclass
class World:
    """What was made, as plain rows for an independent reckoning."""

    enterprises: list[Enterprise]
    audits: list[Audit]
    options: list[Option]
    effects: list[OptionEffect]


PLACES = ("210500", "210502", "210200", "320100", "110105", "440300", "419001")
INDUSTRIES = ("C17", "C22", "C26", "C31")
METRICS = ("cod", "wastewater", "electricity")


def make_world(seed: int, *, audits: int = 25, options: int = 160, places: Sequence[str] = PLACES) -> World:
    """Random audits, options and effects. The same seed gives the same world."""
    dice = random.Random(seed)
    enterprises = [
        make_enterprise(region_code=dice.choice(places), sector_code=dice.choice(INDUSTRIES)) for _ in range(12)
    ]
    made = [_random_audit(dice, dice.choice(enterprises)) for _ in range(audits)]
    Option.objects.bulk_create(_random_option(dice, dice.choice(made), number) for number in range(options))
    rows = list(Option.objects.filter(audit__in=made).order_by("pk"))
    effects = [
        _random_effect(dice, option, code, kind)
        for option in rows
        for code in METRICS
        for kind in EffectKind.values
        if dice.random() < 0.4
    ]
    OptionEffect.objects.bulk_create(effects)
    return World(enterprises, made, rows, effects)


def _random_audit(dice: random.Random, enterprise: Enterprise) -> Audit:
    status = dice.choice(list(Status))
    started = dt.date(2026, 2, 1) + dt.timedelta(days=dice.randrange(60))
    filed = dt.datetime(2026, 5, 1, dice.randrange(24), 30, tzinfo=dt.UTC) + dt.timedelta(days=dice.randrange(60))
    dates: dict[str, Any] = {}
    if status not in {Status.PLANNED, Status.ENGAGED, Status.RECORDED}:
        dates = {"started_on": started, "due_on": dt.date(2026, 11, 20 + dice.randrange(3))}
    if status in WAS_FILED:
        decided = filed + dt.timedelta(days=dice.randrange(30), seconds=dice.randrange(86_400))
        dates |= {"filed_at": filed, "decided_at": None if status == Status.FILED else decided}
    return add_audit(
        enterprise, status, year=dice.randrange(2009, 2013), currency=dice.choice(["CNY", "CNY", "USD"]), **dates
    )


def _money(dice: random.Random) -> Decimal | None:
    """Amounts binary floats cannot hold, and some nobody knows."""
    return None if dice.random() < 0.2 else Decimal(dice.randrange(1, 10**9)) / 100


def _random_option(dice: random.Random, audit: Audit, number: int) -> Option:
    status = dice.choice(list(OptionStatus))
    return Option(
        audit=audit, code=f"R{number}", title="Reuse the water", status=status,
        aspect=dice.choice(["", *Aspect]), cost_class=dice.choice(["", *CostClass]), currency=audit.currency,
        abandoned_reason="too dear", screening_reason="no use",
        planned_investment=_money(dice), planned_benefit=_money(dice),
        actual_investment=_money(dice), actual_benefit=_money(dice),
    )  # fmt: skip


def _random_effect(dice: random.Random, option: Option, code: str, kind: str) -> OptionEffect:
    amount = Decimal(dice.randrange(-(10**6), 10**9)) / 10 ** dice.randrange(7)
    return OptionEffect(
        option=option, metric=metric(code), kind=kind, amount=amount, given_amount=amount, given_unit="t",
        recorded_at=OPENED_AT,
    )  # fmt: skip
