"""Answers of the query, held against a reckoning in plain Python over the same rows."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audits.options.rules import MEDIUM_HIGH, NO_LOW
from audits.programme.models import ReportedProgramme
from audits.statistics.selectors import catalogue, query
from audits.workflow.rules.transitions import Status
from tests.factories.figures import (
    add_audit,
    add_effect,
    add_option,
    list_enterprise,
    make_world,
)
from tests.factories.people import make_authority, make_centre, make_consultancy, make_enterprise, make_user
from tests.factories.programmes import effect, enter_benxi, enter_report

pytestmark = pytest.mark.django_db
AT = dt.datetime(2026, 11, 21, 8, 0, tzinfo=dt.UTC)


def ask(dataset="options", by=(), measures=("proposed",), *, user=None, total=False, at=AT, **filters):
    return query(
        dataset=catalogue(user)[dataset], by=by, measures=measures, filters=filters, total=total, user=user, at=at
    )


def figures(result):
    """Rows as {key: figures}, a key of one value as that value."""
    return {(row.key[0] if len(row.key) == 1 else row.key): dict(row.figures) for row in result.rows}


@pytest.fixture
def centre(db):
    return make_user(make_centre())


# --- Benxi ----------------------------------------------------------------------------------------------------------
def test_benxi_comes_out_as_reported(centre):
    enter_benxi()
    rows = figures(ask(by=["cost_group"], measures=["proposed", "implemented", "implementation_rate"], user=centre))
    assert rows["medium_high"] == {"proposed": 50, "implemented": 29, "implementation_rate": Decimal("58.0")}
    assert rows["no_low"] == {"proposed": 422, "implemented": 384, "implementation_rate": Decimal("91.0")}


def test_benxi_as_a_whole(centre):
    enter_benxi()
    measures = ["proposed", "implemented", "implementation_rate", "investment", "benefit", "benefit_ratio", "payback"]
    measures += ["cod", "wastewater", "waste_gas", "solid_waste"]
    rows = figures(ask(by=["province", "year"], measures=measures, user=centre))
    assert rows == {
        ("21", 2001): {
            "proposed": 472,
            "implemented": 413,
            "implementation_rate": Decimal("87.5"),
            "investment": Decimal(75_090_000),
            "benefit": Decimal(290_000_000),
            "benefit_ratio": Decimal("3.9"),
            "payback": Decimal("0.259"),
            "cod": Decimal(5759),
            "wastewater": Decimal(2175),
            "waste_gas": Decimal(280_000),
            "solid_waste": Decimal(26_000),
        }
    }


def test_benxi_brings_its_doubts_along(centre):
    programme = enter_benxi()
    found = ask(measures=["wastewater"], user=centre).findings
    assert {about.finding.rule for about in found} == {"P-WATER", "P-TOTAL"}
    assert {about.programme for about in found} == {programme}
    assert not ask(measures=["wastewater"], user=centre, origin=["audit"]).findings
    assert not ask(measures=["wastewater"], user=centre, province=["32"]).findings


def test_benxi_money_belongs_to_no_one_cost_group(centre):
    enter_benxi()
    rows = figures(ask(by=["cost_group"], measures=["investment", "proposed"], user=centre))
    assert {key: row["investment"] for key, row in rows.items()} == {
        "no_low": None,
        "medium_high": None,
        None: 75_090_000,
    }
    only = figures(ask(measures=["proposed", "investment", "cod"], user=centre, cost_group=["no_low"]))
    assert only == {(): {"proposed": 422, "investment": None, "cod": None}}


def test_programme_by_status_keeps_the_number_proposed(centre):
    enter_benxi()
    rows = figures(ask(by=["status"], measures=["proposed", "implemented"], user=centre))
    assert rows == {"implemented": {"proposed": 413, "implemented": 413}, None: {"proposed": 59, "implemented": 0}}


def test_programme_without_a_number_proposed_has_no_rate(centre):
    enter_report(no_low_implemented=12)
    (row,) = ask(measures=["proposed", "implemented", "implementation_rate"], user=centre).rows
    assert dict(row.figures) == {"proposed": 0, "implemented": 12, "implementation_rate": None}


# --- Nothing there --------------------------------------------------------------------------------------------------
def test_no_rows_is_one_row_of_nothing(centre):
    measures = ["proposed", "implementation_rate", "investment", "benefit_ratio", "payback", "cod"]
    (row,) = ask(measures=measures, user=centre).rows
    assert dict(row.figures) == dict.fromkeys(measures) | {"proposed": 0}
    assert ask(by=["province"], measures=measures, user=centre).rows == []


@pytest.mark.parametrize("dimension", ["origin", "cost_group", "status", "sector", "year"])
def test_no_rows_make_no_groups(centre, dimension):
    assert ask(by=[dimension], measures=["proposed", "investment", "cod"], user=centre).rows == []


def test_rate_is_none_where_nothing_was_proposed(centre):
    audit = add_audit(make_enterprise())
    option = add_option(audit, actual_investment=Decimal(0), actual_benefit=Decimal(5))
    add_effect(option, "cod", "0")
    (row,) = ask(measures=["benefit_ratio", "payback", "cod"], user=centre).rows
    assert dict(row.figures) == {"benefit_ratio": None, "payback": Decimal(0), "cod": Decimal(0)}


# --- Exactness ------------------------------------------------------------------------------------------------------
def test_sums_are_exact_where_binary_floats_are_not(centre):
    audit = add_audit(make_enterprise())
    for _time in range(10):
        add_option(audit, actual_investment=Decimal("0.10"), actual_benefit=Decimal("0.70"))
    (row,) = ask(measures=["investment", "benefit", "benefit_ratio"], user=centre).rows
    assert dict(row.figures) == {"investment": Decimal(1), "benefit": Decimal(7), "benefit_ratio": Decimal("7.0")}


def test_sums_of_large_and_small_amounts_stay_exact(centre):
    option = add_option(add_audit(make_enterprise()))
    other = add_option(option.audit)
    add_effect(option, "electricity", "123456789012345")
    add_effect(other, "electricity", "-0.000001")
    (row,) = ask(measures=["electricity"], user=centre).rows
    assert row.figures["electricity"] == Decimal("123456789012344.999999")


def test_sums_do_not_overflow(centre):
    audit = add_audit(make_enterprise())
    for _time in range(12):
        add_effect(add_option(audit), "electricity", "900000000000000000")
    (row,) = ask(measures=["electricity"], user=centre).rows
    assert row.figures["electricity"] == 12 * Decimal("900000000000000000")


# --- What counts ----------------------------------------------------------------------------------------------------
def test_options_of_rejected_and_cancelled_audits_do_not_count(centre):
    for status in (Status.REJECTED, Status.CANCELLED, Status.IN_PROGRESS):
        add_option(add_audit(make_enterprise(), status))
    (row,) = ask(user=centre).rows
    assert row.figures["proposed"] == 1


def test_measured_effects_count_when_implemented_and_expected_ones_unless_screened_out(centre):
    audit = add_audit(make_enterprise())
    for status in ("implemented", "in_progress", "screened_out"):
        option = add_option(audit, status)
        add_effect(option, "cod", "3")
        add_effect(option, "cod", "5", "expected")
    (row,) = ask(measures=["cod", "cod_expected"], user=centre).rows
    assert dict(row.figures) == {"cod": Decimal(3), "cod_expected": Decimal(10)}


def test_currencies_are_never_mixed(centre):
    audit = add_audit(make_enterprise())
    add_option(audit, currency="CNY", actual_investment=Decimal(100))
    add_option(audit, currency="USD", actual_investment=Decimal(7))
    (row,) = ask(measures=["proposed", "investment", "investment_usd", "investment_eur"], user=centre).rows
    assert dict(row.figures) == {"proposed": 2, "investment": 100, "investment_usd": 7, "investment_eur": None}


def test_place_of_a_county_run_by_its_province_is_the_county(centre):
    add_option(add_audit(make_enterprise(region_code="419001")))
    add_option(add_audit(make_enterprise(region_code="210502")))
    add_option(add_audit(make_enterprise(region_code="440000")))
    result = ask(by=["macro_region", "province", "prefecture"], user=centre)
    assert [row.key for row in result.rows] == [("2", "21", "210500"), ("4", "41", "419001"), ("4", "44", None)]
    assert result.labels["prefecture"] == {"210500": "Benxi", "419001": "Jiyuan", None: "Not stated"}


def test_filters_take_values_ranges_and_what_is_not_stated(centre):
    enterprise = make_enterprise()
    for year, aspect in ((2009, ""), (2010, "waste"), (2011, "product"), (2013, "waste")):
        add_option(add_audit(enterprise, year=year), aspect=aspect)
    assert figures(ask(by=["year"], user=centre, year=[(2009, 2010), 2013])).keys() == {2009, 2010, 2013}
    assert figures(ask(by=["aspect"], user=centre, aspect=["waste", None])).keys() == {"waste", None}
    assert figures(ask(user=centre, sector=[None])) == {(): {"proposed": 0}}


# --- Audits ---------------------------------------------------------------------------------------------------------
def test_audits_are_counted_by_how_far_they_are(centre):
    enterprise = make_enterprise()
    listing = list_enterprise(enterprise)
    add_audit(enterprise, Status.PLANNED, kind="compulsory", listing=listing, due_on=dt.date(2026, 11, 20))
    add_audit(enterprise, Status.APPROVED, started_on=dt.date(2026, 3, 1))
    add_audit(make_enterprise(), Status.RECORDED)
    measures = list(catalogue(centre)["audits"].measures)
    (row,) = ask("audits", measures=measures, user=centre).rows
    found = {key: value for key, value in row.figures.items() if value}
    assert found == {
        "listed": 1, "opened": 1, "started": 1, "in_work": 1, "filed": 1, "approved": 1, "recorded": 1, "overdue": 1,
        "enterprises": 2, "approval_rate": Decimal("100.0"),
    }  # fmt: skip


def test_mean_days_are_reckoned_from_the_sum_of_days(centre):
    def audit(started, filed, decided):
        return add_audit(make_enterprise(), started_on=started, filed_at=filed, decided_at=decided)

    # 31 March 17:00 UTC is 1 April in China, where days are counted.
    filed = dt.datetime(2026, 3, 31, 17, 0, tzinfo=dt.UTC)
    audit(dt.date(2026, 3, 1), filed, filed + dt.timedelta(days=10))
    audit(dt.date(2026, 3, 2), filed, filed + dt.timedelta(days=11, hours=12))
    (row,) = ask("audits", measures=["mean_days_to_file", "mean_days_to_decide"], user=centre).rows
    assert dict(row.figures) == {"mean_days_to_file": Decimal("30.5"), "mean_days_to_decide": Decimal("10.8")}


def test_total_of_different_enterprises_is_no_sum(centre):
    enterprise = make_enterprise()
    add_audit(enterprise, year=2011)
    add_audit(enterprise, year=2012)
    result = ask("audits", ["year"], ["enterprises", "approved"], user=centre, total=True)
    assert [dict(row.figures) for row in result.rows] == [{"enterprises": 1, "approved": 1}] * 2
    assert dict(result.total.figures) == {"enterprises": 1, "approved": 2}


# --- An independent reckoning ---------------------------------------------------------------------------------------
def place(enterprise):
    codes = enterprise.body.region.path.split("/")[1:-1]
    return codes[0][:2] if codes else None, codes[1] if len(codes) > 1 else None


def group_of(cost_class):
    return "no_low" if cost_class in NO_LOW else "medium_high" if cost_class in MEDIUM_HIGH else None


def option_keys(option):
    audit = option.audit
    province, prefecture = place(audit.enterprise)
    return {
        "province": province,
        "prefecture": prefecture,
        "macro_region": province[0],
        "sector": audit.enterprise.sector.code,
        "year": audit.year,
        "cost_class": option.cost_class or None,
        "cost_group": group_of(option.cost_class),
        "aspect": option.aspect or None,
        "status": option.status,
        "kind": audit.kind,
        "origin": "recorded" if audit.status == "recorded" else "audit",
    }


def add(total, value):
    return value if total is None else total if value is None else total + value


def reckoned(world, by, keep):
    """{key: figures} of the world's options, added up one by one."""
    found = defaultdict(lambda: defaultdict(lambda: None))
    effects = defaultdict(list)
    for each in world.effects:
        effects[each.option_id].append(each)
    for option in world.options:
        keys = option_keys(option)
        if option.audit.status in ("rejected", "cancelled") or not keep(keys):
            continue
        row = found[tuple(keys[name] for name in by)]
        row["proposed"] = add(row["proposed"], 1)
        implemented, kept = option.status == "implemented", option.status != "screened_out"
        row["implemented"] = add(row["implemented"], int(implemented))
        suffix = "" if option.currency == "CNY" else "_usd"
        if implemented:
            row["investment" + suffix] = add(row["investment" + suffix], option.actual_investment)
            row["benefit" + suffix] = add(row["benefit" + suffix], option.actual_benefit)
        if kept:
            row["planned_investment" + suffix] = add(row["planned_investment" + suffix], option.planned_investment)
        for each in effects[option.pk]:
            if (each.kind == "measured" and implemented) or (each.kind == "expected" and kept):
                name = each.metric.code + ("" if each.kind == "measured" else "_expected")
                row[name] = add(row[name], each.amount)
    return {key: finished(row) for key, row in found.items()}


