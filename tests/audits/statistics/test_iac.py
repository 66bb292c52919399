"""The figures of 3,485 real recommendations, held against the file they came from."""

from __future__ import annotations

import csv
import datetime as dt
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal

import pytest

from audits.statistics.selectors import catalogue, query
from cpaudit.jobs.models import JobState
from tests.cpaudit.imports.iac import PLANTS, RECOMMENDATIONS, mapping, take_in
from tests.factories.people import make_authority, make_user

pytestmark = pytest.mark.django_db
AT = dt.datetime(2026, 11, 2, 9, 0, tzinfo=dt.UTC)
MEASURES = ["proposed", "implemented", "implementation_rate", "planned_investment_usd", "planned_benefit_usd"]
EFFECT = "electricity_expected"


def read(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def reckoned():
    """{province: figures} straight from the two files."""
    places = mapping("enterprises")["lookups"]["region"]
    province = {row["id"]: places[row["state"]][:2] for row in read(PLANTS)}
    found = defaultdict(lambda: [0, 0, Decimal(0), Decimal(0), Decimal(0)])
    for row in read(RECOMMENDATIONS):
        figures = found[province[row["id"]]]
        figures[0] += 1
        figures[1] += row["impstatus"] == "I"
        figures[2] += Decimal(row["impcost"] or 0)
        figures[3] += Decimal(row["psaved"] or 0)
        if row["psourccode"] == "EC":
            figures[4] += Decimal(row["pconserved"] or 0)
    return found


def test_real_recommendations_come_out_as_the_file_says(reference):
    officer = make_user(make_authority(region_code="100000"))
    for target in ("enterprises", "options"):
        run = take_in(target, by=officer, at=AT)
        assert run.state == JobState.DONE, run.problem
    for reader, origin in ((officer, "recorded"), (None, "recorded")):
        result = query(
            dataset=catalogue(reader)["options"],
            by=["province", "origin"],
            measures=[*MEASURES, EFFECT],
            filters={},
            total=True,
            user=reader,
            at=AT,
        )
        expected = reckoned()
        assert {row.key for row in result.rows} == {(province, origin) for province in expected}
        for row in result.rows:
            proposed, implemented, cost, saving, power = expected[row.key[0]]
            rate = (Decimal(100 * implemented) / proposed).quantize(Decimal("0.1"), ROUND_HALF_UP)
            assert [row.figures[name] for name in MEASURES] == [proposed, implemented, rate, cost, saving]
            assert (row.figures[EFFECT] or 0) == power
        assert result.total.figures["proposed"] == 3485
        assert result.total.figures["planned_investment_usd"] == sum(each[2] for each in expected.values())
