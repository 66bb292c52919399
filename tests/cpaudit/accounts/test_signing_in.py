"""Signing in, as a browser does it: real posts through allauth."""

import re
import socket
from urllib.parse import urlsplit

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core import mail
from django.core.cache import caches
from django.test import Client
from django.urls import reverse

from cpaudit.accounts.models import User
from tests.factories.people import PASSWORD, make_authority, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]
LOGIN = "/sign-in/login/"
LOCKED_OUT = "Too many failed login attempts. Try again later."


@pytest.fixture(autouse=True)
def file_cache(settings, tmp_path) -> None:
    """The cache of an installation without Redis, which the sign-in limits live in."""
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": tmp_path}
    }


@pytest.fixture
def person() -> User:
    return make_user(make_authority(), email="li@example.org", password=PASSWORD, language="en")


def sign_in(client: Client, password: str = PASSWORD, email: str = "li@example.org", **headers: str):
    return client.post(LOGIN, {"login": email, "password": password}, headers=headers)


def is_signed_in(client: Client) -> bool:
    return client.get(reverse("accounts:profile")).status_code == 200


def test_right_password_leads_to_the_first_page(client, person):
    answer = sign_in(client)

    assert answer["Location"] == reverse("home")
    assert is_signed_in(client)


def test_address_may_be_typed_in_capitals(client, person):
    assert sign_in(client, email="LI@Example.org")["Location"] == reverse("home")


@pytest.mark.parametrize(("email", "password"), [("li@example.org", "wrong"), ("nobody@example.org", PASSWORD)])
def test_wrong_password_and_unknown_person_look_alike(client, person, email, password):
    page = sign_in(client, password, email).content.decode()

    assert "The email address and/or password you specified are not correct." in page
    assert not is_signed_in(client)


def test_who_may_not_sign_in_does_not(client, person):
    User.objects.filter(pk=person.pk).update(is_active=False)

    sign_in(client)

    assert not is_signed_in(client)


def test_nobody_signs_up_by_himself(client):
    page = client.get("/sign-in/signup/").content.decode()
    client.post("/sign-in/signup/", {"email": "me@example.org", "password1": PASSWORD, "password2": PASSWORD})

    assert 'type="password"' not in page
    assert not User.objects.filter(email="me@example.org").exists()


def test_address_is_not_changed_by_oneself(client, person):
    client.force_login(person)

    answer = client.post("/sign-in/email/", {"action_add": "", "email": "other@example.org"})

    assert answer.status_code == 404
    assert User.objects.get(pk=person.pk).email == "li@example.org"


# --- Lockout --------------------------------------------------------------------------------------------------------
def test_after_five_wrong_passwords_the_right_one_waits_too(client, person):
    for _ in range(5):
        assert LOCKED_OUT not in sign_in(client, "wrong").content.decode()

    assert LOCKED_OUT in sign_in(client).content.decode()
    assert not is_signed_in(client)


def test_lockout_follows_the_account_not_the_browser(client, person):
    for number in range(5):
        sign_in(Client(REMOTE_ADDR=f"192.0.2.{number}"), "wrong")

    assert LOCKED_OUT in sign_in(Client(REMOTE_ADDR="198.51.100.1")).content.decode()


def test_lockout_of_one_person_does_not_lock_another(client, person):
    make_user(make_authority(), email="wang@example.org", password=PASSWORD)
    for _ in range(5):
        sign_in(client, "wrong")

    assert sign_in(client, email="wang@example.org").status_code == 302


def test_one_address_that_tries_many_accounts_is_stopped(client, person):
    for number in range(10):
        sign_in(client, "wrong", f"guess{number}@example.org")

    assert LOCKED_OUT in sign_in(client).content.decode()


def test_limits_are_shared_between_processes(client, person, settings):
    """Two processes have two cache objects; what they share is the folder."""
    for _ in range(5):
        sign_in(client, "wrong")
    del caches["default"]

    assert LOCKED_OUT in sign_in(Client()).content.decode()


def test_lockout_ends_by_itself(client, person, monkeypatch):
    import allauth.core.internal.ratelimit as limits

    for _ in range(5):
        sign_in(client, "wrong")
    now = limits.time.time()
    monkeypatch.setattr(limits.time, "time", lambda: now + 5 * 60 + 1)

    assert sign_in(client)["Location"] == reverse("home")


