"""The one way to write a report's content as bytes, and the hash over exactly these bytes. Pure.

Equal content must give equal bytes whoever computes them, in whatever order rows came out of the database, before the
content is stored as JSON and after it is read back: keys sorted, no white space, decimals as plain strings without
trailing zeros, text in Unicode's composed form (NFC), UTF-8. A floating point number has no exact text and is refused.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from typing import Any


def decimal_text(number: Decimal) -> str:
    """The number's shortest plain digits: ``1200``, ``0.5``, ``0``; never an exponent, never a minus zero."""
    if not number.is_finite():
        raise ValueError(f"{number} is not a number a report can hold.")
    digits = format(number.normalize(), "f")
    return "0" if digits == "-0" else digits


def plain(value: Any) -> Any:
    """The same value in what JSON can hold without loss: text, whole numbers, booleans, null, lists, objects."""
    match value:
        case None | bool():
            return value
        case str():
            return unicodedata.normalize("NFC", str(value))
        case int():
            return int(value)
        case Decimal():
            return decimal_text(value)
        case dt.datetime():
            return value.astimezone(dt.UTC).isoformat(timespec="microseconds")
        case dt.date():
            return value.isoformat()
        case Mapping():
            return {plain(str(key)): plain(item) for key, item in value.items()}
        case list() | tuple():
            return [plain(item) for item in value]
        case _:
            raise TypeError(f"{type(value).__name__} has no exact text; a report cannot hold it.")


def canonical_json(content: Mapping[str, Any]) -> bytes:
    """The bytes that are hashed and signed."""
    text = json.dumps(plain(content), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode()


def content_hash(content: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical bytes, as 64 hexadecimal digits."""
    return hashlib.sha256(canonical_json(content)).hexdigest()
