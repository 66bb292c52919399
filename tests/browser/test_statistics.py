"""Statistics and reported programmes in a real browser: at two sizes, clean for axe, without scripts."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from tests.browser.test_frame import SIZES, violations
from tests.factories.figures import make_world
from tests.factories.people import make_authority, make_centre, make_user
from tests.factories.programmes import enter_benxi

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def sign_in(page: Page, client, live_server, user) -> None:
    """By the session's cookie; signing in by the form has tests of its own."""
    client.force_login(user)
    cookie = client.cookies["sessionid"]
    page.context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": live_server.url}])


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    "words",
    ["", "?by=province&draw=implementation_rate", "?by=year&by=cost_group", "?dataset=audits&by=sector", "?view=print"],
)
def test_statistics_are_clean_and_fit_the_screen(
    live_server, page: Page, client, reference, size: str, words: str
) -> None:
    make_world(31)
    enter_benxi()
    sign_in(page, client, live_server, make_user(make_centre()))
    page.set_viewport_size(SIZES[size])
    page.goto(live_server.url + reverse("audits:statistics") + words)
    expect(page.locator("figure.chart").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert violations(page) == []


@pytest.mark.parametrize("size", SIZES)
def test_programmes_are_clean_and_fit_the_screen(live_server, page: Page, client, reference, size: str) -> None:
    programme = enter_benxi()
    sign_in(page, client, live_server, make_user(make_authority(region_code="210500")))
    page.set_viewport_size(SIZES[size])
    for name, arguments in (
        ("programme-list", []),
        ("programme-detail", [programme.pk]),
        ("programme-edit", [programme.pk]),
        ("statistics-definitions", []),
    ):
        page.goto(live_server.url + reverse(f"audits:{name}", args=arguments))
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        assert violations(page) == [], name


def test_question_is_asked_without_scripts(live_server, browser, client, reference) -> None:
    make_world(32, places=["210500", "210200"])
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(live_server.url + reverse("audits:statistics"))
    page.get_by_label("Rows", exact=True).select_option("year")
    page.get_by_text("Filters", exact=True).click()
    page.get_by_label("Province", exact=True).select_option("21")
    page.get_by_label("Year", exact=True).fill("2010..2011")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("section[aria-labelledby=table] tbody tr")).to_have_count(2)
    expect(page.get_by_role("navigation", name="Places")).to_contain_text("Liaoning")
    context.close()
