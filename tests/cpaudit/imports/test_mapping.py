"""Mappings: their JSON, what does not fit, and the guesses."""

import pytest

from cpaudit.imports.checks import check
from cpaudit.imports.guessing import guess, normalised
from cpaudit.imports.mapping import Field, Kind, Malformed, Mapping, Source, Target, from_data
from cpaudit.imports.values import Formats
from tests.cpaudit.imports.shelf import TARGET, Shelf

FULL = {
    "target": "shelf",
    "fields": {"code": {"column": "id"}, "price": {"columns": ["a", "b"]}, "colour": {"constant": "red"}},
    "series": [{"amount": {"column": "kg", "unit": "kg"}, "metric": {"constant": "mass"}}],
    "lookups": {"colour": {"R": "red", "X": None}},
    "numbers": {"decimal": ",", "thousands": "."},
    "dates": "dmy",
    "blanks": ["-", "n/a"],
}


def codes(mapping: Mapping, headers: list[str], target: Target = TARGET) -> list[str]:
    shelf = Shelf()
    known = {key: values.keys() for key, values in shelf.known().items()}
    return [one.code for one in check(mapping, target, headers, known=known, units=set(shelf.units().values()))]


def test_a_mapping_survives_json():
    mapping = from_data(FULL)
    assert mapping.as_data() == FULL
    assert from_data(mapping.as_data()) == mapping
    assert mapping.columns() == {"id", "a", "b", "kg"}
    assert mapping.formats == Formats(decimal=",", thousands=".", dates="dmy")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"target": 5}, "/target"),
        ({"colour": "red"}, "/colour"),
        ({"fields": []}, "/fields"),
        ({"fields": {"code": {"colum": "id"}}}, "/fields/code/colum"),
        ({"fields": {"code": {"column": None}}}, "/fields/code/column"),
        ({"series": {}}, "/series"),
        ({"lookups": {"colour": {"R": 5}}}, "/lookups/colour/R"),
        ({"numbers": {"decimal": ";"}}, "/numbers/decimal"),
        ({"numbers": {"thousands": "x"}}, "/numbers/thousands"),
        ({"dates": "ydm"}, "/dates"),
        ({"fields": {"code": {"column": "x" * 501}}}, "/fields/code/column"),
    ],
)
def test_json_of_another_shape_is_refused_with_its_place(change, pointer):
    with pytest.raises(Malformed) as caught:
        from_data(FULL | change)
    assert caught.value.pointer == pointer


def test_a_mapping_that_fits_has_no_problems():
    assert codes(from_data(FULL), ["id", "a", "b", "kg"]) == []


@pytest.mark.parametrize(
    ("mapping", "expected"),
    [
        (Mapping("other"), ["wrong_target"]),
        (Mapping("shelf"), ["nothing_mapped"]),
        (Mapping("shelf", {"name": Source(("id",))}), ["required_unmapped"]),
        (Mapping("shelf", {"code": Source(("id",)), "size": Source(("id",))}), ["unknown_field"]),
        (Mapping("shelf", {"code": Source(("gone",))}), ["unknown_column"]),
        (Mapping("shelf", {"code": Source()}), ["no_source"]),
        (Mapping("shelf", {"code": Source(("id",), "x")}), ["two_sources"]),
        (Mapping("shelf", {"code": Source(("id", "name"))}), ["cannot_add"]),
        (Mapping("shelf", {"code": Source(("id",), unit="kg")}), ["unknown_unit"]),
        (Mapping("shelf", {"code": Source(("id",)), "amount": Source(("id",), unit="mile")}), ["unknown_unit"]),
        (Mapping("shelf", {"code": Source(("id",))}, lookups={"colour": {"G": "green"}}), ["lookup_target"]),
        (Mapping("shelf", {"code": Source(("id",))}, lookups={"metric": {"M": "weight"}}), ["lookup_target"]),
        (Mapping("shelf", {"code": Source(("id",))}, lookups={"amount": {"1": "2"}}), ["lookup_field"]),
        (Mapping("shelf", {"code": Source(("id",))}, lookups={"size": {}}), ["unknown_field"]),
        (Mapping("shelf", {"code": Source(("id",))}, formats=Formats(".", ".")), ["same_separators"]),
        (Mapping("shelf", {"code": Source(("id",)), "amount": Source(("name",))}), ["unit_unmapped"]),
    ],
)
def test_what_does_not_fit_is_named(mapping, expected):
    assert codes(mapping, ["id", "name"]) == expected


def test_all_problems_are_named_at_once():
    mapping = Mapping("shelf", {"name": Source(("gone",)), "size": Source()}, lookups={"colour": {"G": "green"}})
    assert codes(mapping, ["id"]) == ["unknown_column", "unknown_field", "required_unmapped", "lookup_target"]


def test_a_series_is_refused_where_a_row_is_one_record():
    target = Target("flat", "Flat", (Field("code", "Code", Kind.CODE),), ("code",))
    mapping = Mapping("flat", {"code": Source(("id",))}, series=({"code": Source(("id",))},))
    assert codes(mapping, ["id"], target) == ["series_not_used"]


# --- Guesses --------------------------------------------------------------------------------------------------------
def guessed(headers: list[str], **samples: list[str]) -> Mapping:
    shelf = Shelf()
    return guess(headers, TARGET, samples=samples, labels=shelf.known(), units=shelf.units())


@pytest.mark.parametrize("header", ["code", "Code", "CODE ", "编号", "Identifier", "identifer"])
def test_a_column_is_recognised_by_key_label_and_synonym_in_both_languages(header):
    assert guessed([header]).fields["code"].column == header


def test_no_column_is_used_twice_and_no_field_filled_twice():
    mapping = guessed(["code", "identifier", "name"])
    assert {key: source.column for key, source in mapping.fields.items()} == {"code": "code", "name": "name"}


def test_values_that_cannot_belong_to_the_field_stop_the_guess():
    assert "price" not in guessed(["price"], price=["cheap"]).fields
    assert "price" in guessed(["price"], price=["1,200.50"]).fields


def test_a_column_of_words_is_no_amount():
    assert guessed(["Mass"], Mass=["steel", "paper"]).series == ()
    assert len(guessed(["Mass"], Mass=["5", "6.5"]).series) == 1


def test_short_names_that_merely_resemble_are_not_guessed():
    assert guessed(["co", "na", "prize money"]).fields == {}


def test_metric_columns_become_a_series_with_the_unit_of_the_header():
    mapping = guessed(["编号", "质量（kg）", "Volume [m³]", "other"])
    assert mapping.series == (
        {"amount": Source(("质量（kg）",), unit="kg"), "metric": Source(constant="mass")},
        {"amount": Source(("Volume [m³]",), unit="m3"), "metric": Source(constant="volume")},
    )


def test_names_are_compared_without_case_width_unit_and_punctuation():
    assert normalised("Ｐower_Use (kWh)") == "power use"
    assert normalised("用电量/kWh") == "用电量"