MEASURES = [
    "proposed", "implemented", "implementation_rate", "investment", "benefit", "benefit_ratio", "investment_usd",
    "planned_investment", "planned_investment_usd", "cod", "cod_expected", "electricity", "wastewater_expected",
]  # fmt: skip


def finished(row):
    rate = Decimal(row["implemented"] * 100) / row["proposed"] if row["proposed"] else None
    has_ratio = row["investment"] and row["benefit"] is not None
    ratio = row["benefit"] / row["investment"] if has_ratio else None
    row["implementation_rate"] = None if rate is None else rate.quantize(Decimal("0.1"), ROUND_HALF_UP)
    step = Decimal("0.1") if ratio is not None and ratio >= 1 else Decimal("0.001")
    row["benefit_ratio"] = None if ratio is None else ratio.quantize(step, ROUND_HALF_UP)
    return {name: row[name] for name in MEASURES}


QUESTIONS = [
    ((), {}, lambda keys: True),
    (("province", "year"), {}, lambda keys: True),
    (("prefecture", "cost_group", "status"), {}, lambda keys: True),
    (
        ("macro_region", "sector", "origin", "aspect"),
        {"year": [(2010, 2011)]},
        lambda keys: keys["year"] in (2010, 2011),
    ),
    (
        ("cost_class", "kind"),
        {"province": ["21", "44"], "aspect": [None, "waste"]},
        lambda keys: keys["province"] in ("21", "44") and keys["aspect"] in (None, "waste"),
    ),
]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_query_equals_an_independent_reckoning(centre, seed):
    world = make_world(seed)
    for by, filters, keep in QUESTIONS:
        result = ask(by=by, measures=MEASURES, user=centre, total=True, **filters)
        assert {row.key: dict(row.figures) for row in result.rows} == reckoned(world, by, keep)
        if by:
            assert {(): dict(result.total.figures)} == reckoned(world, (), keep)


