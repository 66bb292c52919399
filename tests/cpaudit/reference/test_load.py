"""The lists as they are shipped, and the command that loads them."""

import io
import json
import shutil
import time
from collections import Counter

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from cpaudit.reference import rules, services
from cpaudit.reference.models import Metric, Region, RegionLevel, Sector
from cpaudit.reference.services import BadReferenceData, load_reference
from tests.factories.reference import LOADED_AT

WRITES = ("INSERT", "UPDATE", "DELETE")


@pytest.fixture
def folder(tmp_path):
    """A copy of the shipped files that a test may spoil."""
    return shutil.copytree(services.FIXTURES, tmp_path / "fixtures")


def edit(folder, name, change):
    rows = json.loads((folder / name).read_text(encoding="utf-8"))
    change(rows)
    (folder / name).write_text(json.dumps(rows), encoding="utf-8")


def load(folder=services.FIXTURES):
    return load_reference(by=None, at=LOADED_AT, folder=folder)


# --- what is shipped --------------------------------------------------------------------------------------------------


def test_provinces_are_31_in_six_macro_regions_and_three_outside(reference):
    provinces = Region.objects.provinces()
    counted = Counter(province.macro_region for province in provinces)
    assert [counted[number] for number in range(1, 7)] == [5, 3, 7, 6, 5, 5]
    assert set(provinces.filter(macro_region=None).values_list("code", flat=True)) == {"710000", "810000", "820000"}


def test_regions_are_counted_by_level(reference):
    assert Counter(Region.objects.values_list("level", flat=True)) == {
        "nation": 1,
        "province": 34,
        "prefecture": 333,
        "county": 2844,
    }


def test_every_region_lies_in_one_whose_code_leads_its_own(reference):
    for region in Region.objects.exclude(level=RegionLevel.NATION).select_related("parent"):
        assert rules.may_be_parent(region.parent.code, region.code), region.code
        assert region.path == f"{region.parent.path}{region.code}/"
        assert region.level == rules.level_of(region.code)


def test_every_prefecture_lies_in_its_province(reference):
    for prefecture in Region.objects.prefectures().select_related("parent"):
        assert prefecture.parent.level == RegionLevel.PROVINCE
        assert prefecture.parent.code == f"{prefecture.code[:2]}0000"


def test_benxi_lies_in_liaoning(reference):
    benxi = Region.objects.get(code="210500")
    assert (benxi.name_zh, benxi.name_en, benxi.level) == ("本溪市", "Benxi", "prefecture")
    assert benxi.parent.name_en == "Liaoning"
    assert benxi.path == "100000/210000/210500/"
    assert [county.name_en for county in benxi.children.all()] == [
        "Pingshan District",
        "Xihu District",
        "Mingshan District",
        "Nanfen District",
        "Benxi Manchu Autonomous County",
        "Huanren Manchu Autonomous County",
    ]


@pytest.mark.parametrize(
    ("code", "name_en"),
    [
        ("140000", "Shanxi"),
        ("610000", "Shaanxi"),
        ("150000", "Inner Mongolia"),
        ("150100", "Hohhot"),
        ("152500", "Xilingol League"),
        ("230100", "Harbin"),
        ("341500", "Lu'an"),
        ("422800", "Enshi Tujia and Miao Autonomous Prefecture"),
        ("540100", "Lhasa"),
        ("610100", "Xi'an"),
        ("650100", "Urumqi"),
        ("653100", "Kashgar Prefecture"),
    ],
)
def test_english_names_are_the_established_ones(reference, code, name_en):
    assert Region.objects.get(code=code).name_en == name_en


def test_names_are_complete_and_in_their_script(reference):
    for model in (Region, Sector, Metric):
        for zh, en in model.objects.values_list("name_zh", "name_en"):
            assert any("一" <= character <= "鿿" for character in zh), zh
            assert en and not any("一" <= character <= "鿿" for character in en), en


def test_prefectures_and_provinces_of_one_parent_have_different_names(reference):
    for level in (RegionLevel.PROVINCE, RegionLevel.PREFECTURE, RegionLevel.COUNTY):
        for field in ("name_en", "name_zh"):
            named = Counter(Region.objects.filter(level=level).values_list("parent_id", field))
            assert [key for key, times in named.items() if times > 1] == []


def test_sectors_are_41_in_three_sections(reference):
    assert Counter(Sector.objects.values_list("section", flat=True)) == {"B": 7, "C": 31, "D": 3}
    numbers = sorted(int(code[1:]) for code in Sector.objects.values_list("code", flat=True))
    assert numbers == list(range(6, 47))


def test_every_metric_is_stored_in_a_unit_it_accepts(reference):
    for metric in Metric.objects.all():
        assert metric.accepted_units()[0] == metric.base_unit, metric.code


def test_only_water_takes_tonnes_for_cubic_metres(reference):
    assert set(Metric.objects.exclude(density=None).values_list("code", flat=True)) == {"fresh_water", "wastewater"}


def test_rates_are_not_summed(reference):
    assert not Metric.objects.additive().filter(unit="%").exists()


# --- loading ----------------------------------------------------------------------------------------------------------


def test_load_second_time_writes_nothing(reference, django_assert_num_queries):
    with django_assert_num_queries(5) as captured:  # three lists read, one transaction around them
        results = load()
    assert not [query["sql"] for query in captured if query["sql"].startswith(WRITES)]
    assert [(result.name, result.created, result.updated) for result in results] == [
        ("regions", 0, 0),
        ("sectors", 0, 0),
        ("metrics", 0, 0),
    ]


