"""Promises of the look that a machine can hold: contrast, nothing from elsewhere, small, layered."""

import gzip
import re
from pathlib import Path

import pytest
from django.conf import settings

STATIC = Path(settings.BASE_DIR) / "static"
STYLES = sorted((STATIC / "css").glob("*.css"))
TEMPLATES = [  # print and mail have rules of their own
    path
    for path in sorted((Path(settings.BASE_DIR) / "templates").rglob("*.html"))
    if not {"reports", "emails"} & set(path.parts)
]
TOKENS = dict(re.findall(r"--([\w-]+):\s*(#[0-9a-fA-F]{6})", (STATIC / "css" / "tokens.css").read_text()))

TEXT_PAIRS = [
    *[("ink", ground) for ground in ("paper", "surface", "sunk", "leaf", "brand-soft", "danger-soft", "warning-soft")],
    *[("ink", ground) for ground in ("info-soft", "success-soft", "focus")],
    *[("muted", ground) for ground in ("paper", "surface", "sunk")],
    *[("link", ground) for ground in ("paper", "surface", "sunk", "brand-soft")],
    *[("brand-deep", ground) for ground in ("leaf", "brand-soft", "surface", "sunk")],
    *[("on-brand", ground) for ground in ("brand", "brand-deep", "danger")],
    *[("on-brand-muted", ground) for ground in ("brand", "brand-deep")],
    ("leaf", "brand-deep"),
    ("brand", "surface"),
    *[(tone, f"{tone}-soft") for tone in ("success", "info", "warning", "danger", "neutral")],
    *[(tone, ground) for tone in ("success", "info", "warning", "danger") for ground in ("surface", "paper")],
]
SHAPE_PAIRS = [
    *[("line-strong", ground) for ground in ("surface", "paper")],
    ("leaf", "brand"),
    ("focus", "ink"),
    ("brand", "paper"),
]


def luminance(colour: str) -> float:
    """Relative luminance of a #rrggbb colour (WCAG 2.2)."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    high, low = sorted((luminance(TOKENS[first]), luminance(TOKENS[second])), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(("text", "ground"), TEXT_PAIRS)
def test_text_is_readable(text: str, ground: str) -> None:
    assert contrast(text, ground) >= 4.5


@pytest.mark.parametrize(("shape", "ground"), SHAPE_PAIRS)
def test_borders_and_marks_are_seen(shape: str, ground: str) -> None:
    assert contrast(shape, ground) >= 3


def test_colours_of_charts_are_seen_on_white() -> None:
    from cpaudit.web.charts import PALETTE

    TOKENS.update({colour: colour for colour in PALETTE})

    assert all(contrast(colour, "surface") >= 3 for colour in PALETTE)


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_style_sheet_takes_nothing_from_elsewhere_and_stands_in_a_layer(path: Path) -> None:
    text = path.read_text()

    assert "//" not in re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    assert "@import" not in text
    assert "@layer" in text
    for name in re.findall(r"url\(\"?([^\")]+)", text):
        assert (path.parent / name).is_file()


def test_style_sheets_use_only_tokens_that_exist() -> None:
    everything = "".join(path.read_text() for path in STYLES)
    declared = set(re.findall(r"--([\w-]+):", everything))

    assert set(re.findall(r"var\(--([\w-]+)", everything)) <= declared


def test_style_stays_small() -> None:
    """What a browser fetches once: WhiteNoise serves the sheets compressed."""
    assert sum(len(gzip.compress(path.read_bytes())) for path in STYLES) < 12_000


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(settings.BASE_DIR)))
def test_page_has_no_inline_style_or_script_and_takes_nothing_from_elsewhere(path: Path) -> None:
    text = path.read_text()

    assert not re.search(r"\sstyle\s*=", text)
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text)
    assert "<style" not in text
    assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", text)
    assert not re.search(r"(src|href)=[\"']?(https?:)?//", text)
