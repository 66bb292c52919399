"""Reported programmes for tests. Benxi is the one of a paper of 2001; its figures are as printed there."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from audits.programme.models import ReportedProgramme
from audits.programme.reported.services import GivenEffect, enter_programme
from cpaudit.accounts.models import User
from tests.factories.people import region
from tests.factories.reference import metric

AT = dt.datetime(2026, 11, 21, 4, 0, tzinfo=dt.UTC)


def effect(code: str, amount: str, unit: str, share_percent: str | None = None) -> GivenEffect:
    return GivenEffect(metric(code), Decimal(amount), unit, Decimal(share_percent) if share_percent else None)


def benxi_fields() -> dict[str, Any]:
    return {
        "title_en": "Cleaner production in Benxi, 1996 to 2001",
        "title_zh": "本溪市清洁生产（1996—2001年）",
        "region": region("210500"),
        "year_from": 1996,
        "year_to": 2001,
        "source": "Li Qiang, International Conference on Cleaner Production, Beijing 2001, paper 19",
        "enterprises": 41,
        "no_low_proposed": 422,
        "no_low_implemented": 384,
        "medium_high_proposed": 50,
        "medium_high_implemented": 29,
        "investment": Decimal("75090000"),
        "benefit": Decimal("290000000"),
        "total_reduction_percent": Decimal(10),
    }


def benxi_effects() -> list[GivenEffect]:
    return [
        effect("cod", "5759", "t", "33.3"),
        effect("wastewater", "2175", "t"),
        effect("waste_gas", "2800", "M_Nm3"),
        effect("solid_waste", "26000", "t"),
    ]


def enter_benxi(by: User | None = None) -> ReportedProgramme:
    return enter_programme(effects=benxi_effects(), by=by, at=AT, **benxi_fields())


def enter_report(
    by: User | None = None, *, region_code: str = "210500", year: int = 2001, **fields: Any
) -> ReportedProgramme:
    """A programme with next to nothing in it but what is given."""
    effects = fields.pop("effects", [])
    basics = {"title_en": "A programme", "region": region(region_code), "year_from": year, "year_to": year}
    return enter_programme(effects=effects, by=by, at=AT, **basics | {"source": "a report"} | fields)
