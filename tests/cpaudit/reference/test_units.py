"""Units: definitions that do not move, round trips, refusals."""

from decimal import Decimal
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpaudit.reference import units
from cpaudit.reference.units import UNITS, DifferentDimensions, NotAnAmount, UnknownUnit, convert, find_unit
from cpaudit.web.findings import translated

WATER = Decimal(1)
PAIRS = [(a.code, b.code) for a, b in permutations(UNITS.values(), 2) if a.dimension == b.dimension]


@pytest.mark.parametrize(
    ("value", "source", "target", "expected"),
    [
        ("1", "lb", "kg", "0.45359237"),
        ("1", "short_ton", "t", "0.90718474"),
        ("1", "gal", "L", "3.785411784"),
        ("1", "ft3", "L", "28.316846592"),
        ("1", "sq_ft", "m2", "0.09290304"),
        ("1", "Btu", "kJ", "1.05505585262"),
        ("1", "MMBtu", "GJ", "1.05505585262"),
        ("1", "therm", "MJ", "105.505585262"),
        ("10", "therm", "MMBtu", "1"),
        ("1", "kWh", "MJ", "3.6"),
        ("5.8", "100M_kWh", "kWh", "580000000"),
        ("1", "10k_kWh", "kWh", "10000"),
        ("1", "kgce", "kJ", "29307.6"),
        ("7000", "kcal", "kgce", "1"),
        ("1", "tce", "GJ", "29.3076"),
        ("2800", "M_Nm3", "10k_Nm3", "280000"),
        ("1", "km3", "m3", "1000000000"),
        ("3", "10k_t", "kg", "30000000"),
        ("28.461", "100M_money", "10k_money", "284610"),
        ("-2", "t", "kg", "-2000"),
        ("0", "lb", "t", "0"),
    ],
)
def test_convert_known_factor_is_exact(value, source, target, expected):
    assert convert(Decimal(value), source, target) == Decimal(expected)


def test_convert_electricity_to_standard_coal_is_the_equivalent_value():
    assert round(convert(Decimal(1), "kWh", "kgce"), 4) == Decimal("0.1228")
    assert convert(Decimal("293076"), "kWh", "tce") == 36


@pytest.mark.parametrize("value", ["12.50", "2E+3", "1E-8"])
def test_convert_to_the_same_unit_keeps_the_number(value):
    assert convert(Decimal(value), "t", "t") == Decimal(value)


@given(
    pair=st.sampled_from(PAIRS),
    value=st.decimals(min_value=-(10**12), max_value=10**12, places=6, allow_nan=False, allow_infinity=False),
)
def test_convert_there_and_back_gives_the_same_amount(pair, value):
    source, target = pair
    back = convert(convert(value, source, target), target, source)
    assert abs(back - value) <= abs(value) * Decimal("1E-40")


@given(value=st.decimals(min_value=0, max_value=10**18, places=6), pair=st.sampled_from(PAIRS))
def test_convert_never_answers_with_a_positive_exponent(value, pair):
    assert "E+" not in str(convert(value, *pair))


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=3))
def test_convert_water_takes_tonnes_for_cubic_metres(value):
    assert convert(value, "t", "m3", density=WATER) == value
    assert convert(value, "10k_m3", "t", density=WATER) == value * 10_000


def test_convert_gallons_of_water_to_tonnes():
    assert convert(Decimal(1_000_000), "gal", "t", density=WATER) == Decimal("3785.411784")


@pytest.mark.parametrize(
    ("source", "target", "density"),
    [
        ("t", "m3", None),  # not water: mass is not volume
        ("m3", "Nm3", None),
        ("kW_month", "kWh", None),
        ("kWh", "t", WATER),  # a density does not open other doors
        ("money", "t", None),
        ("%", "1", None),
    ],
)
def test_convert_between_dimensions_is_refused_naming_both_units(source, target, density):
    with pytest.raises(DifferentDimensions) as refused:
        convert(Decimal(1), source, target, density=density)
    sentence = translated(refused.value.sentence, refused.value.params)
    assert sentence.startswith(f"{UNITS[source].name_en} cannot be converted to {UNITS[target].name_en}")


@pytest.mark.parametrize("value", ["NaN", "sNaN", "Infinity", "-Infinity", "1E30", "-1E400"])
def test_convert_refuses_what_is_no_amount(value):
    with pytest.raises(NotAnAmount):
        convert(Decimal(value), "t", "kg")


def test_find_unit_unknown_says_what_exists():
    with pytest.raises(UnknownUnit) as refused:
        find_unit("furlong")
    sentence = translated(refused.value.sentence, refused.value.params)
    assert sentence.startswith("“furlong” is not a known unit.")
    assert "10⁴ kWh" in sentence
    assert "万千瓦时" in refused.value.params["known"]["zh"]


@pytest.mark.parametrize("ambiguous", ["ton", "tons", ""])
def test_find_unit_does_not_guess(ambiguous):
    with pytest.raises(UnknownUnit):
        find_unit(ambiguous)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("kwh", "kWh"),
        ("KW·H", "kWh"),
        ("万千瓦时", "10k_kWh"),
        ("10⁴ kWh", "10k_kWh"),
        ("10^4 kWh", "10k_kWh"),
        ("m³", "m3"),
        ("㎥", "m3"),
        ("10⁴ m³", "10k_m3"),
        ("吨", "t"),
        ("万吨", "10k_t"),
        ("mmbtu", "MMBtu"),
        ("Gallons", "gal"),
        ("pounds", "lb"),
        ("kW-months", "kW_month"),
        ("SQ. FT.", "sq_ft"),
        ("吨标准煤", "tce"),
        ("％", "%"),
    ],
)
def test_find_unit_understands_usual_spellings(text, code):
    assert find_unit(text).code == code


def test_no_spelling_means_two_units():
    spelled: dict[str, str] = {}
    for unit in UNITS.values():
        for text in (unit.code, unit.name_en, unit.name_zh, *unit.aliases):
            assert spelled.setdefault(units._spelling(text), unit.code) == unit.code, text


def test_every_dimension_has_one_base():
    dimensions = {unit.dimension for unit in UNITS.values()}
    bases = [unit.dimension for unit in UNITS.values() if unit.factor == 1]
    assert sorted(bases) == sorted(dimensions)


def test_convertible_to_begins_with_the_unit_itself_and_crosses_only_with_density():
    assert [unit.code for unit in units.convertible_to("h")] == ["h", "day"]
    assert {unit.dimension for unit in units.convertible_to("t")} == {"mass"}
    assert {unit.dimension for unit in units.convertible_to("t", density=WATER)} == {"mass", "volume"}
