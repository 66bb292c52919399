"""Equal content gives equal bytes, whatever way it came."""

import datetime as dt
import json
import unicodedata
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits.reports.canonical import canonical_json, content_hash, decimal_text, plain

texts = st.text(st.characters(exclude_categories=["Cs"]))
decimals = st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**15), max_value=10**15)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | texts | decimals | st.dates(),
    lambda children: st.lists(children, max_size=4) | st.dictionaries(texts, children, max_size=4),
    max_leaves=25,
)
contents = st.dictionaries(texts, values, max_size=5)


def shuffled(value):
    """The same value with every object's keys in another order."""
    if isinstance(value, dict):
        return {key: shuffled(value[key]) for key in reversed(value)}
    return [shuffled(item) for item in value] if isinstance(value, list) else value


@given(contents)
def test_hash_does_not_depend_on_the_order_of_keys(content):
    assert content_hash(shuffled(content)) == content_hash(content)


@given(contents)
def test_hash_is_the_same_after_a_round_through_json(content):
    """What the database gives back hashes to what was signed."""
    stored = json.loads(json.dumps(plain(content)))
    assert content_hash(stored) == content_hash(content)


@given(contents)
def test_canonical_bytes_are_a_fixed_point(content):
    once = canonical_json(content)
    assert canonical_json(json.loads(once)) == once


@given(contents, st.sampled_from(["NFC", "NFD"]))
def test_composed_and_decomposed_text_is_the_same_text(content, form):
    def other(value):
        match value:
            case str():
                return unicodedata.normalize(form, value)
            case dict():
                return {other(key): other(item) for key, item in value.items()}
            case list():
                return [other(item) for item in value]
            case _:
                return value

    changed = other(content)
    if len(plain(changed)) == len(plain(content)):
        assert content_hash(changed) == content_hash(content)


@given(decimals, st.integers(0, 6))
def test_trailing_zeros_of_a_decimal_do_not_count(number, zeros):
    digits = f"{number:f}"
    longer = digits + ("" if "." in digits else ".") + "0" * zeros
    assert decimal_text(Decimal(longer)) == decimal_text(number)


@pytest.mark.parametrize(
    ("number", "digits"),
    [
        ("1200.00", "1200"),
        ("1E+3", "1000"),
        ("0.500", "0.5"),
        ("-0.00", "0"),
        ("1E-7", "0.0000001"),
        ("-3.10", "-3.1"),
    ],
)
def test_decimals_are_plain_digits(number, digits):
    assert decimal_text(Decimal(number)) == digits


def test_bytes_are_exactly_these():
    content = {"b": [Decimal("1.50"), None, True], "a": {"名": "é", "on": dt.date(2026, 3, 1)}}
    expected = '{"a":{"on":"2026-03-01","名":"é"},"b":["1.5",null,true]}'
    assert canonical_json(content) == expected.encode()


@pytest.mark.parametrize("value", [1.5, float("nan"), {1, 2}, b"bytes", object()])
def test_what_has_no_exact_text_is_refused(value):
    with pytest.raises(TypeError):
        canonical_json({"value": value})


def test_infinite_decimal_is_refused():
    with pytest.raises(ValueError, match="not a number"):
        plain(Decimal("Infinity"))


def test_moment_is_kept_in_utc_whatever_zone_it_came_in():
    shanghai = dt.timezone(dt.timedelta(hours=8))
    assert plain(dt.datetime(2026, 3, 1, 8, tzinfo=shanghai)) == plain(dt.datetime(2026, 3, 1, 0, tzinfo=dt.UTC))
