"""The outbox: said once, mailed once, in the reader's language, and shown in the thing's timeline."""

import datetime as dt
import socket
import threading

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone, translation

from cpaudit.notices import links
from cpaudit.notices.kinds import KINDS
from cpaudit.notices.models import Notice
from cpaudit.notices.rules import STUCK_AFTER, WAITS
from cpaudit.notices.selectors import waiting
from cpaudit.notices.services import deliver, hand_back_stuck, mark_all_read, mark_read, notify, notify_address
from cpaudit.notices.tasks import relay_notices
from cpaudit.notices.wording import body_of, subject_of
from cpaudit.trail.models import Event
from cpaudit.trail.selectors import timeline
from tests.cpaudit.notices.post_office import post_office
from tests.factories.people import make_authority, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]
AT = dt.datetime(2026, 11, 21, 8, tzinfo=dt.UTC)
FACTS = {
    "audit": "CP-2026-0001",
    "enterprise": {"zh": "本溪水泥厂", "en": "Benxi Cement"},
    "organisation": {"zh": "绿源咨询", "en": "Green Source"},
    "version": 2,
}


def tell(*people, by=None, key="audit-1-v2", **more) -> int:
    return notify(kind="audit.filed", to=people, by=by, at=AT, key=key, facts=FACTS, link="/audits/1/", **more)


def only_notice() -> Notice:
    return Notice.objects.get()


# --- Saying it ------------------------------------------------------------------------------------------------------
def test_one_occasion_tells_a_person_once():
    person = make_user()

    assert tell(person, person) == 1
    assert tell(person) == 0
    assert tell(person, key="audit-1-v3") == 1
    assert Notice.objects.count() == 2


def test_who_did_it_is_not_told_nor_who_may_not_sign_in():
    actor, gone = make_user(), make_user()
    gone.is_active = False

    assert tell(actor, gone, by=actor) == 0


def test_unknown_kind_is_refused():
    with pytest.raises(KeyError):
        notify(kind="audit.fild", to=[make_user()], by=None, at=AT, key="k", facts={})


