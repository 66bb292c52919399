"""An import in a real browser, with and without scripts: from the file to the last refused row; every page clean."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from audits.enterprises.models import Enterprise
from cpaudit.accounts.models import User
from cpaudit.imports import work
from cpaudit.imports.models import ImportRun
from tests.browser.test_frame import SIZES, violations
from tests.cpaudit.imports.files import xlsx_file
from tests.factories.people import PASSWORD, credit_code, make_authority, make_user
from tests.factories.reference import load_reference_data

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HEADERS = ["统一社会信用代码", "企业名称", "所在地区", "行业代码", "企业规模", "职工人数"]


@pytest.fixture
def officer() -> User:
    load_reference_data()
    return make_user(make_authority(region_code="210000"), password=PASSWORD, email="officer@example.org")


@pytest.fixture
def table(tmp_path: Path) -> Path:
    good = [credit_code(1), "本溪钢铁", "本溪", "C31", "大", 1200]
    bad = [credit_code(2)[:-1] + "0", "抚顺石化", "南京", "C25", "中", "约三百"]
    return xlsx_file(tmp_path, [HEADERS, good, bad], name="企业名单.xlsx")


def sign_in(page: Page, url: str) -> None:
    page.goto(f"{url}/sign-in/login/")
    page.locator("[name=login]").fill("officer@example.org")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main form button").first.click()
    page.wait_for_url(f"{url}/")


def do_the_work() -> None:
    """What the worker does when the bell rings; there is none in a test."""
    for pk in ImportRun.objects.filter(state="waiting").values_list("pk", flat=True):
        work.carry_out(pk=pk, by=None, at=timezone.now())


def clean(page: Page) -> None:
    """Every size, every page: nothing axe objects to, nothing wider than the screen."""
    for size in SIZES.values():
        page.set_viewport_size(size)
        assert violations(page) == [], page.url
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url
    page.set_viewport_size(SIZES["wide"])


def test_a_list_of_enterprises_goes_in_and_the_bad_row_comes_back(live_server, page: Page, officer, table, tmp_path):
    sign_in(page, live_server.url)
    page.get_by_role("link", name="Imports").first.click()
    clean(page)
    page.get_by_role("link", name="Import a file").first.click()
    page.get_by_label("Enterprises").check()
    page.locator("input[type=file]").set_input_files(table)
    clean(page)
    page.get_by_role("button", name="Upload and map the columns").click()

    # Recognised: every column but the sizes' codes, which are ours to translate.
    expect(page.locator("#id_f-name_zh-source")).to_have_value("c1")
    expect(page.locator("#id_f-region-source")).to_have_value("c2")
    clean(page)
    page.locator("button[name=then_lookup][value=size]").click()
    page.get_by_label("大").select_option("large")
    page.get_by_label("中", exact=True).select_option("medium")
    clean(page)
    page.get_by_role("button", name="Save the lookup").click()
    page.get_by_role("button", name="Save the mapping").click()

    clean(page)
    page.get_by_role("button", name="Start a dry run").click()
    expect(page.get_by_text("Waiting for a worker")).to_be_visible()
    clean(page)
    do_the_work()
    # The page asks by itself and turns into the report.
    expect(page.get_by_text("Correct what is refused")).to_be_visible(timeout=15_000)
    expect(page.get_by_text("“Region” does not know this value").first).to_be_hidden()
    expect(page.get_by_text("This is not a number.").first).to_be_visible()
    clean(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Refused rows as CSV, with reasons").click()
    assert "抚顺石化" in Path(download.value.path()).read_text("utf-8-sig")

    page.get_by_role("link", name="Change the mapping").click()
    page.get_by_label("Import the good rows").check()
    page.get_by_role("button", name="Save the mapping").click()
    page.get_by_role("button", name="Start a dry run").click()
    do_the_work()
    page.get_by_role("link", name="Import", exact=True).click()
    expect(page.get_by_text("1 records are created")).to_be_visible()
    clean(page)
    page.get_by_role("button", name="Import now").click()
    do_the_work()
    expect(page.get_by_text("As records: 2 = 1 created")).to_be_visible(timeout=15_000)
    enterprise = Enterprise.objects.get()
    assert (enterprise.body.name_zh, enterprise.size, enterprise.employees) == ("本溪钢铁", "large", 1200)
    page.get_by_role("link", name="企业名单.xlsx").first.click()
    clean(page)


def test_without_scripts_the_same_pages_do(live_server, browser: Browser, officer, table):
    page = browser.new_context(java_script_enabled=False).new_page()
    sign_in(page, live_server.url)
    page.goto(f"{live_server.url}/imports/new/")
    page.locator("input[type=file]").set_input_files(table)
    page.get_by_role("button", name="Upload and map the columns").click()
    page.locator("#id_f-size-source").select_option("")
    page.get_by_role("button", name="Save the mapping").click()
    page.get_by_role("button", name="Start a dry run").click()
    do_the_work()
    page.get_by_role("link", name="Look again").click()
    expect(page.get_by_text("Correct what is refused")).to_be_visible()
    page.context.close()
