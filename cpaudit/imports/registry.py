"""Which kinds of records can be imported. Higher rooms put theirs in from `AppConfig.ready()`; this room knows none.

A target plugs in with one call:

    registry.add(TARGET, EnterpriseImporter)

where `EnterpriseImporter(scope)` follows `engine.Importer` for the person and moment of its `scope`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cpaudit.imports.engine import Importer
from cpaudit.imports.mapping import Target

if TYPE_CHECKING:
    from cpaudit.accounts.models import User


@dataclass(frozen=True)
class Scope:
    """For whom an importer works: whose jurisdiction and rights hold, when, and from which file."""

    by: User | None
    at: dt.datetime
    file: str


Factory = Callable[[Scope], Importer]


class Registry:
    def __init__(self) -> None:
        self._targets: dict[str, tuple[Target, Factory]] = {}

    def add(self, target: Target, factory: Factory) -> None:
        if target.key in self._targets:
            raise ValueError(f"There is a target {target.key!r} already.")
        self._targets[target.key] = (target, factory)

    def targets(self) -> list[Target]:
        """In the order in which they were put in: what others refer to first."""
        return [target for target, _factory in self._targets.values()]

    def target(self, key: str) -> Target | None:
        found = self._targets.get(key)
        return found[0] if found else None

    def importer(self, key: str, scope: Scope) -> Importer:
        return self._targets[key][1](scope)


registry = Registry()
