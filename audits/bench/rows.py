"""Synthetic rows for the bench, written with `bulk_create` past the services: only their number matters here."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction

from audits.enterprises.models import Enterprise
from audits.options.models import EffectKind, Option, OptionEffect
from audits.options.rules import Aspect, CostClass, OptionStatus
from audits.workflow.models import Audit
from audits.workflow.rules.transitions import Status
from cpaudit.accounts.models import Body
from cpaudit.accounts.roles import BodyKind
from cpaudit.reference.models import Metric, Region, RegionLevel, Sector

OPTIONS_EACH = 4
BATCH = 1_000
CLOSED = {Status.FILED, Status.APPROVED, Status.REJECTED, Status.CLOSED}


@transaction.atomic
def make_rows(number: int, *, at: dt.datetime) -> None:
    """`number` enterprises with an audit of four options each, spread over all prefectures, industries and statuses."""
    dice = random.Random(number)  # noqa: S311  the same rows in every run, no secret
    regions = list(Region.objects.filter(level=RegionLevel.PREFECTURE))
    sectors = list(Sector.objects.of_edition(Sector.DEFAULT_EDITION))
    bodies = Body.objects.bulk_create(
        (
            Body(kind=BodyKind.ENTERPRISE, name_zh=f"企业{i}", name_en=f"Enterprise {i}", region=dice.choice(regions))
            for i in range(number)
        ),
        BATCH,
    )
    enterprises = Enterprise.objects.bulk_create(
        (
            Enterprise(body=body, source="bench", source_ref=str(body.pk), sector=dice.choice(sectors))
            for body in bodies
        ),
        BATCH,
    )
    audits = Audit.objects.bulk_create((_audit(dice, enterprise, at) for enterprise in enterprises), BATCH)
    options = Option.objects.bulk_create(
        (_option(dice, audit, place) for audit in audits for place in range(OPTIONS_EACH)), BATCH
    )
    metrics = list(Metric.objects.filter(code__in=["cod", "wastewater", "electricity"]))
    OptionEffect.objects.bulk_create((_effect(dice, option, metrics, at) for option in options), BATCH)


def _audit(dice: random.Random, enterprise: Enterprise, at: dt.datetime) -> Audit:
    status = dice.choice(list(Status))
    return Audit(
        number=f"B-{enterprise.pk:07}", enterprise=enterprise, kind="voluntary", year=dice.randrange(2015, 2027),
        self_audit=True, status=status, cost_low_max=Decimal(50_000), cost_medium_max=Decimal(500_000),
        due_on=at.date() + dt.timedelta(days=dice.randrange(-90, 200)), opened_at=at,
        filing_version=1 if status in CLOSED else 0,
    )  # fmt: skip


def _option(dice: random.Random, audit: Audit, place: int) -> Option:
    return Option(
        audit=audit, code=f"{place + 1:02}", title="Return the rinsing water", aspect=dice.choice(list(Aspect)),
        cost_class=dice.choice(list(CostClass)), status=dice.choice(list(OptionStatus)),
        screening_reason="no use", abandoned_reason="too dear",
        planned_investment=_money(dice), planned_benefit=_money(dice),
        actual_investment=_money(dice), actual_benefit=_money(dice),
    )  # fmt: skip


def _money(dice: random.Random) -> Decimal:
    return Decimal(dice.randrange(10**8)) / 100


def _effect(dice: random.Random, option: Option, metrics: Sequence[Metric], at: dt.datetime) -> OptionEffect:
    amount = Decimal(dice.randrange(10**6)) / 10
    facts: dict[str, Any] = {"amount": amount, "given_amount": amount, "given_unit": "t", "recorded_at": at}
    return OptionEffect(option=option, metric=dice.choice(metrics), kind=dice.choice(EffectKind.values), **facts)
