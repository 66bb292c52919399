"""How options are numbered. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

CODE_PATTERN = r"^[0-9A-Za-z][0-9A-Za-z._-]{0,19}$"
"""What a code may look like: it is part of addresses, file references and events, so it never changes afterwards."""


def is_code(text: str) -> bool:
    return re.fullmatch(CODE_PATTERN, text, re.ASCII) is not None


def next_code(taken: Iterable[str]) -> str:
    """The number after the highest one in use, with at least two digits: "01", "02", …; other codes do not count."""
    numbers = [int(code) for code in taken if code.isascii() and code.isdigit()]
    return f"{max(numbers, default=0) + 1:02d}"
