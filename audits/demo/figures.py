"""Real figures in the demo: American factories by the import, and Benxi's programme as it was reported."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext_noop

from audits.programme.reported.services import GivenEffect, enter_programme
from cpaudit.accounts.models import User
from cpaudit.imports.models import ImportRun, RunKind
from cpaudit.imports.services import ship_mapping
from cpaudit.imports.work import import_at_once
from cpaudit.jobs.models import JobState
from cpaudit.reference.models import Metric, Region

IAC = settings.BASE_DIR / "fixtures" / "iac"
TABLES = (
    ("iac_fy2019_plants.csv", "enterprises.mapping.json"),
    ("iac_fy2019_plants.csv", "yearly_figures.mapping.json"),
    ("iac_fy2019_recommendations.csv", "options.mapping.json"),
)


def import_factories(*, by: User, at: dt.datetime) -> None:
    """516 plants and 3,485 recommendations through the mapping feature; a table that was imported is left alone."""
    for table, mapping_file in TABLES:
        mapping = json.loads((IAC / mapping_file).read_text("utf-8"))
        done = ImportRun.objects.filter(
            kind=RunKind.REAL, state=JobState.DONE, of__target=mapping["target"], of__name=table
        )
        ship_mapping(name=gettext_noop("US industrial assessments (IAC)"), data=mapping, by=None, at=at)
        if not done.exists():
            run = import_at_once(path=IAC / table, target=mapping["target"], mapping=mapping, by=by, at=at)
            if run.kind != RunKind.REAL or run.state != JobState.DONE:
                raise RuntimeError(f"{table} could not be imported: {run.problem or run.summary}")


def report_benxi(*, by: User, at: dt.datetime) -> None:
    """What the city of Benxi reported of 1996 to mid-2001, exactly as printed; the checks flag what is doubtful."""
    reported = (("cod", "5759", "t", "33.3"), ("wastewater", "2175", "t", None))
    others = (("waste_gas", "2800000000", "Nm3", None), ("solid_waste", "26000", "t", None))
    enter_programme(
        title_en="Cleaner production in Benxi, 1996 to mid-2001",
        title_zh="本溪市清洁生产（1996年至2001年年中）",
        region=Region.objects.get(code="210500"),
        year_from=1996,
        year_to=2001,
        source="Li Qiang, Benxi Agenda 21 Administrative Centre: International Conference on Cleaner Production, 2001",
        enterprises=41,
        medium_high_proposed=50,
        medium_high_implemented=29,
        no_low_proposed=422,
        no_low_implemented=384,
        investment=Decimal("75090000"),
        benefit=Decimal("290000000"),
        currency="CNY",
        total_reduction_percent=Decimal("10"),
        effects=[
            GivenEffect(
                Metric.objects.get(code=code), Decimal(amount), unit, Decimal(share) if share is not None else None
            )
            for code, amount, unit, share in reported + others
        ],
        by=by,
        at=at,
    )
