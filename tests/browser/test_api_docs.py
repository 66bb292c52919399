"""The API's browsable description works under the content policy, with nothing refused."""

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.once]


def test_description_lists_the_operations_and_breaks_no_rule(live_server: LiveServer, page: Page) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{live_server.url}/api/docs/")
    expect(page.get_by_role("heading", name="CP Audit")).to_be_visible()
    operation = page.locator(".opblock", has_text="/api/v1/audits/").first
    operation.locator("button.opblock-summary-control").click()
    expect(operation.get_by_text("Responses").first).to_be_visible()
    assert complaints == []
