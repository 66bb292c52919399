"""Pages about people, as a browser without scripts meets them."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cpaudit.accounts.invitation_links import key_of
from cpaudit.accounts.models import ApiToken, Invitation, Posting, User
from cpaudit.members.rules import INVITATION_LASTS
from cpaudit.members.services import create_token, invite, withdraw_invitation
from tests.factories.people import (
    PASSWORD,
    make_authority,
    make_centre,
    make_consultancy,
    make_enterprise,
    make_posting,
    make_user,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]


@pytest.fixture
def authority():
    return make_authority(name_en="Benxi Bureau")


@pytest.fixture
def regulator(authority, client: Client):
    regulator = make_user(authority, "regulator", name_en="Li Wei", email="li@example.org")
    client.force_login(regulator)
    return regulator


def address(name: str, *args) -> str:
    return reverse(f"accounts:{name}", args=args)


def invited(by, body, email="new@example.org", role="regulator", at=None) -> Invitation:
    return invite(body=body, email=email, role=role, by=by, at=at or timezone.now())


def link_of(invitation: Invitation) -> str:
    return address("invitation-accept", invitation.pk, key_of(invitation))


def make_token(user, label="script") -> ApiToken:
    now = timezone.now()
    return create_token(
        posting=user.posting,
        label=label,
        may_write=False,
        expires_on=timezone.localdate(now) + dt.timedelta(days=9),
        by=user,
        at=now,
    )[0]


# --- Profile --------------------------------------------------------------------------------------------------------
def test_profile_is_saved_and_the_language_holds_at_once(client, regulator):
    data = {"name_zh": "李伟", "name_en": "Li Wei", "language": "zh-hans"}
    answer = client.post(address("profile"), data)

    assert answer.status_code == 302
    assert answer.cookies["django_language"].value == "zh-hans"
    assert 'lang="zh-Hans"' in client.get(address("profile")).content.decode()


def test_profile_needs_a_name(client, regulator):
    page = client.post(address("profile"), {"name_zh": "", "name_en": " ", "language": "en"}).content.decode()

    assert "Give a name, in Chinese or in Latin letters." in page
    assert User.objects.get(pk=regulator.pk).name_en == "Li Wei"


def test_profile_leads_to_everything_about_signing_in(client, regulator):
    page = client.get(address("profile")).content.decode()

    for name in ("account_change_password", "mfa_index", "accounts:token-list"):
        assert reverse(name) in page


# --- Postings -------------------------------------------------------------------------------------------------------
def test_chosen_posting_holds_on_the_next_pages(client, regulator):
    second = make_posting(regulator, make_enterprise(name_en="Benxi Cement"))

    client.post(address("posting-choose"), {"posting": second.pk})

    assert "Benxi Cement" in client.get(address("colleagues")).content.decode()


def test_posting_of_another_or_ended_or_nonsense_is_not_there(client, regulator):
    foreign = make_user(make_authority()).posting
    ended = make_posting(regulator, make_enterprise(), valid_to=timezone.localdate() - dt.timedelta(days=1))

    for wanted in (foreign.pk, ended.pk, "x", "", 10**30):
        assert client.post(address("posting-choose"), {"posting": wanted}).status_code == 404


def test_posting_that_ends_while_chosen_is_no_longer_acted_in(client, regulator):
    second = make_posting(regulator, make_enterprise(name_en="Benxi Cement"))
    client.post(address("posting-choose"), {"posting": second.pk}, follow=True)
    Posting.objects.filter(pk=second.pk).update(valid_to=timezone.localdate() - dt.timedelta(days=1))

    page = client.get(address("colleagues")).content.decode()

    assert "Benxi Cement" not in page
    assert "Benxi Bureau" in page


def test_choosing_needs_a_form(client, regulator):
    assert client.get(address("posting-choose")).status_code == 405


# --- Colleagues -----------------------------------------------------------------------------------------------------
def test_colleagues_and_open_invitations_are_shown(client, regulator, authority):
    make_user(authority, "statistician", name_en="Wang Fang")
    invited(regulator, authority)
    make_user(make_authority(), name_en="Foreign Person")

    page = client.get(address("colleagues")).content.decode()

    assert "Wang Fang" in page
    assert "new@example.org" in page
    assert "Foreign Person" not in page


def test_who_may_not_invite_sees_colleagues_without_acts(client, authority):
    client.force_login(make_user(authority, "statistician"))

    page = client.get(address("colleagues")).content.decode()

    assert address("invitation-create", authority.pk) not in page
    assert "/end/" not in page
    assert client.get(address("invitation-create", authority.pk)).status_code == 403


def test_people_page_asks_as_many_questions_for_three_people_as_for_one(
    client, regulator, authority, django_assert_max_num_queries
):
    invited(regulator, authority)
    with django_assert_max_num_queries(50) as one:
        client.get(address("colleagues"))
    for number in range(2):
        make_user(authority)
        invited(regulator, authority, email=f"new{number}@example.org")
    with django_assert_max_num_queries(len(one.captured_queries)):
        client.get(address("colleagues"))


def test_bodies_are_found_by_name_and_kind(client, regulator):
    make_enterprise(name_en="Benxi Cement")
    make_consultancy(name_en="Green Source")
    make_enterprise(region_code="110000", name_en="Beijing Beer")

    everything = client.get(address("body-list")).content.decode()
    cement = client.get(address("body-list"), {"q": "cement"}).content.decode()
    consulting = client.get(address("body-list"), {"kind": "consulting"}).content.decode()

    assert "Benxi Cement" in everything and "Green Source" in everything and "Beijing Beer" not in everything
    assert "Benxi Cement" in cement and "Green Source" not in cement
    assert "Green Source" in consulting and "Benxi Cement" not in consulting


def test_body_list_counts_people_once_and_asks_constant_questions(client, regulator, django_assert_max_num_queries):
    body = make_enterprise(name_en="Benxi Cement").body
    person = make_user(body, "enterprise_manager")
    make_posting(person, body, "enterprise_staff")
    with django_assert_max_num_queries(50) as one:
        page = client.get(address("body-list"), {"q": "Cement"})
    assert page.context["rows"][0].people == 1
    for _ in range(2):
        make_user(make_enterprise(name_en="Cement Again"))
    with django_assert_max_num_queries(len(one.captured_queries)):
        client.get(address("body-list"), {"q": "Cement"})


def test_posting_is_ended_after_asking(client, regulator, authority):
    posting = make_user(authority, "statistician", name_en="Wang Fang").posting

    question = client.get(address("posting-end", posting.pk)).content.decode()
    assert "End the posting of Wang Fang?" in question
    posting.refresh_from_db()
    assert posting.ended_at is None

    client.post(address("posting-end", posting.pk))
    posting.refresh_from_db()
    assert posting.ended_at is not None
    assert client.get(address("posting-end", posting.pk)).status_code == 404


def test_refusal_to_end_the_last_posting_says_what_to_do(client, regulator):
    answer = client.post(address("posting-end", regulator.posting.pk))

    assert answer.status_code == 422
    assert "Invite a successor first" in answer.content.decode()


# --- Foreign bodies -------------------------------------------------------------------------------------------------
@pytest.fixture
def foreign():
    """A body elsewhere with people, an open invitation and a token: something that could leak."""
    body = make_authority(region_code="110000", name_en="Beijing Bureau")
    person = make_user(body, "regulator")
    return {
        "body": body,
        "person": person,
        "invitation": invited(person, body, email="secret@example.org"),
        "token": make_token(person),
    }


def test_nothing_of_a_foreign_body_is_there(client, regulator, foreign):
    body, posting = foreign["body"].pk, foreign["person"].posting.pk
    invitation, token = foreign["invitation"].pk, foreign["token"].pk

    assert client.get(address("body-people", body)).status_code == 404
    assert client.get(address("invitation-create", body)).status_code == 404
    assert client.post(address("invitation-create", body), {"email": "a@b.org", "role": "regulator"}).status_code == 404
    assert client.get(address("posting-end", posting)).status_code == 404
    assert client.post(address("posting-end", posting)).status_code == 404
    assert client.post(address("invitation-send-again", invitation)).status_code == 404
    assert client.post(address("invitation-withdraw", invitation)).status_code == 404
    assert client.get(address("token-revoke", token)).status_code == 404
    assert client.post(address("token-revoke", token)).status_code == 404
    for page in ("colleagues", "body-list", "token-list", "profile"):
        shown = client.get(address(page)).content.decode()
        assert "Beijing Bureau" not in shown
        assert "secret@example.org" not in shown


def test_token_of_a_colleague_is_not_there(client, regulator, authority):
    token = make_token(make_user(authority))

    assert client.get(address("token-revoke", token.pk)).status_code == 404


def test_enterprise_does_not_see_the_people_of_its_authority(client, authority, regulator):
    client.force_login(make_user(make_enterprise(), "enterprise_manager"))

    assert client.get(address("body-people", authority.pk)).status_code == 404


def test_person_without_a_posting_sees_nobody(client, authority, regulator):
    client.force_login(make_user())

    assert client.get(address("colleagues")).status_code == 404
    assert client.get(address("body-people", authority.pk)).status_code == 404
    assert client.get(address("token-create")).status_code == 404
    assert client.get(address("profile")).status_code == 200


@pytest.mark.parametrize("name", ["profile", "roles", "token-list", "token-create", "colleagues", "body-list"])
def test_strangers_are_asked_to_sign_in(client, name):
    assert client.get(address(name))["Location"].startswith(reverse("account_login"))


# --- Invitations ----------------------------------------------------------------------------------------------------
def test_invitation_form_sends_one(client, regulator, authority):
    data = {"email": "New@Example.org", "role": "statistician", "language": "zh-hans"}
    page = client.post(address("invitation-create", authority.pk), data, follow=True).content.decode()

    invitation = Invitation.objects.get()
    assert (invitation.email, invitation.role, invitation.language) == ("new@example.org", "statistician", "zh-hans")
    assert "is on its way to new@example.org" in page


def test_second_click_on_the_invitation_form_is_told_beside_the_field(client, regulator, authority):
    data = {"email": "new@example.org", "role": "statistician", "language": "en"}
    client.post(address("invitation-create", authority.pk), data)

    answer = client.post(address("invitation-create", authority.pk), data)

    assert answer.status_code == 422
    assert "This person is invited already." in answer.content.decode()
    assert Invitation.objects.count() == 1


def test_role_of_another_kind_of_body_is_refused(client, regulator, authority):
    data = {"email": "new@example.org", "role": "registrar", "language": "en"}

    assert client.post(address("invitation-create", authority.pk), data).status_code == 422
    assert not Invitation.objects.exists()


def test_invitation_is_sent_again_and_withdrawn_from_the_people_page(client, regulator, authority):
    invitation = invited(regulator, authority)
    earlier = link_of(invitation)

    client.post(address("invitation-send-again", invitation.pk))
    invitation.refresh_from_db()
    assert Client().get(earlier).status_code == 404
    assert Client().get(link_of(invitation)).status_code == 200

    client.post(address("invitation-withdraw", invitation.pk))
    assert Client().get(link_of(invitation)).status_code == 410


def test_new_person_joins_with_name_and_password_and_is_signed_in(client, authority):
    invitation = invited(make_user(authority), authority)
    data = {"name_en": "Wang Fang", "password": PASSWORD, "password_again": PASSWORD, "language": "zh-hans"}

    answer = client.post(link_of(invitation), data)

    assert answer["Location"] == reverse("home")
    assert answer.cookies["django_language"].value == "zh-hans"
    assert "new@example.org" in client.get(address("profile")).content.decode()
    assert Posting.objects.get(user__email="new@example.org").body == authority


def test_second_click_on_joining_leads_in_and_makes_nothing_twice(client, authority):
    invitation = invited(make_user(authority), authority)
    data = {"name_en": "Wang Fang", "password": PASSWORD, "password_again": PASSWORD, "language": "en"}
    client.post(link_of(invitation), data)

    again = client.post(link_of(invitation), data)

    assert again["Location"] == reverse("home")
    assert Posting.objects.filter(user__email="new@example.org").count() == 1


@pytest.mark.parametrize(
    ("password", "again", "said"),
    [
        ("short", "short", "too short"),
        ("12345678901234", "12345678901234", "entirely numeric"),
        ("new@example.org", "new@example.org", "too similar"),
        (PASSWORD, PASSWORD + "!", "The two passwords differ."),
    ],
)
def test_unfit_password_is_refused_with_a_reason(client, authority, password, again, said):
    invitation = invited(make_user(authority), authority)
    data = {"name_en": "Wang Fang", "password": password, "password_again": again, "language": "en"}

    answer = client.post(link_of(invitation), data)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not User.objects.filter(email="new@example.org").exists()


def test_person_with_an_account_signs_in_and_comes_back(client, authority):
    person = make_user(make_enterprise(), email="old@example.org", password=PASSWORD)
    invitation = invited(make_user(authority), authority, email=person.email)
    link = link_of(invitation)

    page = client.get(link).content.decode()
    assert f"{reverse('account_login')}?next={link}" in page
    assert 'type="password"' not in page

    signed_in = client.post(f"{reverse('account_login')}?next={link}", {"login": person.email, "password": PASSWORD})
    assert signed_in["Location"] == link
    assert "Accept the invitation" in client.get(link).content.decode()

    assert client.post(link)["Location"] == reverse("home")
    assert "Benxi Bureau" in client.get(address("colleagues")).content.decode()


def test_somebody_else_signed_in_is_told_to_sign_out(client, regulator, authority):
    invitation = invited(regulator, authority)

    page = client.post(link_of(invitation)).content.decode()

    assert "You are signed in as li@example.org" in page
    assert not Posting.objects.filter(user__email="new@example.org").exists()


def test_expired_and_withdrawn_links_say_what_to_do(client, authority):
    by = make_user(authority, name_en="Li Wei", email="li@example.org")
    expired = invited(by, authority, email="a@example.org", at=timezone.now() - INVITATION_LASTS)
    withdrawn = invited(by, authority, email="b@example.org")
    withdraw_invitation(invitation=withdrawn, by=by, at=timezone.now())

    for invitation, said in ((expired, "has expired"), (withdrawn, "was withdrawn")):
        answer = client.get(link_of(invitation))
        assert answer.status_code == 410
        assert said in answer.content.decode()
        assert "li@example.org" in answer.content.decode()


def test_used_link_tells_a_stranger_to_sign_in(client, authority):
    invitation = invited(make_user(authority), authority)
    data = {"name_en": "Wang Fang", "password": PASSWORD, "password_again": PASSWORD, "language": "en"}
    client.post(link_of(invitation), data)

    answer = Client().get(link_of(invitation))

    assert answer.status_code == 410
    assert "accepted already" in answer.content.decode()


def test_wrong_key_is_not_there(client, authority):
    by = make_user(authority)
    invitation, other = invited(by, authority), invited(by, authority, email="b@example.org")

    assert client.get(address("invitation-accept", invitation.pk, key_of(other))).status_code == 404
    assert client.get(address("invitation-accept", 0, key_of(other))).status_code == 404


def test_link_is_kept_out_of_caches_and_logs(client, authority, caplog):
    invitation = invited(make_user(authority), authority)

    answer = client.get(link_of(invitation))

    assert "no-store" in answer["Cache-Control"]
    assert key_of(invitation) not in caplog.text


# --- Tokens ---------------------------------------------------------------------------------------------------------
def new_token(client, posting, **more):
    data = {
        "label": "script",
        "posting": posting.pk,
        "may_write": "read",
        "expires_on": timezone.localdate() + dt.timedelta(days=30),
    }
    return client.post(address("token-create"), data | more)


def test_token_is_shown_once_and_works(client, regulator):
    answer = new_token(client, regulator.posting)
    secret = answer.context["secret"]

    assert secret in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert secret not in client.get(address("token-list")).content.decode()
    me = Client().get("/api/v1/me/", headers={"Authorization": f"Bearer {secret}"}).json()
    assert me["email"] == "li@example.org"


@pytest.mark.parametrize(("choice", "may_write"), [("read", False), ("write", True)])
def test_token_may_write_only_if_that_was_chosen(client, regulator, choice, may_write):
    new_token(client, regulator.posting, may_write=choice)

    assert ApiToken.objects.get().may_write is may_write


def test_token_of_a_year_and_a_day_is_refused(client, regulator):
    answer = new_token(client, regulator.posting, expires_on=timezone.localdate() + dt.timedelta(days=366))

    assert answer.status_code == 422
    assert "Choose a day between today and a year from now." in answer.content.decode()


def test_token_for_anothers_posting_is_refused(client, regulator):
    assert new_token(client, make_user(make_authority()).posting).status_code == 422
    assert not ApiToken.objects.exists()


def test_revoked_token_is_refused_from_then_on(client, regulator):
    secret = new_token(client, regulator.posting).context["secret"]
    token = ApiToken.objects.get()

    assert "Revoke the token script?" in client.get(address("token-revoke", token.pk)).content.decode()
    client.post(address("token-revoke", token.pk))

    assert Client().get("/api/v1/me/", headers={"Authorization": f"Bearer {secret}"}).status_code == 401
    assert "revoked" in client.get(address("token-list")).content.decode()


def test_token_list_asks_as_many_questions_for_three_as_for_one(client, regulator, django_assert_max_num_queries):
    make_token(regulator, "one")
    with django_assert_max_num_queries(50) as one:
        client.get(address("token-list"))
    make_token(regulator, "two")
    make_token(regulator, "three")
    with django_assert_max_num_queries(len(one.captured_queries)):
        client.get(address("token-list"))


# --- Roles ----------------------------------------------------------------------------------------------------------
def test_roles_page_shows_every_role_and_permission(client):
    client.force_login(make_user(make_centre(), "registrar"))
    page = client.get(address("roles"))

    assert len(page.context["roles"]) == 8
    assert "send stages back and approve" in page.content.decode()