def test_behind_a_proxy_the_clients_own_address_counts(person, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for number in range(10):
        sign_in(Client(), "wrong", f"guess{number}@example.org", **{"X-Forwarded-For": "192.0.2.1"})

    assert LOCKED_OUT in sign_in(Client(), **{"X-Forwarded-For": "192.0.2.1"}).content.decode()
    assert sign_in(Client(), **{"X-Forwarded-For": "192.0.2.2"}).status_code == 302


# --- Language -------------------------------------------------------------------------------------------------------
def test_language_of_the_profile_holds_after_signing_in(client, person):
    User.objects.filter(pk=person.pk).update(language="zh-hans")

    sign_in(client)

    assert 'lang="zh-Hans"' in client.get(reverse("accounts:profile")).content.decode()


def test_stranger_chooses_a_language_too(client):
    client.post(reverse("set_language"), {"language": "zh-hans", "next": LOGIN})

    assert 'lang="zh-Hans"' in client.get(LOGIN).content.decode()


# --- Password -------------------------------------------------------------------------------------------------------
def test_forgotten_password_is_set_anew_by_mail(client, person):
    client.post("/sign-in/password/reset/", {"email": "li@example.org"})
    (sent,) = mail.outbox
    assert sent.to == ["li@example.org"]
    link = urlsplit(re.search(r"https?://\S+/password/reset/key/\S+", sent.body)[0]).path

    form = client.get(link, follow=True).redirect_chain[-1][0]
    client.post(form, {"password1": "another long password", "password2": "another long password"})

    assert sign_in(Client(), "another long password").status_code == 302
    assert sign_in(Client()).status_code == 200


def test_reset_does_not_tell_who_has_an_account(client, person):
    known = client.post("/sign-in/password/reset/", {"email": "li@example.org"})
    unknown = client.post("/sign-in/password/reset/", {"email": "nobody@example.org"})

    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert [sent.to for sent in mail.outbox] == [["li@example.org"]]


def test_mail_that_cannot_be_sent_is_said_so(client, person, settings):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port

    answer = client.post("/sign-in/password/reset/", {"email": "li@example.org"})

    assert answer.status_code == 503
    assert "The mail could not be sent. Please try again in a few minutes." in answer.content.decode()


# --- Second factor --------------------------------------------------------------------------------------------------
def code_for(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def turn_on(client: Client) -> list[str]:
    """Sign in, turn the second factor on (which asks for the password again); its secret and the recovery codes."""
    sign_in(client)
    assert reverse("account_reauthenticate") in client.get(reverse("mfa_activate_totp"))["Location"]
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    page = client.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    client.post(reverse("mfa_activate_totp"), {"code": code_for(secret)})
    return [secret, *client.get(reverse("mfa_view_recovery_codes")).context["unused_codes"]]


def test_second_factor_is_asked_for_once_it_is_turned_on(client, person):
    turn_on(client)

    answer = sign_in(again := Client())

    assert answer["Location"] == reverse("mfa_authenticate")
    assert not is_signed_in(again)


def test_code_of_the_second_factor_lets_in_with_the_language_of_the_profile(client, person):
    secret, *_codes = turn_on(client)
    User.objects.filter(pk=person.pk).update(language="zh-hans")
    caches["default"].clear()  # a code is good once; here the same half minute gives the same one
    sign_in(again := Client())

    answer = again.post(reverse("mfa_authenticate"), {"code": code_for(secret)})

    assert answer["Location"] == reverse("home")
    assert answer.cookies["django_language"].value == "zh-hans"


def test_recovery_code_lets_in_once(client, person):
    _secret, code, *_codes = turn_on(client)
    sign_in(first := Client())
    assert first.post(reverse("mfa_authenticate"), {"code": code})["Location"] == reverse("home")

    sign_in(second := Client())
    second.post(reverse("mfa_authenticate"), {"code": code})

    assert not is_signed_in(second)


@pytest.mark.parametrize(
    "name",
    ["mfa_index", "mfa_activate_totp", "account_change_password", "account_login", "account_reset_password"],
)
def test_pages_about_signing_in_have_the_look_of_the_house(client, person, name):
    if name not in {"account_login", "account_reset_password"}:
        sign_in(client)

    page = client.get(reverse(name), follow=True).content.decode()

    assert 'class="masthead"' in page