@pytest.mark.parametrize("seed", [4, 5])
def test_audits_equal_an_independent_reckoning(centre, seed):
    world = make_world(seed, audits=60, options=1)
    result = ask(
        "audits", ["province"], ["in_work", "filed", "overdue", "enterprises", "mean_days_to_decide"], user=centre
    )
    groups = defaultdict(list)
    for audit in world.audits:
        groups[place(audit.enterprise)[0]].append(audit)
    waiting = ("planned", "engaged", "in_progress", "returned")
    for row in result.rows:
        audits = groups.pop(row.key[0])
        decided = [a.decided_at - a.filed_at for a in audits if a.decided_at]
        mean = sum(each.total_seconds() for each in decided) / 86400 / len(decided) if decided else None
        assert row.figures["in_work"] == sum(a.status in (*waiting, "filed") for a in audits)
        assert row.figures["overdue"] == sum(
            a.status in waiting and a.due_on is not None and a.due_on < dt.date(2026, 11, 21) for a in audits
        )
        assert row.figures["filed"] == sum(a.filing_version > 0 for a in audits)
        assert row.figures["enterprises"] == len({a.enterprise_id for a in audits})
        found = row.figures["mean_days_to_decide"]
        assert (found is None) == (mean is None)
        assert mean is None or abs(float(found) - mean) <= 0.0501
    assert not groups


