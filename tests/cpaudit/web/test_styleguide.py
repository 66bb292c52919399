"""The style guide shows every component, in both languages, and is not there in a deployment."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.http import Http404
from django.test import RequestFactory
from django.utils import translation

from cpaudit.web.views import styleguide

COMPONENTS = Path(settings.BASE_DIR) / "templates" / "components"


def shown(language: str = "en") -> str:
    request = RequestFactory().get("/styleguide/")
    with translation.override(language):
        return styleguide(request).content.decode()


@pytest.fixture
def debug(settings) -> None:
    settings.DEBUG = True


@pytest.mark.usefixtures("debug")
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_component_is_shown(language: str) -> None:
    page = shown(language)

    for mark in ("stages", "timeline", "findings", "figures", "pairs", "filter", "pages", "files", "cards", "todo"):
        assert f'class="{mark}"' in page
    assert page.count("<svg xmlns") == 4
    assert ("本溪太子河纸业有限公司" in page) == (language == "zh-hans")


@pytest.mark.usefixtures("debug")
def test_no_two_things_share_an_id() -> None:
    ids = re.findall(r'\sid="([^"]+)"', shown())

    assert sorted({name for name in ids if ids.count(name) > 1}) == []


def test_there_is_no_style_guide_in_a_deployment() -> None:
    with pytest.raises(Http404):
        styleguide(RequestFactory().get("/styleguide/"))


@pytest.mark.parametrize("path", sorted(COMPONENTS.glob("*.html")), ids=lambda path: path.name)
def test_component_says_what_it_is_and_what_it_takes(path: Path) -> None:
    assert path.read_text().startswith(("{% comment %}", "{#"))
