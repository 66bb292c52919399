"""The frame knows who looks: places by role, postings, the count of the inbox; and asks nothing before it is asked."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from django.utils import timezone, translation

from cpaudit.accounts.models import User
from cpaudit.accounts.roles import Permission
from cpaudit.notices.models import Notice
from cpaudit.web import context
from cpaudit.web.context import NAV, NavItem, PageContext
from tests.factories.people import make_authority, make_enterprise, make_user

pytestmark = pytest.mark.django_db


def frame_for(user: User | AnonymousUser, path: str = "/") -> PageContext:
    request = RequestFactory().get(path)
    request.user = user
    return PageContext(request)


def test_navigation_asks_for_permissions_that_exist() -> None:
    assert {permission for item in NAV for permission in item.permissions} <= set(Permission)


def test_places_depend_on_the_role(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        context, "NAV", (NavItem("Imports", "api-docs", ("import_data",)), NavItem("All", "api-schema"))
    )
    regulator = frame_for(make_user(make_authority(), "regulator"))
    staff = frame_for(make_user(make_enterprise().body, "enterprise_staff"))

    assert [place.label for place in regulator.nav] == ["Imports", "All"]
    assert [place.label for place in staff.nav] == ["All"]


def test_place_without_a_page_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(context, "NAV", (NavItem("Nowhere", "no-such-name"),))

    assert frame_for(make_user(make_authority(), "regulator")).nav == []


def test_deepest_place_over_the_page_is_the_current_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(context, "NAV", (NavItem("Schema", "api-schema"), NavItem("Docs", "api-docs")))
    frame = frame_for(make_user(make_authority(), "regulator"), "/api/docs/more/")

    assert [place.label for place in frame.nav if place.is_current] == ["Docs"]


def test_inbox_counts_own_unread_notices_only() -> None:
    user, other = make_user(make_authority(), "regulator"), make_user(make_authority(), "regulator")
    now = timezone.now()
    for number, (recipient, read_at) in enumerate([(user, None), (user, now), (other, None), (user, None)]):
        Notice.objects.create(unique_key=str(number), kind="k", recipient=recipient, created_at=now, read_at=read_at)

    assert frame_for(user).inbox_count == 2


def test_stranger_costs_no_query(django_assert_num_queries) -> None:
    with django_assert_num_queries(0):
        frame = frame_for(AnonymousUser())
        assert (frame.user, frame.posting, frame.inbox_count) == (None, None, 0)
        assert [place.url for place in frame.nav] == ["/statistics/"]
        assert frame.urls["login"] == "/sign-in/login/"


def test_language_is_named_as_a_browser_knows_it() -> None:
    with translation.override("zh-hans"):
        frame = frame_for(AnonymousUser())
        assert frame.language == "zh-Hans"
        assert [language.short for language in frame.languages if not language.is_current] == ["EN"]