# --- Who sees what --------------------------------------------------------------------------------------------------
def everything(user, at=AT):
    """All a reader can find out with one question: rows, totals, findings, names."""
    answers = []
    for dataset in catalogue(user).values():
        place = "prefecture" if "prefecture" in dataset.dimensions else "province"
        for by in ((), (place, "sector"), ("origin", "status")):
            result = query(
                dataset=dataset, by=by, measures=list(dataset.measures), filters={}, total=True, user=user, at=at
            )
            answers.append((result.rows, result.total, result.labels, [about.finding for about in result.findings]))
    return answers


def test_foreign_rows_change_nothing(db):
    make_world(7, places=["210500", "210502"])
    enter_benxi()
    authority = make_user(make_authority(region_code="210500"))
    department = make_user(make_authority(region_code="210000", industry_sectors=["C17"]))
    enterprise = make_enterprise(sector_code="C17")
    own = make_user(enterprise)
    consultancy = make_consultancy()
    hired = make_user(consultancy)
    add_option(
        add_audit(enterprise, consultancy=consultancy.body, self_audit=False),
        currency="CNY",
        actual_investment=Decimal(5),
    )
    readers = [authority, department, own, hired]
    before = [everything(reader) for reader in readers]
    assert all(answer[0] for answers in before for answer in answers if answer[1] is None)

    make_world(8, places=["320100", "440300"])
    foreign = make_enterprise(region_code="210200", sector_code="C26")
    add_effect(add_option(add_audit(foreign), actual_benefit=99), "cod", "1")
    enter_report(region_code="210000", no_low_proposed=3, no_low_implemented=5, effects=[effect("cod", "9", "t")])
    after = [everything(reader) for reader in readers]
    assert after[0] == before[0]
    assert after[2:] == before[2:]
    # The department's place is the whole province, so that programme is its own to see; nothing else has changed.
    assert after[1] != before[1]
    ReportedProgramme.objects.filter(region__code="210000").delete()
    assert everything(department) == before[1]


