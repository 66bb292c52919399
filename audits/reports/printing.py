"""A filing as the HTML that is printed; everything it says was frozen when it was filed, decisions on it excepted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext, override

from audits.reports.book import book_of
from audits.reports.rules import DECLARATION, DECLARATION_ZH
from cpaudit.rulebook.findings import Finding
from cpaudit.web.words import in_language

HTML_LANGUAGES = {"en": "en", "zh-hans": "zh-Hans"}
"""The languages a report is printed in, as Django and as HTML name them."""


def printed(
    *,
    content: Mapping[str, Any],
    annex: Mapping[str, Any],
    findings: Sequence[Finding],
    content_hash: str,
    version: int,
    filed_at: dt.datetime,
    filed_by: Mapping[str, str],
    language: str,
) -> str:
    """The whole document in `language`, with its style inside and nothing to be fetched from anywhere."""
    with override("en"):
        declaration_en = gettext(DECLARATION)
    with override(language):
        book = book_of(content, annex=annex, findings=findings, content_hash=content_hash)
        return render_to_string(
            "reports/report.html",
            {
                "book": book,
                "version": version,
                "filed_at": filed_at,
                "filed_by": in_language(filed_by) if filed_by else "",
                "content_hash": content_hash,
                "declaration_en": declaration_en,
                "declaration_zh": DECLARATION_ZH,
                "language": HTML_LANGUAGES[language],
            },
        )
