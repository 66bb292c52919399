"""Importing options into audits in work, and past ones: whose, when, and what of them."""

from decimal import Decimal

import openpyxl
import pytest

from audits.options.imports import importer as options
from audits.options.models import Option, OptionEffect
from audits.workflow import services
from audits.workflow.models import Audit
from audits.workflow.rules.transitions import Status
from cpaudit.imports.records import Conflict
from cpaudit.imports.work import import_at_once
from cpaudit.jobs.models import JobState
from cpaudit.trail.models import Event
from tests.factories.audits import later, make_world, started

pytestmark = pytest.mark.django_db
AT = later(5)
HEADERS = ["审核编号", "方案编号", "方案名称", "方案类型", "投资", "预计效益", "指标", "节约量", "单位", "状态"]
MAPPING = {
    "target": "options",
    "fields": {
        "audit": {"column": "审核编号"},
        "code": {"column": "方案编号"},
        "title": {"column": "方案名称"},
        "aspect": {"column": "方案类型"},
        "planned_investment": {"column": "投资"},
        "planned_benefit": {"column": "预计效益"},
        "metric": {"column": "指标"},
        "effect": {"column": "节约量"},
        "unit": {"column": "单位"},
        "status": {"column": "状态"},
    },
    "lookups": {"aspect": {"设备": "equipment", "管理": "management"}},
}


@pytest.fixture
def world(reference):
    return make_world()


@pytest.fixture
def audit(world) -> Audit:
    return started(world)


def take_in(folder, by, *rows, data=None, headers=HEADERS, **options):
    book = openpyxl.Workbook()
    for row in (headers, *rows):
        book.active.append(list(row))
    path = folder / "options.xlsx"
    book.save(path)
    return import_at_once(path=path, target="options", mapping=data or MAPPING, by=by, at=AT, **options)


def codes(run) -> set[tuple[int, str]]:
    return set(run.problems.filter(blocks=True).values_list("row", "code"))


def trap(audit, code="01", **cells):
    row = dict(
        zip(HEADERS, [audit.number, code, "疏水阀", "设备", 6000, 12000.5, "电力", 1.2, "万千瓦时", ""], strict=True)
    )
    return list((row | cells).values())


def test_a_consultancy_brings_its_list_of_options_into_its_audit(tmp_path, world, audit):
    run = take_in(
        tmp_path, world.consultant, trap(audit), trap(audit, "02", 方案类型="管理", 指标="", 节约量="", 单位="")
    )
    assert (run.state, run.counts["created"]) == (JobState.DONE, 2), list(run.problems.values())
    first = Option.objects.get(audit=audit, code="01")
    assert (first.title, first.aspect, first.status, first.cost_class) == ("疏水阀", "equipment", "proposed", "low")
    assert (first.planned_investment, first.planned_benefit, first.currency) == (
        Decimal(6000),
        Decimal("12000.5"),
        "CNY",
    )
    effect = OptionEffect.objects.get()
    assert (effect.option, effect.kind, effect.metric.code) == (first, "expected", "electricity")
    assert (effect.amount, effect.given_amount, effect.given_unit) == (Decimal(12000), Decimal("1.2"), "10k_kWh")
    assert Event.objects.about(audit).get(verb="option.imported").facts["count"] == 2


def test_an_option_of_an_audit_in_work_is_only_proposed(tmp_path, world, audit):
    run = take_in(tmp_path, world.consultant, trap(audit, 状态="implemented"), trap(audit, "02", 状态="proposed"))
    assert codes(run) == {(2, "status_in_work")}
    data = MAPPING | {"fields": MAPPING["fields"] | {"actual_investment": {"column": "投资"}}}
    assert codes(take_in(tmp_path, world.consultant, trap(audit), data=data)) == {(2, "result_in_work")}
    assert not Option.objects.exists()


def test_who_has_no_work_in_the_audit_adds_nothing(tmp_path, world, audit):
    assert codes(take_in(tmp_path, world.officer, trap(audit))) == {(2, "audit_closed")}
    stranger = make_world(region_code="320100")
    assert codes(take_in(tmp_path, stranger.consultant, trap(audit))) == {(2, "unknown_audit")}
    assert codes(take_in(tmp_path, world.consultant, trap(audit, 审核编号="2026-1"))) == {(2, "unknown_audit")}


def test_existing_options_are_stopped_skipped_or_updated_and_an_empty_cell_erases_nothing(tmp_path, world, audit):
    take_in(tmp_path, world.consultant, trap(audit))
    assert codes(take_in(tmp_path, world.consultant, trap(audit))) == {(2, "conflict")}
    skipped = take_in(tmp_path, world.consultant, trap(audit, 投资=1), conflict=Conflict.SKIP)
    assert skipped.counts["skipped"] == 1
    changed = trap(audit, 投资=600_000, 方案类型="", 节约量=2)
    run = take_in(tmp_path, world.consultant, changed, conflict=Conflict.UPDATE)
    assert run.counts["updated"] == 1
    option = Option.objects.get()
    assert (option.planned_investment, option.cost_class, option.aspect) == (Decimal(600_000), "high", "equipment")
    assert (option.version, OptionEffect.objects.get().amount) == (2, Decimal(20000))