def test_public_sees_what_was_approved_and_reported(db):
    for status in Status:
        add_option(add_audit(make_enterprise(), status))
    enter_benxi()
    assert figures(ask(by=["origin"])) == {
        "audit": {"proposed": 2},
        "recorded": {"proposed": 1},
        "reported_programme": {"proposed": 472},
    }
    (row,) = ask("audits", measures=["approved", "closed", "recorded", "enterprises"]).rows
    assert dict(row.figures) == {"approved": 2, "closed": 1, "recorded": 1, "enterprises": 3}


def test_public_is_not_told_of_prefectures_or_work_in_progress(db):
    public = catalogue(None)
    assert "prefecture" not in public["options"].dimensions
    assert {"in_work", "overdue", "rejected", "listed"}.isdisjoint(public["audits"].measures)


def test_signed_in_without_a_jurisdiction_gets_the_public_figures(db):
    add_option(add_audit(make_enterprise()))
    for person in (make_user(), make_user(make_enterprise(), "enterprise_staff")):
        assert figures(ask(user=person)) == {(): {"proposed": 1}}
        assert "prefecture" not in catalogue(person)["options"].dimensions


# --- Cost -----------------------------------------------------------------------------------------------------------
def test_number_of_queries_does_not_depend_on_rows(centre, django_assert_num_queries):
    def asked():
        measures = ["proposed", "implementation_rate", "investment", "cod", "cod_expected"]
        return ask(by=["province", "sector", "year"], measures=measures, user=centre, total=True)

    make_world(9, audits=2, options=3, places=["210500"])
    enter_benxi()
    with CaptureQueriesContext(connection) as few:
        asked()
    make_world(10, audits=40, options=300)
    for year in range(1990, 2000):
        enter_report(year=year, no_low_proposed=3, effects=[effect("cod", "9", "t")])
    with django_assert_num_queries(len(few)):
        asked()
