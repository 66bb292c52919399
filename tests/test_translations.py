"""Every text a person reads has its Chinese: nothing missing, nothing stale in doubt, every place kept."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.utils.translation import gettext, override
from django.utils.translation.template import templatize

from cpaudit.notices.kinds import KINDS
from cpaudit.trail.verbs import VERBS

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
FIRST = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"}
SECOND = {"pgettext", "npgettext", "pgettext_lazy"}
# What Django makes of a template's texts for xgettext: calls, each on one line, among crossed-out markup.
CALL = re.compile(
    r"\b(?:_|gettext|ngettext|pgettext|npgettext)\((?:[^()'\"]|'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")*\)"
)
PLACE = re.compile(r"%(?:\(\w+\))?[sd]|\{\w+\}")


def messages(source: str) -> Iterator[str]:
    """The literal texts in calls of gettext's family."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        place = 0 if name in FIRST else 1 if name in SECOND else None
        if place is not None and len(node.args) > place and isinstance(node.args[place], ast.Constant):
            yield node.args[place].value


def texts_of_the_code() -> set[str]:
    found: set[str] = set()
    for app in ("cpaudit", "audits", "auditors", "consultancies"):
        for path in (ROOT / app).rglob("*.py"):
            if "migrations" not in path.parts:
                found.update(messages(path.read_text("utf-8")))
    for suffix in ("*.html", "*.txt"):
        for path in (ROOT / "templates").rglob(suffix):
            calls = CALL.findall(templatize(path.read_text("utf-8"), origin=str(path)))
            found.update(message for call in calls for message in messages(call))
    return {text for text in found if text}


@pytest.fixture(scope="module")
def catalogue() -> dict[str, object]:
    with CATALOGUE.open("rb") as lines:
        read = read_po(lines, locale="zh_Hans")
    return {message.id[0] if isinstance(message.id, tuple) else message.id: message for message in read if message.id}


def test_every_text_is_in_the_catalogue(catalogue):
    missing = sorted(text for text in texts_of_the_code() if text not in catalogue)
    assert not missing, f"{len(missing)} texts are not in the catalogue; run make messages: {missing[:20]}"


def test_every_text_is_translated(catalogue):
    def words(message) -> list[str]:
        return list(message.string) if isinstance(message.string, tuple) else [message.string]

    empty = [text for text, message in catalogue.items() if not all(words(message)) or message.fuzzy]
    assert not empty, f"{len(empty)} texts are not translated: {empty[:20]}"


def test_every_place_is_kept(catalogue):
    wrong = []
    for text, message in catalogue.items():
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        wanted = {frozenset(PLACE.findall(one)) for one in ids}
        wrong += [text for string in strings if frozenset(PLACE.findall(string)) not in wanted]
    assert not wrong, wrong[:20]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_sentence_of_the_trail_and_the_outbox_can_be_said(language):
    """The places of a sentence are names, never bare ``%s``: a translation may put them in another order."""
    sentences = [*VERBS.values(), *(kind.subject for kind in KINDS.values()), *(kind.body for kind in KINDS.values())]
    with override(language):
        for sentence in sentences:
            names = set(re.findall(r"%\((\w+)\)s", sentence))
            assert gettext(sentence) % dict.fromkeys(names, "x")
