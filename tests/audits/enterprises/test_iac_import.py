"""The whole real files go in through the services, and the sums are those of an independent reading."""

import csv
import datetime as dt
from collections import Counter, defaultdict
from decimal import ROUND_HALF_EVEN, Decimal

import pytest
from django.db.models import Count, Sum

from audits.enterprises.models import Enterprise, YearlyFigure
from audits.options.models import Option, OptionEffect
from audits.workflow.models import Audit
from audits.workflow.rules.transitions import Status
from cpaudit.accounts.models import User
from cpaudit.imports.models import ImportRun, RunProblem
from cpaudit.jobs.models import JobState
from cpaudit.trail.models import Event
from tests.cpaudit.imports.iac import PLANTS, RECOMMENDATIONS, dry, mapping, ready, take_in
from tests.factories.people import make_authority, make_user

AT = dt.datetime(2026, 11, 2, 9, 0, tzinfo=dt.UTC)
GALLON, POUND, SQUARE_FOOT = Decimal("0.003785411784"), Decimal("0.00045359237"), Decimal("0.09290304")
MMBTU = Decimal("1.05505585262")
SIX = Decimal("0.000001")

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(reference: None) -> User:
    return make_user(make_authority(region_code="100000", name_en="National authority"))


def read(path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def books_balance(run: ImportRun, rows: int) -> None:
    counts = run.counts
    assert counts["rows"] == rows
    assert rows == (
        counts["rows_imported"]
        + counts["rows_skipped"]
        + counts["rows_refused"]
        + counts["rows_without_value"]
        + counts["rows_empty"]
    )


def test_all_516_plants_become_enterprises(officer):
    run = take_in("enterprises", by=officer, at=AT)
    assert (run.state, run.problem) == (JobState.DONE, None)
    books_balance(run, 516)
    assert (run.counts["rows_imported"], run.counts["rows_refused"], run.counts["created"]) == (516, 0, 516)
    plants = {row["id"]: row for row in read(PLANTS)}
    enterprises = {one.source_ref: one for one in Enterprise.objects.with_names()}
    assert enterprises.keys() == plants.keys()
    assert not Enterprise.objects.exclude(credit_code=None).exists()  # none is invented
    assert {ref: one.employees for ref, one in enterprises.items()} == {
        ref: int(row["employees"]) for ref, row in plants.items()
    }
    lookups = mapping("enterprises")["lookups"]
    for ref, row in plants.items():
        assert enterprises[ref].body.region.code == lookups["region"][row["state"]]
        assert enterprises[ref].sector.code == lookups["sector"][row["naics"]]
        assert enterprises[ref].name == " ".join(f"{ref} {row['products']}".split(" ")).strip()
    assert Event.objects.filter(verb="enterprise.imported").count() == 516


def test_all_figures_come_in_converted_and_add_up(officer):
    take_in("enterprises", by=officer, at=AT)
    run = take_in("yearly_figures", by=officer, at=AT)
    assert run.state == JobState.DONE, run.problem
    books_balance(run, 516)
    assert run.counts["rows_refused"] == 0
    streams = {
        "electricity": (["ec"], Decimal(1)),
        "electric_demand": (["ed"], Decimal(1)),
        "fuel_heat": ([f"e{number}" for number in range(2, 13)], MMBTU),
        "fresh_water": (["w0"], GALLON),
        "wastewater": (["w1"], GALLON),
        "liquid_waste": (["w2", "w3"], GALLON),
        "solid_waste": (["w4", "w5"], POUND),
        "waste_gas_mass": (["w6"], POUND),
    }
    columns = {metric: ([f"{one}_plant_usage" for one in names], factor) for metric, (names, factor) in streams.items()}
    columns |= {
        "sales": (["sales"], Decimal(1)),
        "operating_hours": (["prodhours"], Decimal(1)),
        "floor_area": (["plant_area"], SQUARE_FOOT),
    }
    expected: dict[str, Decimal] = defaultdict(Decimal)
    expected_count: Counter[str] = Counter()
    for row in read(PLANTS):
        for metric, (names, factor) in columns.items():
            filled = [Decimal(row[name]) for name in names if row[name]]
            if filled:
                expected_count[metric] += 1
                expected[metric] += (sum(filled) * factor).quantize(SIX, rounding=ROUND_HALF_EVEN)
    found = {
        row["metric__code"]: (row["count"], row["total"].quantize(SIX))
        for row in YearlyFigure.objects.values("metric__code")
        .annotate(count=Count("pk"), total=Sum("amount"))
        .order_by()
    }
    exact: dict[str, Decimal] = defaultdict(Decimal)
    for code, amount in YearlyFigure.objects.values_list("metric__code", "amount"):
        exact[code] += amount
    assert {metric: count for metric, (count, _total) in found.items()} == expected_count
    assert exact == expected
    assert run.counts["created"] == sum(expected_count.values())
    assert set(YearlyFigure.objects.filter(metric__code="sales").values_list("currency", flat=True)) == {"USD"}
    water = YearlyFigure.objects.filter(metric__code="fresh_water").first()
    assert (water.given_unit, water.amount) == ("gal", (water.given_amount * GALLON).quantize(SIX))


def test_all_3485_recommendations_become_options_of_recorded_audits(officer):
    take_in("enterprises", by=officer, at=AT)
    run = take_in("options", by=officer, at=AT)
    assert run.state == JobState.DONE, run.problem
    books_balance(run, 3485)
    assert (run.counts["rows_imported"], run.counts["rows_refused"]) == (3485, 0)
    rows = read(RECOMMENDATIONS)
    audits = Audit.objects.all()
    assert audits.count() == len({row["id"] for row in rows}) == 516
    assert set(audits.values_list("status", "year", "currency")) == {(Status.RECORDED, 2019, "USD")}
    assert Option.objects.count() == 3485
    statuses = {"I": "implemented", "N": "abandoned", "P": "proposed", "": "proposed"}
    assert Counter(Option.objects.values_list("status", flat=True)) == Counter(
        statuses[row["impstatus"]] for row in rows
    )
    assert Option.objects.aggregate(total=Sum("planned_benefit"))["total"] == sum(
        Decimal(row["psaved"]) for row in rows
    )
    assert Option.objects.aggregate(total=Sum("planned_investment"))["total"] == sum(
        Decimal(row["impcost"]) for row in rows if row["impcost"]
    )
    assert Option.objects.filter(planned_investment=None).count() == sum(1 for row in rows if not row["impcost"])
    assert Option.objects.filter(planned_benefit__lt=0).count() == 33
    electricity = [Decimal(row["pconserved"]) for row in rows if row["psourccode"] == "EC" and row["pconserved"]]
    effects = OptionEffect.objects.filter(metric__code="electricity")
    assert effects.count() == len(electricity)
    assert sum(effects.values_list("amount", flat=True)) == sum(electricity)
    gas = [
        Decimal(row["pconserved"])
        for row in rows
        if row["psourccode"].startswith("E") and row["psourccode"][1:].isdigit()
    ]
    heat = OptionEffect.objects.filter(metric__code="fuel_heat").values_list("amount", flat=True)
    assert sum(heat) == sum((one * MMBTU).quantize(SIX) for one in gas)
    assert Option.objects.exclude(actual_benefit=None).count() == 0


def test_what_the_import_of_recommendations_says_about_their_dirt(officer):
    take_in("enterprises", by=officer, at=AT)
    run = take_in("options", by=officer, at=AT)
    rows = read(RECOMMENDATIONS)
    warnings = Counter(RunProblem.objects.filter(run=run).values_list("code", "column", "blocks"))
    assert warnings == {("negative_kept", "psaved", False): 33, ("negative_kept", "pconserved", False): 31}
    left_out = {entry["code"]: entry["count"] for entry in run.summary["left_out"] if entry["field"] == "metric"}
    unmeasured = Counter(row["psourccode"] for row in rows if row["psourccode"][0] in "RP" or row["psourccode"] == "EF")
    assert left_out == unmeasured


def test_codes_that_are_not_in_the_lookup_are_refused_with_the_column_and_the_code(officer):
    take_in("enterprises", by=officer, at=AT)
    data = mapping("options")
    del data["lookups"]["status"]["N"]
    run = dry(ready(RECOMMENDATIONS, "options", by=officer, at=AT, data=data), by=officer, at=AT)
    assert run.counts["rows_refused"] == 1792
    problem = run.problems.first()
    assert (problem.code, problem.column, problem.value) == ("not_in_lookup", "impstatus", "N")
    books_balance(run, 3485)


def test_recommendations_without_their_plants_are_all_refused_with_the_reason(officer):
    run = dry(ready(RECOMMENDATIONS, "options", by=officer, at=AT, data=mapping("options")), by=officer, at=AT)
    assert run.counts["rows_refused"] == 3485
    assert set(run.problems.filter(blocks=True).values_list("code", flat=True)) == {"unknown_enterprise"}


def test_an_authority_of_one_place_imports_its_own_plants_only(reference):
    officer = make_user(make_authority(region_code="210000"))
    run = take_in("enterprises", by=officer, at=AT, good_rows_only=True)
    states = mapping("enterprises")["lookups"]["region"]
    inside = [row for row in read(PLANTS) if states[row["state"]].startswith("21")]
    assert run.counts["rows_imported"] == len(inside) == Enterprise.objects.count()
    assert run.counts["rows_refused"] == 516 - len(inside)
    books_balance(run, 516)


def test_the_same_files_again_are_skipped_updated_or_stopped_never_doubled(officer):
    take_in("enterprises", by=officer, at=AT)
    take_in("options", by=officer, at=AT)
    skipped = take_in("options", by=officer, at=AT, conflict="skip")
    assert (skipped.counts["rows_skipped"], skipped.counts["rows_imported"]) == (3485, 0)
    updated = take_in("options", by=officer, at=AT, conflict="update")
    assert (updated.counts["updated"], updated.counts["created"]) == (3485, 0)
    stopped = dry(ready(RECOMMENDATIONS, "options", by=officer, at=AT, data=mapping("options")), by=officer, at=AT)
    assert stopped.counts["rows_refused"] == 3485
    assert (Option.objects.count(), Audit.objects.count()) == (3485, 516)
    assert OptionEffect.objects.count() == OptionEffect.objects.values("option", "metric").distinct().count()
