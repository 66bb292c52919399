"""The edge of the REST interface: JSON that means one thing only, serializers that refuse what they do not know."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import JSONParser

MAX_INTEGER_DIGITS = 18
"""A larger whole number fits no column of ours and makes a database driver raise."""
MAX_DEPTH = 32


class TooLarge(APIException):
    status_code = 413
    default_detail = "The body is too large."
    default_code = "too_large"


class StrictJSONParser(JSONParser):
    """JSON as RFC 8259 and I-JSON have it, and nothing a database or a reader could understand in two ways.

    Refused (400): duplicate keys, NaN and infinities, whole numbers of more than 18 digits, NUL characters, lone
    surrogates, depth beyond 32, bytes that are not UTF-8. A body above `DATA_UPLOAD_MAX_MEMORY_SIZE` is 413.
    """

    strict = True

    def parse(self, stream: IO[bytes], media_type: str | None = None, parser_context: Any = None) -> Any:
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        body = stream.read(limit + 1)
        if len(body) > limit:
            raise TooLarge(_("The body is larger than %(limit)s bytes.") % {"limit": limit})
        return strict_json(body)


def strict_json(body: bytes) -> Any:
    """The value of a JSON document, or `ParseError` naming what is wrong with it."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ParseError(_("The body is not UTF-8.")) from error
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object_without_duplicates,
            parse_constant=_refuse_constant,
            parse_int=_bounded_integer,
            parse_float=_finite_float,
        )
        check_text(value)
    except RecursionError as error:
        raise ParseError(_("The body is nested too deeply.")) from error
    except json.JSONDecodeError as error:
        message = _("The body is not JSON: line %(line)s, column %(column)s.")
        raise ParseError(message % {"line": error.lineno, "column": error.colno}) from error
    return value


def check_text(value: Any, pointer: str = "", depth: int = 0) -> None:
    """Refuse text no database takes, wherever it hides; names the place by its JSON pointer."""
    if depth > MAX_DEPTH:
        raise ParseError(_("The body is nested too deeply."))
    match value:
        case str():
            if "\x00" in value or any("\ud800" <= character <= "\udfff" for character in value):
                message = _("The text at %(pointer)s contains a character that cannot be kept.")
                raise ParseError(message % {"pointer": json.dumps(pointer)})
        case dict():
            for key, item in value.items():
                check_text(key, pointer, depth + 1)
                check_text(item, f"{pointer}/{key}", depth + 1)
        case list():
            for index, item in enumerate(value):
                check_text(item, f"{pointer}/{index}", depth + 1)


def _object_without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _value in pairs]
        twice = sorted({name for name in names if names.count(name) > 1})
        raise ParseError(_("Given twice: %(names)s.") % {"names": json.dumps(twice)})
    return found


def _refuse_constant(name: str) -> Any:
    raise ParseError(_("%(name)s is not a JSON value.") % {"name": name})


def _bounded_integer(digits: str) -> int:
    if len(digits.lstrip("-")) > MAX_INTEGER_DIGITS:
        raise ParseError(_("A whole number has more than %(limit)s digits.") % {"limit": MAX_INTEGER_DIGITS})
    return int(digits)


def _finite_float(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ParseError(_("A number is too large."))
    return number


class StrictMixin:
    """Refuses fields it does not know instead of ignoring them: a misspelt field must not look like success."""

    def to_internal_value(self, data: Any) -> Any:
        errors: dict[str, Any] = {}
        if isinstance(data, Mapping):
            for name in data:
                field = self.fields.get(name)  # type: ignore[attr-defined]
                if field is None:
                    errors[str(name)] = [_("There is no such field.")]
                elif field.read_only:
                    errors[str(name)] = [_("This field can be read, not written.")]
        try:
            value = super().to_internal_value(data)  # type: ignore[misc]
        except serializers.ValidationError as error:
            if not isinstance(error.detail, dict):
                raise
            raise serializers.ValidationError({**error.detail, **errors}) from error
        if errors:
            raise serializers.ValidationError(errors)
        return value


class StrictSerializer(StrictMixin, serializers.Serializer):
    """A plain serializer that refuses unknown fields, listing all of them."""


class StrictModelSerializer(StrictMixin, serializers.ModelSerializer):
    """The same for a model."""