def test_an_option_that_has_gone_on_is_no_longer_changed(tmp_path, world, audit):
    take_in(tmp_path, world.consultant, trap(audit))
    Option.objects.update(status="feasible", screening_reason="pays")
    run = take_in(tmp_path, world.consultant, trap(audit), conflict=Conflict.UPDATE)
    assert codes(run) == {(2, "changed_since")}


def test_every_kind_of_mistake_is_named_at_once(tmp_path, world, audit):
    run = take_in(
        tmp_path,
        world.consultant,
        trap(audit, "a b", 投资=-1),
        trap(audit, "02", 方案名称="", 方案类型="其他"),
        trap(audit, "03", 单位="吨"),
        trap(audit, "03", 预计效益="很多"),
        trap(audit, "05", 审核编号=""),
    )
    assert codes(run) == {
        (2, "option_code"),
        (2, "negative"),
        (3, "required"),
        (3, "not_in_lookup"),
        (4, "unit_unknown"),
        (5, "duplicate_in_file"),
        (5, "not_a_number"),
        (6, "no_audit"),
    }


def test_a_loss_is_kept_with_a_warning(tmp_path, world, audit):
    run = take_in(tmp_path, world.consultant, trap(audit, 预计效益=-500))
    assert run.problems.get().code == "negative_kept"
    assert Option.objects.get().planned_benefit == Decimal(-500)


# --- Past audits ----------------------------------------------------------------------------------------------------
PAST = {
    "target": "options",
    "fields": {
        "credit_code": {"column": "code"},
        "year": {"column": "year"},
        "code": {"column": "no"},
        "title": {"column": "title"},
        "status": {"column": "status"},
        "planned_investment": {"column": "cost"},
        "actual_benefit": {"column": "saved"},
        "abandoned_reason": {"column": "why"},
        "source": {"constant": "archive"},
    },
}
PAST_HEADERS = ["code", "year", "no", "title", "status", "cost", "saved", "why"]


def test_an_authority_records_past_audits_with_their_options(tmp_path, world):
    code = world.enterprise.credit_code
    run = take_in(
        tmp_path,
        world.officer,
        [code, 2019, "1", "Traps", "implemented", 100, 900, ""],
        [code, 2019, "2", "Fan", "abandoned", 100, "", "too loud"],
        [code, 2020, "1", "Lamp", "proposed", "", "", ""],
        data=PAST,
        headers=PAST_HEADERS,
    )
    assert run.state == JobState.DONE, list(run.problems.values())
    audits = list(Audit.objects.order_by("year"))
    assert [(one.year, one.status, one.source, one.options.count()) for one in audits] == [
        (2019, Status.RECORDED, "archive", 2),
        (2020, Status.RECORDED, "archive", 1),
    ]
    assert [one.number for one in audits] == ["2019-210500-00001", "2020-210500-00001"]
    traps = Option.objects.get(title="Traps")
    assert (traps.actual_benefit, traps.progress, traps.abandoned_reason) == (Decimal(900), 100, "")
    more = take_in(tmp_path, world.officer, [code, 2019, "3", "Pump", "", 5, "", ""], data=PAST, headers=PAST_HEADERS)
    assert (more.counts["created"], Audit.objects.count()) == (1, 2)


def test_a_reason_is_needed_and_the_future_is_not_past(tmp_path, world):
    code = world.enterprise.credit_code
    run = take_in(
        tmp_path,
        world.officer,
        [code, 2019, "1", "Fan", "abandoned", 100, "", ""],
        [code, 2099, "2", "Fan", "proposed", 100, "", ""],
        ["", 2019, "3", "Fan", "proposed", 100, "", ""],
        data=PAST,
        headers=PAST_HEADERS,
    )
    assert codes(run) == {(2, "reason_missing"), (3, "year"), (4, "no_reference")}


def test_only_the_authority_of_the_place_records_past_audits(tmp_path, world):
    row = [world.enterprise.credit_code, 2019, "1", "Traps", "proposed", 100, "", ""]
    by_consultancy = take_in(tmp_path, world.consultant, row, data=PAST, headers=PAST_HEADERS)
    assert codes(by_consultancy) == {(2, "not_recorded_by_you")}
    elsewhere = make_world(region_code="320100")
    run = take_in(tmp_path, elsewhere.officer, row, data=PAST, headers=PAST_HEADERS)
    assert codes(run) == {(2, "unknown_enterprise")}
    assert not Audit.objects.exists()


def test_an_audit_filed_between_judging_and_writing_stops_the_import(tmp_path, world, audit, monkeypatch):
    write = options.OptionImporter.write

    def filed_meanwhile(importer, records, progress):
        audit.refresh_from_db()
        services.cancel(audit=audit, version=audit.version, by=world.officer, at=AT, comment="Closed down")
        write(importer, records, progress)

    monkeypatch.setattr(options.OptionImporter, "write", filed_meanwhile)
    run = take_in(tmp_path, world.consultant, trap(audit))
    assert (run.state, run.problem["code"]) == (JobState.FAILED, "not_allowed")
    assert not Option.objects.exists()
