"""Carrying out an option on a telephone in the plant, without scripts: short forms, large targets, nothing lost."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from audits.options.models import Option
from audits.options.rules import OptionStatus
from tests.browser.test_frame import violations
from tests.factories.options import DEAR, make_case, make_option
from tests.factories.people import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LEAST_TARGET = 40  # pixels; WCAG 2.2 asks for 24, a gloved thumb for more


@pytest.fixture
def phone(browser: Browser) -> Any:
    context = browser.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False, locale="en")
    yield context.new_page()
    context.close()


def sign_in(page: Page, address: str, email: str) -> None:
    page.goto(f"{address}/sign-in/login/")
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", PASSWORD)
    page.locator("form[method=post] button:has-text('Sign in')").last.click()


def test_an_option_is_carried_out_on_a_telephone_without_scripts(
    live_server: Any, phone: Page, reference: None, tmp_path: Path
) -> None:
    case = make_case()
    option = make_option(case, OptionStatus.APPROVED, planned_investment=DEAR)
    case.staff.set_password(PASSWORD)
    case.staff.save()
    invoice = tmp_path / "invoice.pdf"
    invoice.write_bytes(b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n")
    sign_in(phone, live_server.url, case.staff.email)

    phone.goto(live_server.url + reverse("audits:my-options"))
    phone.get_by_role("link", name=str(option)).click()
    phone.get_by_role("button", name="Start").click()
    phone.get_by_role("link", name="Record progress").click()
    for button in phone.locator("main .button").all():
        box = button.bounding_box()
        assert box is not None and box["height"] >= LEAST_TARGET
    phone.get_by_label("Progress").fill("60")
    phone.get_by_label("Note").fill("Pump delivered")
    phone.get_by_role("button", name="Record progress").click()
    expect(phone.locator("main")).to_contain_text("Pump delivered")

    phone.get_by_role("link", name="Mark as implemented").click()
    phone.get_by_label("Actual investment").fill("880000.50")
    phone.get_by_label("Actual yearly benefit").fill("91000")
    phone.get_by_role("button", name="Mark as implemented").click()
    expect(phone.locator(".finding-fail")).to_contain_text("a file as evidence")
    expect(phone.get_by_label("Actual investment")).to_have_value("880000.50")

    phone.get_by_label("Evidence").set_input_files(invoice)
    phone.get_by_role("button", name="Mark as implemented").click()
    expect(phone.locator("main")).to_contain_text("97.8%")
    done = Option.objects.get(pk=option.pk)
    assert (done.status, done.actual_investment) == (OptionStatus.IMPLEMENTED, Decimal("880000.50"))
    assert done.implemented_on == timezone.localdate()


def test_the_pages_of_options_are_clean_and_fit_a_telephone(live_server: Any, page: Page, reference: None) -> None:
    case = make_case()
    option = make_option(case, OptionStatus.IN_PROGRESS, due_on=timezone.localdate())
    case.manager.set_password(PASSWORD)
    case.manager.save()
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(page, live_server.url, case.manager.email)
    one = [option.audit_id, option.pk]
    for address in (
        reverse("audits:my-options"),
        reverse("audits:option-list", args=one[:1]),
        reverse("audits:option-detail", args=one),
        reverse("audits:option-act", args=[*one, "progress"]),
        reverse("audits:option-act", args=[*one, "abandon"]),
        reverse("audits:effect-record", args=[*one, "measured"]),
        reverse("audits:effect-record", args=[*one, "measured"]) + "?metric=cod",
    ):
        page.goto(live_server.url + address)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
        assert violations(page) == [], address
