"""The frame in a real browser: reachable by keyboard, clean for axe, and its small comforts."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import override_settings
from django.urls import path
from playwright.sync_api import Page, Route, expect

from cpaudit import urls
from cpaudit.web.views import styleguide

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

urlpatterns = [path("styleguide/", styleguide), *urls.urlpatterns]
SIZES = {"wide": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}


@pytest.fixture
def guide(live_server, settings, page: Page) -> Page:
    """The style guide, which shows every component."""
    settings.DEBUG = True
    settings.ROOT_URLCONF = __name__
    page.goto(f"{live_server.url}/styleguide/")
    return page


def violations(page: Page) -> list[str]:
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
    return [f"{item['id']}: {item['nodes'][0]['html'][:120]}" for item in found.response["violations"]]


@pytest.mark.parametrize("size", SIZES)
def test_every_component_is_clean_and_fits_the_screen(guide: Page, size: str) -> None:
    guide.set_viewport_size(SIZES[size])

    assert guide.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert violations(guide) == []


@pytest.mark.parametrize("size", SIZES)
def test_sign_in_is_clean(live_server, page: Page, size: str) -> None:
    page.set_viewport_size(SIZES[size])
    page.goto(f"{live_server.url}/sign-in/login/")

    assert violations(page) == []


def test_page_breaks_no_rule_of_the_content_policy(live_server, settings, page: Page) -> None:
    settings.DEBUG = True
    settings.ROOT_URLCONF = __name__
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(f"{live_server.url}/styleguide/")
    expect(page.locator(".stages")).to_be_visible()

    assert [text for text in said if "Content Security Policy" in text] == []


def test_first_key_leads_past_the_header(guide: Page) -> None:
    guide.evaluate("document.activeElement.blur()")  # the guide's broken form takes the focus, as it should
    guide.keyboard.press("Tab")
    skip = guide.locator(".skip")
    skip.focus()
    expect(skip).to_be_in_viewport()
    guide.keyboard.press("Enter")

    expect(guide.locator("main")).to_be_focused()


def test_menu_closes_by_escape_and_gives_the_focus_back(guide: Page) -> None:
    summary = guide.locator(".masthead-posting summary")
    summary.click()
    expect(guide.locator(".masthead-posting .menu-panel")).to_be_visible()
    guide.keyboard.press("Escape")

    expect(guide.locator(".masthead-posting .menu-panel")).to_be_hidden()
    expect(summary).to_be_focused()


def test_what_cannot_be_undone_is_asked_first_and_no_means_no(guide: Page) -> None:
    sent: list[str] = []
    guide.on("request", lambda request: sent.append(request.method))
    guide.get_by_role("button", name="Reject").click()
    expect(guide.get_by_role("dialog")).to_be_visible()
    guide.get_by_role("dialog").get_by_role("button", name="Cancel").click()

    expect(guide.get_by_role("dialog")).to_have_count(0)
    assert "POST" not in sent


def test_double_click_sends_once(guide: Page) -> None:
    sent: list[str] = []

    def slowly(route: Route) -> None:
        if route.request.method == "POST":
            sent.append(route.request.url)
        route.abort()

    guide.route("**/styleguide/", slowly)
    guide.get_by_role("button", name="Approve").dblclick()
    guide.wait_for_timeout(300)

    assert len(sent) == 1


def test_rows_are_filtered_as_one_types(guide: Page) -> None:
    guide.get_by_label("Filter rows").fill("shower")

    expect(guide.locator("#options-table tbody tr:visible")).to_have_count(1)


@override_settings(DEBUG=True, ROOT_URLCONF=__name__)
def test_without_scripts_everything_is_there(live_server, browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server.url}/styleguide/")

    expect(page.locator("#options-table tbody tr")).to_have_count(5)
    expect(page.get_by_label("Filter rows")).to_be_hidden()  # it would do nothing
    page.locator(".masthead-posting summary").click()
    expect(page.get_by_role("button", name="Liaoning Department")).to_be_visible()
    context.close()
