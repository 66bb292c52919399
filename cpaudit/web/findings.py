"""Findings and refusals in the reader's language.

The rulebook is pure and carries English msgids with ``%(name)s`` places; here, and only here, they become sentences.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext, gettext_noop

from cpaudit.rulebook.errors import Refusal
from cpaudit.rulebook.findings import Finding
from cpaudit.web.words import in_language


def translated(text: str, params: Mapping[str, Any] | None = None) -> str:
    """`text` in the active language with its places filled; a text without params may contain a bare per cent sign."""
    if not text:
        return ""
    sentence = gettext(text)
    return sentence % {name: in_language(value) for name, value in params.items()} if params else sentence


def sentence(finding: Finding) -> str:
    """What the finding says."""
    return translated(finding.text, finding.params)


def remedy(finding: Finding) -> str:
    """What would mend it; empty where the finding says it already."""
    return translated(finding.remedy, finding.params)


SOURCES = (
    (re.compile(r"^Item (\S+)$"), gettext_noop("Item %(place)s")),
    (re.compile(r"^Manual, step (\S+)$"), gettext_noop("Manual, step %(place)s")),
    (re.compile(r"^Manual, stage (\S+)$"), gettext_noop("Manual, stage %(place)s")),
    (re.compile(r"^Appendix (\S+)$"), gettext_noop("Appendix %(place)s")),
    (re.compile(r"^Measures 2016, Art\. (\S+)$"), gettext_noop("Measures 2016, Art. %(place)s")),
    (re.compile(r"^Civil Code, Art\. (\S+)$"), gettext_noop("Civil Code, Art. %(place)s")),
)


def article(text: str) -> str:
    """Where a rule stands, in the reader's language: "Item 2; Manual, step 6.3". What is not known stays as it is."""
    return "; ".join(_one_source(part) for part in text.split("; "))


def _one_source(text: str) -> str:
    for pattern, said in SOURCES:
        if found := pattern.match(text):
            return gettext(said) % {"place": found[1]}
    return gettext(text) if text else ""


def refusal_sentence(refusal: Refusal) -> str:
    """Why the act did not happen."""
    return translated(refusal.sentence, refusal.params)


def findings_data(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Findings as REST shows them: `{rule, article, ok, text, severity, remedy}`, text in the reader's language."""
    return [
        {
            "rule": finding.rule,
            "article": finding.article,
            "ok": finding.ok,
            "text": sentence(finding),
            "severity": str(finding.severity),
            "remedy": remedy(finding),
        }
        for finding in findings
    ]
