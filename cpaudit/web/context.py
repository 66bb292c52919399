"""What every page needs around its content: who I am, whom I act for, where I can go, what waits for me."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from cpaudit.web.addresses import url_or_none

PRODUCT = _("Cleaner Production Audits")
LANGUAGE_NAMES = {"en": ("EN", "English"), "zh-hans": ("中文", "简体中文")}
"""Each language in its own words: who looks for it cannot read the other one. Short form and name."""


@dataclass(frozen=True, slots=True)
class NavItem:
    """A place in the main navigation. Shown to roles with any of `permissions`; without permissions, to everybody."""

    label: Any
    url_name: str
    permissions: tuple[str, ...] = ()
    public: bool = False


NAV: tuple[NavItem, ...] = (
    NavItem(_("What waits for me"), "home"),
    NavItem(_("Audits"), "audits:audit-list"),
    NavItem(_("Compulsory list"), "audits:listing-list", ("list_enterprises", "decide_audits", "engage")),
    NavItem(_("Enterprises"), "audits:enterprise-list", ("list_enterprises", "decide_audits", "manage_enterprises")),
    NavItem(_("Auditors"), "auditors:auditor-list", ("keep_registrations", "run_audits")),
    NavItem(_("Organisations"), "consultancies:organisation-list", ("keep_registrations", "engage")),
    NavItem(_("Options to follow"), "audits:my-options", ("track_options", "decide_audits", "work_on_audits")),
    NavItem(_("Statistics"), "audits:statistics", ("see_statistics",), public=True),
    NavItem(_("Imports"), "imports:run-list", ("import_data",)),
    NavItem(_("People"), "accounts:colleagues", ("invite",)),
)


@dataclass(frozen=True, slots=True)
class Place:
    """A navigation item as one reader sees it."""

    label: Any
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Language:
    code: str
    short: str
    name: str
    is_current: bool


class PageContext:
    """The frame of one page for one reader. Everything is lazy: a fragment or an error page asks no queries."""

    product = PRODUCT

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def user(self) -> Any:
        user = getattr(self.request, "user", None)
        return user if user is not None and user.is_authenticated else None

    @cached_property
    def postings(self) -> Sequence[Any]:
        """The postings he can choose from."""
        return self.user.current_postings if self.user else ()

    @cached_property
    def posting(self) -> Any:
        """The posting he acts in."""
        return self.user.posting if self.user else None

    @cached_property
    def inbox_count(self) -> int:
        """Unread notices of the posting's person; 0 for strangers."""
        notices = getattr(self.user, "notices", None) if self.user else None
        return notices.unread().count() if notices is not None else 0

    @cached_property
    def nav(self) -> list[Place]:
        """The places this reader can go to, the current one marked."""
        path = self.request.path
        found = [(item, url) for item in NAV if self._shows(item) and (url := url_or_none(item.url_name))]
        current = max((url for _item, url in found if _lies_under(path, url)), key=len, default=None)
        return [Place(item.label, url, url == current) for item, url in found]

    @cached_property
    def languages(self) -> list[Language]:
        active = get_language() or settings.LANGUAGE_CODE
        return [
            Language(code, *LANGUAGE_NAMES.get(code, (code.upper(), str(name))), code == active)
            for code, name in settings.LANGUAGES
        ]

    @cached_property
    def language(self) -> str:
        """For `<html lang>`."""
        return (get_language() or settings.LANGUAGE_CODE).replace("zh-hans", "zh-Hans")

    @cached_property
    def urls(self) -> dict[str, str | None]:
        """Addresses of the frame's own links; None where this installation does not have the page."""
        names = {
            "home": "home",
            "search": "audits:audit-list",
            "inbox": "notices:inbox",
            "posting_choose": "accounts:posting-choose",
            "profile": "accounts:profile",
            "roles": "accounts:roles",
            "login": "account_login",
            "logout": "account_logout",
            "set_language": "set_language",
            "api_docs": "api-docs",
        }
        return {key: url_or_none(name) for key, name in names.items()}

    def _shows(self, item: NavItem) -> bool:
        if self.user is None:
            return item.public
        return not item.permissions or any(self.user.may(permission) for permission in item.permissions)


def _lies_under(path: str, url: str) -> bool:
    return path == url if url == "/" else path.startswith(url)


def page(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `page`, the frame around the content."""
    return {"page": PageContext(request)}
