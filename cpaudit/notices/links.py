"""Links that let their holder in. They are made when the mail is written, so that no row of the outbox holds them.

The room that can make the links of a kind of notice registers how, when the application starts.
"""

from __future__ import annotations

from collections.abc import Callable

from cpaudit.notices.models import Notice

MakeLink = Callable[[Notice], str | None]
_makers: dict[str, MakeLink] = {}


def register(kind: str, make: MakeLink) -> None:
    """The links of notices of `kind` are made by `make`; it gives None when the occasion is past (withdrawn, used)."""
    _makers[kind] = make


def link_of(notice: Notice) -> str | None:
    """The address to mail, without host; empty: none is needed; None: there is nothing to tell any more."""
    make = _makers.get(notice.kind)
    return make(notice) if make else notice.link
