"""Finding rows: subtrees, names in the reader's language, what a person may have meant."""

from decimal import Decimal

import pytest
from django.utils import translation

from cpaudit.reference import selectors
from cpaudit.reference.models import MacroRegion, Metric, MetricGroup, Region, Sector
from cpaudit.reference.units import DifferentDimensions
from tests.factories.people import region, sector
from tests.factories.reference import metric


def test_subtree_of_holds_the_region_and_all_below(reference):
    codes = set(Region.objects.subtree_of(region("210500")).values_list("code", flat=True))
    assert codes == {"210500", "210502", "210503", "210504", "210505", "210521", "210522"}
    assert Region.objects.subtree_of(region("100000")).count() == Region.objects.count()


def test_subtree_of_does_not_take_a_code_that_only_begins_alike(reference):
    # Without the separator at the end of the path, 32 would also match 320.
    nation = region("100000")
    short = Region.objects.create(code="32", level="province", parent=nation, path="100000/32/", name_en="Short")
    long = Region.objects.create(code="320", level="province", parent=nation, path="100000/320/", name_en="Long")
    assert list(Region.objects.subtree_of(short)) == [short]
    assert not short.contains(long)


def test_contains_agrees_with_the_subtree(reference):
    liaoning, benxi, jilin = region("210000"), region("210500"), region("220000")
    assert liaoning.contains(benxi)
    assert liaoning.contains(liaoning)
    assert not benxi.contains(liaoning)
    assert not jilin.contains(benxi)


def test_province_code_is_two_digits_and_none_for_the_nation(reference):
    assert region("210502").province_code == "21"
    assert region("100000").province_code is None


@pytest.mark.parametrize(("language", "name"), [("en", "Benxi"), ("zh-hans", "本溪市")])
def test_name_follows_the_reader(reference, language, name):
    benxi = region("210500")
    with translation.override(language):
        assert (benxi.name, benxi.label, str(benxi)) == (name, name, name)


def test_name_in_one_language_falls_back_to_the_other():
    assert Region(name_zh="本溪市", name_en="").name_in("en") == "本溪市"
    assert Region(name_zh="", name_en="Benxi").name_in("zh-hans") == "Benxi"


def test_sector_is_written_with_its_code(reference):
    assert str(sector("C26")) == "C26 Raw chemical materials and chemical products"


@pytest.mark.parametrize("text", ["Benxi", "benxi ", "本溪", "本溪市", "210500"])
def test_region_named_finds_what_a_person_writes(reference, text):
    assert [found.code for found in Region.objects.prefectures().named(text)] == ["210500"]


def test_region_named_gives_all_that_may_be_meant(reference):
    assert Region.objects.named("Chaoyang District").count() > 1
    assert not Region.objects.named("").exists()


@pytest.mark.parametrize("text", ["C26", "c26", "26", "化学原料和化学制品制造业"])
def test_sector_named_finds_what_a_person_writes(reference, text):
    assert [found.code for found in Sector.objects.named(text)] == ["C26"]


@pytest.mark.parametrize("text", ["cod", "COD", "化学需氧量", "Chemical oxygen demand (COD)"])
def test_metric_named_finds_what_a_person_writes(reference, text):
    assert [found.code for found in Metric.objects.named(text)] == ["cod"]


@pytest.mark.parametrize(
    ("code", "value", "unit", "expected"),
    [
        ("electricity", "5.8", "100M_kWh", "580000000"),
        ("fresh_water", "10", "t", "10"),
        ("wastewater", "2175", "10k_m3", "21750000"),
        ("waste_gas", "2800", "M_Nm3", "280000"),
        ("fuel_heat", "100", "MMBtu", "105.505585262"),
        ("pb", "0.5", "t", "500"),
        ("solid_waste", "-2000", "lb", "-0.90718474"),
        ("output_value", "12", "10k_money", "120000"),
    ],
)
def test_metric_to_base_converts_to_the_stored_unit(reference, code, value, unit, expected):
    assert metric(code).to_base(Decimal(value), unit) == Decimal(expected)


def test_metric_to_base_refuses_mass_for_a_volume_that_is_not_water(reference):
    with pytest.raises(DifferentDimensions):
        metric("natural_gas").to_base(Decimal(1), "t")


def test_natural_keys_lead_back_to_the_row(reference):
    for model in (Region, Sector, Metric):
        thing = model.objects.last()
        assert model.objects.get_by_natural_key(*thing.natural_key()) == thing


def test_ancestors_of_begin_with_the_nation(reference, django_assert_num_queries):
    pingshan = region("210502")
    with django_assert_num_queries(1):
        names = [ancestor.name_en for ancestor in selectors.ancestors_of(pingshan)]
    assert names == ["China", "Liaoning", "Benxi", "Pingshan District"]


def test_provinces_by_macro_region_leaves_out_the_three(reference, django_assert_num_queries):
    with django_assert_num_queries(1):
        grouped = selectors.provinces_by_macro_region()
    assert [province.name_en for province in grouped[MacroRegion.NORTHEAST]] == ["Liaoning", "Jilin", "Heilongjiang"]
    assert sum(map(len, grouped.values())) == 31


def test_metrics_by_group_holds_every_metric(reference):
    grouped = selectors.metrics_by_group()
    assert list(grouped) == list(MetricGroup)
    assert sum(map(len, grouped.values())) == Metric.objects.count()
    assert grouped[MetricGroup.RESOURCES][0].code == "energy"