def test_load_second_time_takes_less_than_a_second(reference):
    started = time.process_time()  # of this process alone, however busy the machine is
    load()
    assert time.process_time() - started < 1


def test_load_brings_back_what_was_edited(reference):
    Region.objects.filter(code="210500").update(name_en="Penki", path="x/")
    Sector.objects.filter(code="C26").update(name_zh="化工")
    Metric.objects.filter(code="cod").update(unit="kg")
    assert [result.updated for result in load()] == [1, 1, 1]
    benxi = Region.objects.get(code="210500")
    assert (benxi.name_en, benxi.path) == ("Benxi", "100000/210000/210500/")
    assert Sector.objects.get(code="C26").name_zh == "化学原料和化学制品制造业"
    assert Metric.objects.get(code="cod").unit == "t"


def test_load_keeps_rows_the_files_do_not_name(reference):
    mine = Sector.objects.create(edition="2011", code="C26", section="C", name_zh="化工", name_en="Chemicals")
    load()
    assert Sector.objects.filter(pk=mine.pk).exists()


def test_load_adds_a_row_under_a_parent_only_the_database_has(reference, folder):
    row = {"code": "210599", "name_zh": "新区", "name_en": "New District", "parent": "210500"}
    (folder / "regions.json").write_text(json.dumps([row]), encoding="utf-8")
    assert load(folder)[0].created == 1
    assert Region.objects.get(code="210599").path == "100000/210000/210500/210599/"


def test_load_missing_parent_is_named_and_nothing_is_written(reference, folder):
    orphan = {"code": "219901", "name_zh": "某区", "name_en": "Orphan District", "parent": "219900"}
    edit(folder, "regions.json", lambda rows: rows.append(orphan) or rows[1].update(name_en="Peking"))
    with pytest.raises(BadReferenceData, match="219901 Orphan District lies in 219900, which is neither in the file"):
        load(folder)
    assert not Region.objects.filter(name_en__in=["Orphan District", "Peking"]).exists()


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("regions.json", lambda rows: rows.append(rows[5]), "regions.json: .* is listed twice"),
        ("regions.json", lambda rows: rows[0].update(parent="210000"), "only the nation, has no parent"),
        ("regions.json", lambda rows: rows[1].update(parent=None), "only the nation, has no parent"),
        ("regions.json", lambda rows: rows[2].update(parent="210500"), "cannot lie in 210500"),
        ("regions.json", lambda rows: rows[1].update(code="11000"), "“11000” is not a six-digit code"),
        ("regions.json", lambda rows: rows[1].update(popultion=1), "row 2: missing or unknown fields: popultion"),
        ("sectors.json", lambda rows: rows[0].pop("name_zh"), "row 1: missing or unknown fields: name_zh"),
        ("sectors.json", lambda rows: rows[0].update(section="C"), "B06: section “C” does not fit"),
        ("metrics.json", lambda rows: rows[0].update(unit="tons"), "energy: unknown unit “tons”"),
        ("metrics.json", lambda rows: rows[0].update(group="fire"), "energy: unknown group “fire”"),
    ],
)
def test_load_bad_row_is_named(db, folder, name, change, message):
    edit(folder, name, change)
    with pytest.raises(BadReferenceData, match=message):
        load(folder)


def test_load_unreadable_file_is_named(db, folder):
    (folder / "sectors.json").write_text("[{", encoding="utf-8")
    with pytest.raises(BadReferenceData, match=r"sectors\.json: cannot be read"):
        load(folder)


def test_command_prints_the_counts_in_one_line(reference):
    out = io.StringIO()
    call_command("load_reference", stdout=out)
    assert out.getvalue() == (
        "Reference data: 3212 regions (0 new, 0 changed), 41 sectors (0 new, 0 changed), "
        f"{Metric.objects.count()} metrics (0 new, 0 changed)\n"
    )


def test_command_says_what_is_wrong_without_a_traceback(db, folder, monkeypatch):
    (folder / "metrics.json").unlink()
    monkeypatch.setattr(load_reference, "__kwdefaults__", {"folder": folder})
    with pytest.raises(CommandError, match=r"metrics\.json: cannot be read"):
        call_command("load_reference")


# --- what the database itself refuses ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "values",
    [
        {"code": "100001", "level": "nation", "parent_code": "210000", "path": "100001/"},
        {"code": "210099", "level": "prefecture", "parent_code": None, "path": "210099/"},
        {"code": "210099", "level": "prefecture", "parent_code": "210000", "path": "100000/210000/210099"},
        {"code": "210099", "level": "prefecture", "parent_code": "210000", "path": "100000/210000/210500/"},
        {"code": "210500", "level": "prefecture", "parent_code": "210000", "path": "100000/210000/210500/x/"},
    ],
)
def test_region_that_breaks_the_tree_is_refused_by_the_database(reference, values):
    parent_code = values.pop("parent_code")
    parent = parent_code and Region.objects.get(code=parent_code)
    with pytest.raises(IntegrityError), transaction.atomic():
        Region.objects.create(**values, parent=parent or None, name_zh="某地", name_en="Somewhere")


def test_sector_twice_in_one_edition_is_refused_by_the_database(reference):
    with pytest.raises(IntegrityError), transaction.atomic():
        Sector.objects.create(edition="2017", code="C26", section="C", name_zh="化工", name_en="Chemicals")


def test_metric_without_mass_is_refused_by_the_database(reference):
    with pytest.raises(IntegrityError), transaction.atomic():
        Metric.objects.filter(code="cod").update(density=0)