def test_a_ring_wakes_the_relay_only_when_the_transaction_is_committed(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        tell(make_user())
        tell()

    assert len(callbacks) == 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_kind_can_be_said_in_every_language(kind: str, language: str):
    class AnyFact(dict):
        def __missing__(self, key: str) -> str:
            return f"<{key}>"

    entry = KINDS[kind]
    with translation.override(language):
        for text in (translation.gettext(entry.subject), translation.gettext(entry.body)):
            assert text % AnyFact()


# --- Mailing it -----------------------------------------------------------------------------------------------------
def test_mail_speaks_the_recipients_language_and_links_to_the_thing(settings):
    settings.SITE_URL = "https://cp.example.org/"
    person = make_user(name_en="Li Wei", language="en")
    tell(person)

    assert deliver(pk=only_notice().pk, by=None, at=AT)

    (sent,) = mail.outbox
    assert sent.to == [person.email]
    assert sent.subject == "Report of audit CP-2026-0001 is filed: version 2"
    assert "Dear Li Wei," in sent.body
    assert "Green Source filed the report of Benxi Cement." in sent.body
    assert "https://cp.example.org/audits/1/" in sent.body
    (html, content_type) = sent.alternatives[0]
    assert content_type == "text/html"
    assert 'href="https://cp.example.org/audits/1/"' in html


def test_names_in_the_mail_are_in_the_recipients_language_even_when_it_was_changed_meanwhile():
    person = make_user(language="en")
    tell(person)
    person.language = "zh-hans"
    person.save()

    deliver(pk=only_notice().pk, by=None, at=AT)

    assert "本溪水泥厂" in mail.outbox[0].body
    assert 'lang="zh-hans"' in mail.outbox[0].alternatives[0][0]


def test_subject_is_one_line_whatever_the_facts_bring_along():
    person = make_user()
    facts = FACTS | {"audit": "A\r\nBcc: everybody@example.org"}
    notify(kind="audit.filed", to=[person], by=None, at=AT, key="k", facts=facts)

    assert deliver(pk=only_notice().pk, by=None, at=AT)

    assert mail.outbox[0].subject == "Report of audit A Bcc: everybody@example.org is filed: version 2"
    assert mail.outbox[0].recipients() == [person.email]


def test_html_in_facts_stays_words():
    facts = FACTS | {"organisation": "<script>alert(1)</script>"}
    notify(kind="audit.filed", to=[make_user()], by=None, at=AT, key="k", facts=facts)

    deliver(pk=only_notice().pk, by=None, at=AT)

    assert "<script>" not in mail.outbox[0].alternatives[0][0]
    assert "<script>alert(1)</script>" in mail.outbox[0].body


def test_sent_mail_stands_in_the_timeline_of_its_thing():
    body, person = make_authority(), make_user(name_en="Li Wei", name_zh="李伟")
    tell(person, thing=body)

    deliver(pk=only_notice().pk, by=None, at=AT)

    (line,) = timeline(body)
    assert line.verb == "mail.sent"
    assert line.sentence == "E-mail sent to Li Wei: Report of audit CP-2026-0001 is filed: version 2"


def test_a_mail_is_sent_once():
    tell(make_user())

    assert deliver(pk=only_notice().pk, by=None, at=AT)
    assert not deliver(pk=only_notice().pk, by=None, at=AT)

    assert len(mail.outbox) == 1
    assert only_notice().sent_at == AT


def test_who_may_no_longer_sign_in_gets_no_mail():
    person = make_user()
    tell(person)
    person.is_active = False
    person.save()

    assert not deliver(pk=only_notice().pk, by=None, at=AT)

    assert mail.outbox == []
    assert only_notice().given_up_at == AT


def test_person_without_an_account_is_told_by_address(monkeypatch):
    monkeypatch.setitem(links._makers, "account.invited", lambda notice: "/made/when/sent/")
    facts = {"role": "Regulator", "body": "Benxi", "inviter": "Li", "expires_on": dt.date(2026, 12, 5)}
    notify_address(
        kind="account.invited", address="new@example.org", language="en", by=None, at=AT, key="1", facts=facts
    )

    deliver(pk=only_notice().pk, by=None, at=AT)

    assert mail.outbox[0].to == ["new@example.org"]
    assert "/made/when/sent/" in mail.outbox[0].body
    assert only_notice().link == ""


def test_link_that_has_no_use_any_more_is_not_mailed(monkeypatch):
    monkeypatch.setitem(links._makers, "account.invited", lambda notice: None)
    facts = {"role": "Regulator", "body": "Benxi", "inviter": "Li", "expires_on": dt.date(2026, 12, 5)}
    notify_address(kind="account.invited", address="a@example.org", language="en", by=None, at=AT, key="1", facts=facts)

    assert not deliver(pk=only_notice().pk, by=None, at=AT)
    assert mail.outbox == []


# --- When it cannot be mailed ---------------------------------------------------------------------------------------
@pytest.fixture
def nobody_answers(settings) -> None:
    """A mail server that is down: a port of this machine nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port


def test_failed_try_is_put_off(nobody_answers):
    tell(make_user(), thing=make_authority())

    assert not deliver(pk=only_notice().pk, by=None, at=AT)

    notice = only_notice()
    assert (notice.claimed_at, notice.sent_at, notice.given_up_at) == (None, None, None)
    assert notice.not_before == AT + WAITS[0]
    assert "refused" in notice.last_error
    assert waiting(at=AT, limit=9) == []
    assert waiting(at=AT + WAITS[0], limit=9) == [notice.pk]
    assert not Event.objects.exists()


def test_after_all_tries_it_is_given_up_and_told_in_the_timeline(nobody_answers):
    body = make_authority()
    tell(make_user(name_en="Li Wei"), thing=body)
    at = AT
    for _ in range(len(WAITS) + 1):
        deliver(pk=only_notice().pk, by=None, at=at)
        at += dt.timedelta(days=1)

    notice = only_notice()
    assert notice.attempts == len(WAITS) + 1
    assert notice.given_up_at is not None
    assert not deliver(pk=notice.pk, by=None, at=at)
    (line,) = timeline(body)
    assert line.sentence.startswith("E-mail to Li Wei could not be sent")


@pytest.mark.parametrize(("reply", "given_up"), [("550 no such person", True), ("450 busy, try later", False)])
def test_address_refused_for_good_is_not_tried_again(settings, reply: str, given_up: bool):
    tell(make_user())
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with post_office(reply) as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address[:2]
        deliver(pk=only_notice().pk, by=None, at=AT)

    assert (only_notice().given_up_at is not None) == given_up
    assert server.taken == 0


def test_mail_that_cannot_be_written_does_not_stop_the_others():
    broken, fine = make_user(), make_user()
    tell(broken)
    Notice.objects.update(facts={})
    tell(fine)

    assert relay_notices() == 1

    assert [sent.to for sent in mail.outbox] == [[fine.email]]
    assert Notice.objects.get(recipient=broken).last_error


def test_notice_of_a_dead_worker_is_handed_back_and_sent():
    tell(make_user())
    claimed = timezone.now() - STUCK_AFTER - dt.timedelta(seconds=1)
    Notice.objects.update(claimed_at=claimed, attempts=1)

    assert waiting(at=timezone.now(), limit=9) == []
    assert relay_notices() == 1
    assert only_notice().attempts == 2


def test_notice_a_living_worker_is_sending_is_left_alone():
    tell(make_user())
    Notice.objects.update(claimed_at=AT)

    assert hand_back_stuck(by=None, at=AT + STUCK_AFTER) == 0
    assert not deliver(pk=only_notice().pk, by=None, at=AT + STUCK_AFTER)


def test_worker_that_comes_too_late_does_not_spoil_the_others_outcome(settings):
    """Its claim was handed back and taken again while it hung: only the second worker's outcome counts."""
    tell(make_user())

    def meanwhile(notice: Notice) -> str:
        Notice.objects.update(claimed_at=AT + dt.timedelta(hours=1))
        return "/late/"

    links.register("audit.filed", meanwhile)
    try:
        deliver(pk=only_notice().pk, by=None, at=AT)
    finally:
        del links._makers["audit.filed"]

    assert only_notice().sent_at is None
    assert only_notice().claimed_at == AT + dt.timedelta(hours=1)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_eight_workers_send_each_mail_once(settings):
    for number in range(20):
        tell(make_user(), key=str(number))
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"

    def work() -> None:
        try:
            relay_notices()
        finally:
            connection.close()

    with post_office() as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address[:2]
        workers = [threading.Thread(target=work) for _ in range(8)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()

    assert server.taken == 20
    assert Notice.objects.filter(sent_at__isnull=False, attempts=1).count() == 20


# --- Reading it -----------------------------------------------------------------------------------------------------
def test_notice_is_read_by_its_recipient_only_and_the_first_time_counts():
    person = make_user()
    tell(person)

    mark_read(notice=only_notice(), by=make_user(), at=AT)
    assert only_notice().read_at is None
    mark_read(notice=only_notice(), by=person, at=AT)
    mark_read(notice=only_notice(), by=person, at=AT + dt.timedelta(days=1))
    assert only_notice().read_at == AT


def test_all_read_leaves_other_inboxes_alone():
    mine, other = make_user(), make_user()
    tell(mine, other)

    assert mark_all_read(by=mine, at=AT) == 1
    assert list(Notice.objects.unread()) == [Notice.objects.get(recipient=other)]


def test_wording_is_in_the_active_language():
    tell(make_user())
    with translation.override("zh-hans"):
        assert "CP-2026-0001" in subject_of(only_notice())
        assert "本溪水泥厂" in body_of(only_notice())
