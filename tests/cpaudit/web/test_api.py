"""Strict input: JSON with one meaning, serializers that refuse what they do not know."""

import contextlib
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rest_framework import serializers
from rest_framework.exceptions import ParseError

from cpaudit.web.api import StrictJSONParser, StrictSerializer, TooLarge, strict_json
from cpaudit.web.problems import flatten


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"a": 1, "a": 2}', "twice"),
        (b'{"a": NaN}', "NaN"),
        (b'{"a": -Infinity}', "Infinity"),
        (b'{"a": 1e999}', "too large"),
        (b'{"a": 12345678901234567890}', "18 digits"),
        (b'{"a": "x\\u0000y"}', "cannot be kept"),
        (b'{"a\\u0000": 1}', "cannot be kept"),
        (b'{"a": ["\\ud800"]}', "/a/0"),
        (b"[" * 100_000, "deeply"),
        (b"[" * 40 + b"]" * 40, "deeply"),
        (b'{"a": "\xff"}', "UTF-8"),
        (b'{"a": }', "line 1, column 7"),
        (b"", "not JSON"),
    ],
)
def test_ambiguous_or_unkeepable_json_is_refused(body: bytes, words: str) -> None:
    with pytest.raises(ParseError) as refused:
        strict_json(body)

    assert words in str(refused.value.detail)


def test_ordinary_json_passes_unchanged() -> None:
    body = '{"n": 999999999999999999, "d": "12.50", "f": 0.5, "t": "清洁生产 😀", "l": [true, null]}'

    assert strict_json(body.encode()) == {
        "n": 999_999_999_999_999_999,
        "d": "12.50",
        "f": 0.5,
        "t": "清洁生产 😀",
        "l": [True, None],
    }


@given(st.binary(max_size=60))
def test_no_bytes_make_it_fail_otherwise(body: bytes) -> None:
    with contextlib.suppress(ParseError):
        strict_json(body)


def test_too_large_a_body_is_413(settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    with pytest.raises(TooLarge):
        StrictJSONParser().parse(io.BytesIO(b'{"a": "0123456789"}'))


class Inner(StrictSerializer):
    hours = serializers.IntegerField(min_value=0)


class Outer(StrictSerializer):
    title = serializers.CharField()
    audits = Inner(many=True, required=False)
    made_on = serializers.DateField(read_only=True)


def test_all_unknown_fields_are_listed_beside_the_other_problems() -> None:
    outer = Outer(data={"titel": "x", "colour": "red"})

    assert not outer.is_valid()
    assert set(outer.errors) == {"title", "titel", "colour"}


def test_unknown_fields_inside_are_refused_too() -> None:
    outer = Outer(data={"title": "x", "audits": [{"hours": 1}, {"hours": 1, "hour": 2}]})

    assert not outer.is_valid()
    assert list(flatten(outer.errors)) == [("/audits/1/hour", "There is no such field.")]


def test_a_field_that_can_only_be_read_is_not_silently_ignored() -> None:
    outer = Outer(data={"title": "x", "made_on": "2026-01-01"})

    assert not outer.is_valid()
    assert "made_on" in outer.errors


def test_known_fields_pass() -> None:
    outer = Outer(data={"title": "x", "audits": [{"hours": 3}]})

    assert outer.is_valid()
    assert outer.validated_data == {"title": "x", "audits": [{"hours": 3}]}


def test_something_else_than_an_object_is_refused() -> None:
    assert not Outer(data=["x"]).is_valid()
