"""The inbox page."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from cpaudit.accounts import sight
from cpaudit.notices.models import Notice
from cpaudit.notices.services import mark_read, notify
from tests.factories.people import make_authority, make_enterprise, make_posting, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]
AT = dt.datetime(2026, 11, 21, 8, tzinfo=dt.UTC)
INBOX = "/inbox/"
FACTS = {"audit": "CP-1", "enterprise": "Benxi Cement", "organisation": "Green Source", "version": 1}


def tell(person, audit="CP-1", link="/inbox/?came=from-notice") -> Notice:
    facts = FACTS | {"audit": audit}
    notify(kind="audit.filed", to=[person], by=None, at=AT, key=audit, facts=facts, link=link)
    return Notice.objects.get(recipient=person, unique_key__contains=audit)


@pytest.fixture
def person(client: Client):
    person = make_user(make_authority())
    client.force_login(person)
    return person


def test_inbox_shows_what_i_was_told_and_nobody_elses(client: Client, person):
    tell(person, "CP-MINE")
    tell(make_user(), "CP-FOREIGN")

    page = client.get(INBOX).content.decode()

    assert "Report of audit CP-MINE is filed: version 1" in page
    assert "CP-FOREIGN" not in page


def test_empty_inbox_says_so(client: Client, person):
    assert "Nothing yet" in client.get(INBOX).content.decode()
    assert "Nothing unread" in client.get(INBOX, {"show": "unread"}).content.decode()


def test_unread_filter_leaves_out_what_was_opened(client: Client, person):
    mark_read(notice=tell(person, "CP-OLD"), by=person, at=AT)
    tell(person, "CP-NEW")

    page = client.get(INBOX, {"show": "unread"}).content.decode()

    assert "CP-NEW" in page
    assert "CP-OLD" not in page


def test_count_of_unread_is_in_the_header(client: Client, person):
    tell(person)

    assert '<span class="tool-count">1</span>' in client.get(INBOX).content.decode()


def test_opening_goes_to_the_thing_and_marks_the_notice_read(client: Client, person):
    notice = tell(person)

    answer = client.get(reverse("notices:notice-open", args=[notice.pk]))

    assert answer["Location"] == "/inbox/?came=from-notice"
    notice.refresh_from_db()
    assert notice.read_at is not None


def test_opening_acts_in_the_posting_that_sees_the_thing(client: Client, person, monkeypatch):
    body = make_enterprise(name_en="Benxi Cement").body
    make_posting(person, body)
    monkeypatch.setitem(sight._answers, "cpaudit.body", lambda user, pk: user.body is not None and user.body.pk == pk)
    notify(kind="audit.filed", to=[person], by=None, at=AT, key="1", facts=FACTS, link="/people/", thing=body)

    page = client.get(reverse("notices:notice-open", args=[Notice.objects.get().pk]), follow=True).content.decode()

    assert "You now act for Benxi Cement." in page


def test_opening_what_no_posting_sees_changes_nothing(client: Client, person, monkeypatch):
    make_posting(person, make_enterprise())
    monkeypatch.setitem(sight._answers, "cpaudit.body", lambda user, pk: False)
    notify(kind="audit.filed", to=[person], by=None, at=AT, key="1", facts=FACTS, link="/people/", thing=person.body)

    page = client.get(reverse("notices:notice-open", args=[Notice.objects.get().pk]), follow=True).content.decode()

    assert "You now act for" not in page


def test_notice_without_a_link_opens_the_inbox(client: Client, person):
    assert client.get(reverse("notices:notice-open", args=[tell(person, link="").pk]))["Location"] == INBOX


def test_foreign_notice_is_not_there_and_stays_unread(client: Client, person):
    foreign = tell(make_user())

    assert client.get(reverse("notices:notice-open", args=[foreign.pk])).status_code == 404
    foreign.refresh_from_db()
    assert foreign.read_at is None


def test_all_can_be_marked_as_read(client: Client, person):
    tell(person, "CP-1")
    tell(person, "CP-2")

    page = client.post(reverse("notices:inbox-read"), follow=True).content.decode()

    assert "2 notices are marked as read." in page
    assert not Notice.objects.visible_to(person).unread().exists()


def test_marking_needs_a_form(client: Client, person):
    assert client.get(reverse("notices:inbox-read")).status_code == 405


def test_stranger_is_asked_to_sign_in(client: Client):
    assert client.get(INBOX).status_code == 302


def test_long_inbox_has_pages(client: Client, person):
    for number in range(51):
        tell(person, f"CP-{number:03}")

    assert "CP-000" not in client.get(INBOX).content.decode()
    assert "CP-000" in client.get(INBOX, {"page": 2}).content.decode()


def test_inbox_asks_as_many_questions_for_three_notices_as_for_one(
    client: Client, person, django_assert_max_num_queries
):
    tell(person, "CP-1")
    with django_assert_max_num_queries(50) as one:
        client.get(INBOX)
    tell(person, "CP-2")
    tell(person, "CP-3")
    with django_assert_max_num_queries(len(one.captured_queries)):
        client.get(INBOX)
