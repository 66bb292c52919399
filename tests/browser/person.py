"""A person at a browser: signs in, reads every page with axe once, fills forms by their names."""

from __future__ import annotations

import re

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from cpaudit.accounts.models import User
from tests.factories.people import PASSWORD

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


class Person:
    """One browser of one person. `seen` is shared by all persons of a journey: each kind of page is examined once."""

    def __init__(self, browser: Browser, url: str, user: User, seen: set[str]) -> None:
        self.page: Page = browser.new_context(locale="en-US", viewport={"width": 1280, "height": 900}).new_page()
        self.url, self.user, self.seen = url, user, seen
        self.complaints: list[str] = []
        self.page.on("console", lambda message: self.hear(message.type, message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def hear(self, kind: str, text: str) -> None:
        """What the browser complains about; that a form was refused (422) is no complaint of ours."""
        if kind == "error" and "422" not in text:
            self.complaints.append(text)

    def sign_in(self) -> Person:
        self.go("/")
        self.page.get_by_role("link", name="Sign in").first.click()
        self.page.fill("[name=login]", self.user.email)
        self.page.fill("[name=password]", PASSWORD)
        self.examine()
        self.page.press("[name=password]", "Enter")
        self.page.wait_for_url(f"{self.url}/")
        self.examine()
        return self

    def go(self, path: str) -> Person:
        self.page.goto(self.url + path)
        self.examine()
        return self

    def follow(self, name: str | re.Pattern[str]) -> Person:
        """Click a link of the page's content and look at where it leads."""
        self.page.locator("#main").get_by_role("link", name=name).first.click()
        self.page.wait_for_load_state()
        self.examine()
        return self

    def submit(self, form: str = "#main form[method=post]", **fields: str | bool) -> Person:
        """Fill the form that `form` selects by the names of its fields, and press its first button."""
        place = self.page.locator(form).first
        for name, value in fields.items():
            field = place.locator(f"[name={name}]")
            kind = field.first.evaluate("e => e.tagName === 'SELECT' ? 'select' : e.type")
            if kind == "select":
                field.select_option(str(value))
            elif kind == "radio":
                place.locator(f"[name={name}][value='{value}']").check()
            elif kind == "checkbox":
                field.first.set_checked(bool(value))
            else:
                field.fill(str(value))
        with self.page.expect_navigation():
            place.locator("button:not([type=button])").first.click()
        self.examine()
        return self

    def examine(self) -> None:
        """axe on every kind of page once, numbers in the address left aside."""
        kind = re.sub(r"\d+", "n", self.page.url.removeprefix(self.url).split("?")[0].split("#")[0])
        if kind in self.seen:
            return
        self.seen.add(kind)
        found = Axe().run(self.page, options={"runOnly": RULES}).response["violations"]
        assert not found, [f"{kind}: {item['id']}: {item['nodes'][0]['html'][:200]}" for item in found]

    @property
    def text(self) -> str:
        return self.page.inner_text("#main")
