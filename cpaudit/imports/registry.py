"""Which kinds of records can be imported. Higher rooms put theirs in from `AppConfig.ready()`; this room knows none.

A target plugs in with one call:

    registry.add(TARGET, EnterpriseImporter, check=check_can_import_enterprises, sentences=SENTENCES)

`EnterpriseImporter(scope)` follows `records.Importer` for the person and moment of its scope; `check(user)` raises
`NotAllowed` for who may not import such records; `sentences` words the complaints only this target knows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cpaudit.imports.mapping import Target
from cpaudit.imports.problems import ALL, Sentence
from cpaudit.imports.records import Importer

if TYPE_CHECKING:
    from cpaudit.accounts.models import User


@dataclass(frozen=True)
class Scope:
    """For whom an importer works: whose jurisdiction and rights hold, when, and from which file."""

    by: User | None
    at: dt.datetime
    file: str


Factory = Callable[[Scope], Importer]


@dataclass(frozen=True)
class Entry:
    target: Target
    factory: Factory
    check: Callable[[User], None]


class Registry:
    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}
        self._sentences: dict[str, Sentence] = dict(ALL)

    def add(
        self,
        target: Target,
        factory: Factory,
        *,
        check: Callable[[User], None],
        sentences: Mapping[str, Sentence] | None = None,
    ) -> None:
        """Put a target in. Two of the same key, or a sentence said in two ways, are a programmer's mistake."""
        taken = set(self._sentences) & set(sentences or {})
        if target.key in self._entries or taken:
            raise ValueError(f"There is {target.key!r} or {sorted(taken)} already.")
        self._entries[target.key] = Entry(target, factory, check)
        self._sentences |= sentences or {}

    def remove(self, key: str, sentences: Mapping[str, Sentence] | None = None) -> None:
        """Take a target out again (tests put theirs in and out)."""
        del self._entries[key]
        for code in sentences or {}:
            del self._sentences[code]

    def targets(self) -> list[Target]:
        """In the order in which they were put in: what others refer to comes first."""
        return [entry.target for entry in self._entries.values()]

    def knows(self, key: str) -> bool:
        return key in self._entries

    def target(self, key: str) -> Target:
        return self._entries[key].target

    def importer(self, key: str, scope: Scope) -> Importer:
        return self._entries[key].factory(scope)

    def check(self, key: str, user: User) -> None:
        self._entries[key].check(user)

    def sentence(self, code: str) -> Sentence:
        return self._sentences[code]


registry = Registry()
