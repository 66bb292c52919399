"""Importing enterprises and their yearly figures as Chinese authorities keep them."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.files import File

from audits.enterprises.models import Enterprise, YearlyFigure
from cpaudit.imports import services
from cpaudit.imports.mapping import from_data
from cpaudit.imports.models import Import
from cpaudit.imports.records import Conflict
from cpaudit.imports.work import import_at_once
from cpaudit.jobs.models import JobState
from cpaudit.trail.models import Event
from tests.cpaudit.imports.files import xlsx_file
from tests.factories.people import credit_code, make_authority, make_enterprise, make_user

pytestmark = pytest.mark.django_db
AT = dt.datetime(2026, 11, 2, 9, 0, tzinfo=dt.UTC)
HEADERS = ["统一社会信用代码", "企业名称", "行政区划", "行业", "企业性质", "职工人数", "电子邮箱"]
ENTERPRISES = {
    "target": "enterprises",
    "fields": {
        "credit_code": {"column": "统一社会信用代码"},
        "name_zh": {"column": "企业名称"},
        "region": {"column": "行政区划"},
        "sector": {"column": "行业"},
        "ownership": {"column": "企业性质"},
        "employees": {"column": "职工人数"},
        "contact_email": {"column": "电子邮箱"},
    },
    "lookups": {"ownership": {"国有": "state", "民营": "private"}},
}
FIGURES = {
    "target": "yearly_figures",
    "fields": {
        "credit_code": {"column": "信用代码"},
        "year": {"column": "年份"},
        "metric": {"column": "指标"},
        "amount": {"column": "数值"},
        "unit": {"column": "单位"},
    },
}
FIGURE_HEADERS = ["信用代码", "年份", "指标", "数值", "单位"]


@pytest.fixture
def officer(reference):
    return make_user(make_authority(region_code="210000"))


def take_in(folder, by, headers, *rows, data, **options):
    path = xlsx_file(folder, [headers, *rows])
    return import_at_once(path=path, target=data["target"], mapping=data, by=by, at=AT, **options)


def codes(run) -> set[tuple[int, str]]:
    return set(run.problems.filter(blocks=True).values_list("row", "code"))


def row(serial: int, **cells) -> list:
    plain = dict(zip(HEADERS, [credit_code(serial), f"企业{serial}", "本溪市", "C31", "国有", 120, ""], strict=True))
    return list((plain | cells).values())


def test_regions_and_industries_are_found_by_code_and_by_name(tmp_path, officer):
    run = take_in(
        tmp_path,
        officer,
        HEADERS,
        row(1),
        row(2, 行政区划="本溪", 行业="31"),
        row(3, 行政区划=210500, 行业="黑色金属冶炼和压延加工业"),
        row(4, 行政区划="Benxi"),
        data=ENTERPRISES,
    )
    assert run.state == JobState.DONE, list(run.problems.values())
    seen = set(Enterprise.objects.values_list("body__region__code", "sector__code", "ownership", "employees"))
    assert seen == {("210500", "C31", "state", 120)}
    assert Event.objects.filter(verb="enterprise.imported").count() == 4


def test_every_mistake_is_named_with_its_row(tmp_path, officer):
    run = take_in(
        tmp_path,
        officer,
        HEADERS,
        row(1, 统一社会信用代码=credit_code(1)[:-1] + "0"),
        row(2, 企业名称=""),
        row(3, 行政区划="南京市"),
        row(4, 行政区划="朝阳区"),
        row(5, 企业性质="合资", 职工人数="约100", 电子邮箱="nobody"),
        row(6, 统一社会信用代码=""),
        row(7),
        row(7),
        data=ENTERPRISES,
    )
    assert codes(run) == {
        (2, "credit_code"),
        (3, "no_name"),
        (4, "outside"),
        (5, "not_a_choice"),
        (6, "not_in_lookup"),
        (6, "not_a_number"),
        (6, "not_an_email"),
        (7, "no_reference"),
        (9, "duplicate_in_file"),
    }
    assert not Enterprise.objects.exists()


def test_an_update_changes_what_the_row_gives_and_erases_nothing(tmp_path, officer):
    take_in(tmp_path, officer, HEADERS, row(1, 电子邮箱="a@example.org"), data=ENTERPRISES)
    changed = row(1, 企业名称="新名", 职工人数=130)
    run = take_in(tmp_path, officer, HEADERS, changed, data=ENTERPRISES, conflict=Conflict.UPDATE)
    assert run.counts["updated"] == 1
    enterprise = Enterprise.objects.get()
    assert (enterprise.body.name_zh, enterprise.employees, enterprise.contact_email) == ("新名", 130, "a@example.org")
    assert enterprise.version == 2


def test_an_enterprise_of_another_jurisdiction_is_neither_shown_nor_changed(tmp_path, officer):
    foreign = make_enterprise(region_code="320100", name_zh="外省企业")
    run = take_in(
        tmp_path,
        officer,
        HEADERS,
        row(1, 统一社会信用代码=foreign.credit_code),
        data=ENTERPRISES,
        conflict=Conflict.UPDATE,
    )
    assert codes(run) == {(2, "taken")}
    foreign.body.refresh_from_db()
    assert foreign.body.name_zh == "外省企业"


def test_an_industry_department_imports_its_industry_only(tmp_path, reference):
    steel = make_user(make_authority(region_code="210000", industry_sectors=["C31"]))
    run = take_in(tmp_path, steel, HEADERS, row(1), row(2, 行业="C22"), data=ENTERPRISES, good_rows_only=True)
    assert codes(run) == {(3, "outside")}
    assert Enterprise.objects.get().sector.code == "C31"


def test_figures_are_converted_and_kept_as_given(tmp_path, officer):
    code = make_enterprise(region_code="210500").credit_code
    run = take_in(
        tmp_path,
        officer,
        FIGURE_HEADERS,
        [code, 2025, "电力", 120.5, "万千瓦时"],
        [code, 2025, "新鲜水", "1200", "吨"],
        [code, 2024, "综合能耗", 3, "万吨标准煤"],
        data=FIGURES,
    )
    assert run.state == JobState.DONE, list(run.problems.values())
    found = set(YearlyFigure.objects.values_list("year", "metric__code", "amount", "given_amount", "given_unit"))
    assert found == {
        (2025, "electricity", Decimal(1_205_000), Decimal("120.5"), "10k_kWh"),
        (2025, "fresh_water", Decimal(1200), Decimal(1200), "t"),
        (2024, "energy", Decimal(30_000), Decimal(3), "10k_tce"),
    }
    events = Event.objects.filter(verb="figures.recorded")
    assert {event.facts["year"] for event in events} == {2024, 2025}


def test_figures_that_cannot_be_are_refused(tmp_path, officer):
    code = make_enterprise(region_code="210500").credit_code
    foreign = make_enterprise(region_code="320100").credit_code
    run = take_in(
        tmp_path,
        officer,
        FIGURE_HEADERS,
        [code, 2030, "电力", 1, "kWh"],
        [code, 2025, "电力", -1, "kWh"],
        [code, 2022, "电力", 1, "吨"],
        [code, 2025, "水重复利用率", 130, "%"],
        [foreign, 2025, "电力", 1, "kWh"],
        [code, 2025, "神秘指标", 1, "kWh"],
        [code, 1970, "电力", 1, "kWh"],
        [code, 2023, "电力", 1, ""],
        data=FIGURES,
    )
    assert codes(run) == {
        (2, "year"),
        (3, "negative"),
        (4, "unit_unknown"),
        (5, "figure"),
        (6, "unknown_enterprise"),
        (7, "not_a_choice"),
        (8, "out_of_range"),
        (9, "unit_missing"),
    }


def test_a_figure_that_exists_is_replaced_on_update(tmp_path, officer):
    code = make_enterprise(region_code="210500").credit_code
    take_in(tmp_path, officer, FIGURE_HEADERS, [code, 2025, "电力", 1, "kWh"], data=FIGURES)
    again = [code, 2025, "electricity", 2, "MWh"]
    assert codes(take_in(tmp_path, officer, FIGURE_HEADERS, again, data=FIGURES)) == {(2, "conflict")}
    take_in(tmp_path, officer, FIGURE_HEADERS, again, data=FIGURES, conflict=Conflict.UPDATE)
    assert YearlyFigure.objects.get().amount == Decimal(2000)


def test_chinese_headers_are_recognised(tmp_path, officer):
    take_in(tmp_path, officer, HEADERS, row(1), data=ENTERPRISES)
    headers = ["统一社会信用代码", "年度", "用电", "新鲜水（万吨）", "综合能耗/tce"]
    path = xlsx_file(tmp_path, [headers, [credit_code(1), 2025, 1, 2, 3]])
    with path.open("rb") as content:
        made = services.upload_file(file=File(content), name="t.xlsx", target="yearly_figures", by=officer, at=AT)
    mapping = from_data(Import.objects.get(pk=made.pk).mapping)
    assert (mapping.fields["credit_code"].column, mapping.fields["year"].column) == ("统一社会信用代码", "年度")
    assert [(entry["metric"].constant, entry["amount"].unit) for entry in mapping.series] == [
        ("fresh_water", "10k_t"),
        ("energy", "tce"),
    ]
