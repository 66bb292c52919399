"""REST by token."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from cpaudit.accounts.models import ApiToken, Posting, User
from cpaudit.members.services import create_token, revoke_token
from tests.factories.people import make_authority, make_enterprise, make_posting, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]


def token_of(user, *, may_write=False, posting=None) -> tuple[ApiToken, str]:
    now = timezone.now()
    return create_token(
        posting=posting or user.posting,
        label="script",
        may_write=may_write,
        expires_on=timezone.localdate(now),
        by=user,
        at=now,
    )


def me(secret: str, method: str = "get"):
    return getattr(Client(), method)("/api/v1/me/", headers={"Authorization": f"Bearer {secret}"})


def test_token_says_who_calls_for_whom_and_with_which_permissions():
    user = make_user(make_authority(name_en="Benxi Bureau"), "statistician", email="li@example.org")
    make_posting(user, make_enterprise())

    said = me(token_of(user)[1]).json()

    assert said["email"] == "li@example.org"
    assert said["posting"]["role"] == "statistician"
    assert said["posting"]["body"]["name_en"] == "Benxi Bureau"
    assert said["permissions"] == ["see_statistics", "report_programmes"]
    assert len(said["postings"]) == 2
    assert said["token"]["may_write"] is False


def test_token_acts_in_its_own_posting():
    user = make_user(make_authority())
    second = make_posting(user, make_enterprise(name_en="Benxi Cement"), "enterprise_staff")

    assert me(token_of(user, posting=second)[1]).json()["posting"]["body"]["name_en"] == "Benxi Cement"


def test_unknown_token_is_refused_as_a_problem():
    answer = me("cpa_nonsense")

    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Bearer"
    assert answer["Content-Type"] == "application/problem+json"


def test_reading_token_does_not_write_and_a_writing_one_may():
    user = make_user(make_authority())

    assert me(token_of(user)[1], "post").status_code == 403
    ApiToken.objects.all().update(label="other")
    assert me(token_of(user, may_write=True)[1], "post").status_code == 405


@pytest.mark.parametrize("why", ["revoked", "expired", "posting over", "posting not begun", "person shut out"])
def test_token_that_holds_no_more_is_refused(why: str):
    user = make_user(make_authority())
    token, secret = token_of(user)
    today = timezone.localdate()
    match why:
        case "revoked":
            revoke_token(token=token, by=user, at=timezone.now())
        case "expired":
            ApiToken.objects.update(expires_at=timezone.now())
        case "posting over":
            Posting.objects.update(valid_to=today - dt.timedelta(days=1))
        case "posting not begun":
            Posting.objects.update(valid_from=today + dt.timedelta(days=1))
        case "person shut out":
            User.objects.update(is_active=False)

    assert me(secret).status_code == 401


def test_last_use_is_noted_at_most_once_a_minute(django_assert_num_queries):
    token, secret = token_of(make_user(make_authority()))
    me(secret)
    token.refresh_from_db()
    first = token.last_used_at
    assert first is not None

    me(secret)
    token.refresh_from_db()
    assert token.last_used_at == first

    ApiToken.objects.update(last_used_at=first - dt.timedelta(minutes=1))
    me(secret)
    token.refresh_from_db()
    assert token.last_used_at > first


def test_reading_by_token_writes_nothing_within_the_minute(django_assert_max_num_queries):
    _token, secret = token_of(make_user(make_authority()))
    me(secret)

    with django_assert_max_num_queries(9) as asked:
        me(secret)

    assert not [query for query in asked.captured_queries if not query["sql"].startswith("SELECT")]


def test_browsers_session_is_good_for_reading_without_a_token(client: Client):
    client.force_login(make_user(make_authority(), email="li@example.org"))

    said = client.get("/api/v1/me/").json()

    assert said["email"] == "li@example.org"
    assert said["token"] is None


def test_stranger_is_refused():
    assert Client().get("/api/v1/me/").status_code == 401
