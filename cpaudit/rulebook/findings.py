"""What a rule says: pure, no framework. A finding is shown in the same words on screen, in the API and in the PDF."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


def _(text: str) -> str:
    """Mark a text for translation without translating it: a finding is translated when it is shown."""
    return text


class Severity(StrEnum):
    """How much a failed finding weighs (domain catalogue: B, W, I)."""

    BLOCK = "block"
    WARN = "warn"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule applied to one thing.

    `rule` is the catalogue's id (``R-6b``), `article` the place in the law or the manual (``Item 6``), `text` an
    English sentence with ``%(name)s`` places for `params`; it doubles as the key of its translation.
    `remedy` says what would mend a failed finding, empty where the text says it already.
    """

    rule: str
    article: str
    ok: bool
    text: str
    severity: Severity = Severity.BLOCK
    params: Mapping[str, Any] = field(default_factory=dict)
    remedy: str = ""

    @property
    def blocks(self) -> bool:
        return not self.ok and self.severity is Severity.BLOCK

    @property
    def warns(self) -> bool:
        return not self.ok and self.severity is Severity.WARN

    def as_data(self) -> dict[str, Any]:
        """A plain shape to freeze in a row (JSON); `from_data` reads it back."""
        return {
            "rule": self.rule,
            "article": self.article,
            "ok": self.ok,
            "text": self.text,
            "severity": str(self.severity),
            # A msgid inside a finding stays one, so that it is read in the reader's language later, too.
            "params": {k: v if isinstance(v, dict) else str(v) for k, v in self.params.items()},
            "remedy": self.remedy,
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Finding:
        return cls(
            rule=data["rule"],
            article=data["article"],
            ok=data["ok"],
            text=data["text"],
            severity=Severity(data["severity"]),
            params=data.get("params", {}),
            remedy=data.get("remedy", ""),
        )


def blocking(findings: Iterable[Finding]) -> list[Finding]:
    """The findings that stop the act."""
    return [finding for finding in findings if finding.blocks]
