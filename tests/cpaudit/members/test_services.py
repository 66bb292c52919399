"""Inviting, joining, leaving; profile and tokens."""

import datetime as dt
import threading

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone

from cpaudit.accounts.authentication import hash_token
from cpaudit.accounts.invitation_links import key_fits, key_of
from cpaudit.accounts.models import ApiToken, Invitation, Posting, User
from cpaudit.members.rules import INVITATION_LASTS
from cpaudit.members.services import (
    accept_invitation,
    create_token,
    end_posting,
    invite,
    join,
    revoke_token,
    save_profile,
    send_again,
    withdraw_invitation,
)
from cpaudit.notices.models import Notice
from cpaudit.notices.services import deliver
from cpaudit.rulebook.errors import Invalid, NotAllowed, Refused, Stale
from cpaudit.trail.selectors import timeline
from tests.factories.people import (
    make_assessor,
    make_authority,
    make_centre,
    make_consultancy,
    make_enterprise,
    make_posting,
    make_user,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]
AT = dt.datetime(2026, 11, 21, 8, tzinfo=dt.UTC)


@pytest.fixture
def authority():
    return make_authority(region_code="210500", name_en="Benxi Bureau", name_zh="本溪市生态环境局")


@pytest.fixture
def regulator(authority):
    return make_user(authority, "regulator", name_en="Li Wei")


def invited(by, body, email="new@example.org", role="regulator", **more) -> Invitation:
    return invite(body=body, email=email, role=role, by=by, **{"at": AT, **more})


# --- Who may invite where -------------------------------------------------------------------------------------------
def test_regulator_invites_to_his_own_body(authority, regulator):
    invitation = invited(regulator, authority)

    assert invitation.expires_at == AT + INVITATION_LASTS
    assert [line.sentence for line in timeline(authority)] == ["Li Wei invited new@example.org as Regulator"]


def test_authority_invites_into_enterprises_and_consultancies_of_its_region(regulator):
    invited(regulator, make_enterprise(region_code="210500").body, role="enterprise_manager")
    invited(regulator, make_consultancy(region_code="210500").body, role="consultancy_manager")


@pytest.mark.parametrize(
    ("make", "role"),
    [
        (lambda: make_enterprise(region_code="110000").body, "enterprise_manager"),
        (lambda: make_consultancy(region_code="110000").body, "consultancy_manager"),
        (lambda: make_authority(region_code="210500"), "regulator"),
        (lambda: make_assessor(region_code="210500").body, "assessor"),
        (make_centre, "registrar"),
    ],
)
def test_authority_invites_nowhere_else(regulator, make, role):
    with pytest.raises(NotAllowed):
        invited(regulator, make(), role=role)


def test_industry_department_invites_into_enterprises_of_its_industries():
    department = make_user(make_authority(region_code="210500", industry_sectors=["C31"]))

    invited(department, make_enterprise(sector_code="C31").body, role="enterprise_manager")
    with pytest.raises(NotAllowed):
        invited(department, make_enterprise(sector_code="C22").body, role="enterprise_manager")


def test_centre_invites_into_authorities_and_assessment_organisations():
    registrar = make_user(make_centre(), "registrar")

    invited(registrar, make_authority(region_code="110000"))
    invited(registrar, make_assessor(region_code="110000").body, role="assessor")
    with pytest.raises(NotAllowed):
        invited(registrar, make_enterprise().body, role="enterprise_manager")


@pytest.mark.parametrize(
    ("make", "role"),
    [
        (make_authority, "statistician"),
        (lambda: make_consultancy().body, "consultant"),
        (lambda: make_enterprise().body, "enterprise_staff"),
    ],
)
def test_roles_without_the_permission_invite_nobody(make, role):
    body = make()

    with pytest.raises(NotAllowed):
        invited(make_user(body, role), body, role=role)


def test_role_must_be_one_the_body_can_give(authority, regulator):
    with pytest.raises(Invalid) as refusal:
        invited(regulator, authority, role="enterprise_manager")

    assert "role" in refusal.value.errors


# --- Inviting -------------------------------------------------------------------------------------------------------
def test_invitation_is_mailed_with_a_link_that_no_row_holds(authority, regulator, settings):
    settings.SITE_URL = "https://cp.example.org"
    invitation = invited(regulator, authority, language="zh-hans")

    notice = Notice.objects.get()
    assert deliver(pk=notice.pk, by=None, at=AT)

    (sent,) = mail.outbox
    link = f"https://cp.example.org/invitation/{invitation.pk}/{key_of(invitation)}/"
    assert link in sent.body
    assert "本溪市生态环境局" in sent.body
    assert sent.to == ["new@example.org"]
    everything_stored = repr([list(Notice.objects.values()), list(Invitation.objects.values())])
    assert key_of(invitation) not in everything_stored


def test_invitation_withdrawn_before_its_mail_left_is_not_mailed(authority, regulator):
    invitation = invited(regulator, authority)
    withdraw_invitation(invitation=invitation, by=regulator, at=AT)

    assert not deliver(pk=Notice.objects.get().pk, by=None, at=AT)
    assert mail.outbox == []


def test_same_person_is_not_invited_twice(authority, regulator):
    invited(regulator, authority)

    with pytest.raises(Invalid) as refusal:
        invited(regulator, authority, email=" NEW@example.org ")

    assert "invited already" in refusal.value.errors["email"][0]
    assert Notice.objects.count() == 1


def test_expired_invitation_gives_way_to_a_new_one(authority, regulator):
    old = invited(regulator, authority)

    new = invited(regulator, authority, at=AT + INVITATION_LASTS)

    old.refresh_from_db()
    assert old.withdrawn_at is not None
    assert new.pk != old.pk


def test_person_who_works_here_in_that_role_is_not_invited(authority, regulator):
    with pytest.raises(Invalid):
        invited(regulator, authority, email=regulator.email.upper())
    invited(regulator, authority, email=regulator.email, role="statistician")


def test_sending_again_makes_the_earlier_link_void(authority, regulator):
    invitation = invited(regulator, authority)
    earlier = key_of(invitation)

    again = send_again(invitation=invitation, by=regulator, at=AT + dt.timedelta(days=13))

    assert not key_fits(again, earlier)
    assert again.expires_at == AT + dt.timedelta(days=13) + INVITATION_LASTS
    assert Notice.objects.count() == 2


def test_sending_again_from_two_tabs_sends_once(authority, regulator):
    first = invited(regulator, authority)
    second = Invitation.objects.get(pk=first.pk)
    send_again(invitation=first, by=regulator, at=AT)

    with pytest.raises(Stale):
        send_again(invitation=second, by=regulator, at=AT)


def test_key_fits_one_invitation_only(authority, regulator):
    first, second = invited(regulator, authority), invited(regulator, authority, email="b@example.org")

    assert key_fits(first, key_of(first))
    assert not key_fits(second, key_of(first))


# --- Joining --------------------------------------------------------------------------------------------------------
def test_person_with_an_account_takes_the_posting(authority, regulator):
    person = make_user(make_enterprise(), name_en="Wang Fang")
    invitation = invited(regulator, authority, email=person.email)

    posting = accept_invitation(invitation=invitation, by=person, at=AT)

    assert (posting.user, posting.body, posting.role) == (person, authority, "regulator")
    assert person.posting == posting
    assert len(person.current_postings) == 2
    assert timeline(authority)[-1].sentence == "Wang Fang accepted the invitation as Regulator"


def test_inviter_is_told_who_joined(authority, regulator):
    person = make_user(name_en="Wang Fang")
    accept_invitation(invitation=invited(regulator, authority, email=person.email), by=person, at=AT)

    told = Notice.objects.get(kind="account.joined")
    assert told.recipient == regulator
    assert told.facts["person"]["en"] == "Wang Fang"


def test_person_without_an_account_makes_one(authority, regulator):
    invitation = invited(regulator, authority)

    user = join(
        invitation=invitation,
        password="a long password 1",
        name_zh="王芳",
        name_en="",
        language="zh-hans",
        by=None,
        at=AT,
    )

    user = User.objects.get(pk=user.pk)
    assert (user.email, user.name_zh, user.language) == ("new@example.org", "王芳", "zh-hans")
    assert user.check_password("a long password 1")
    assert user.posting.body == authority


def test_nobody_takes_what_was_offered_to_another(authority, regulator):
    invitation = invited(regulator, authority)

    with pytest.raises(NotAllowed):
        accept_invitation(invitation=invitation, by=make_user(), at=AT)

    assert not Posting.objects.filter(body=authority).exclude(user=regulator).exists()


@pytest.mark.parametrize("what", ["accepted", "withdrawn", "expired"])
def test_closed_invitation_gives_no_posting(authority, regulator, what):
    person, at = make_user(), AT
    invitation = invited(regulator, authority, email=person.email)
    if what == "accepted":
        accept_invitation(invitation=Invitation.objects.get(), by=person, at=AT)
    elif what == "withdrawn":
        withdraw_invitation(invitation=Invitation.objects.get(), by=regulator, at=AT)
    else:
        at = AT + INVITATION_LASTS
    before = Posting.objects.count()

    with pytest.raises(Stale):
        accept_invitation(invitation=invitation, by=person, at=at)

    assert Posting.objects.count() == before


def test_withdrawing_what_was_accepted_is_too_late(authority, regulator):
    person = make_user()
    invitation = invited(regulator, authority, email=person.email)
    accept_invitation(invitation=invitation, by=person, at=AT)

    with pytest.raises(Stale):
        withdraw_invitation(invitation=invitation, by=regulator, at=AT)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("has_account", [True, False])
def test_ten_clicks_at_once_give_one_posting(has_account: bool):
    authority = make_authority()
    regulator = make_user(authority)
    person = make_user(email="new@example.org") if has_account else None
    invitation = invited(regulator, authority, at=timezone.now())
    outcomes: list[str] = []

    def click() -> None:
        mine = Invitation.objects.get(pk=invitation.pk)
        try:
            if person is not None:
                accept_invitation(invitation=mine, by=User.objects.get(pk=person.pk), at=timezone.now())
            else:
                names = {"name_zh": "", "name_en": "New", "language": "en"}
                join(invitation=mine, password="a long password 1", **names, by=None, at=timezone.now())
            outcomes.append("joined")
        except Stale:
            outcomes.append("stale")
        finally:
            connection.close()

    threads = [threading.Thread(target=click) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["joined"] + ["stale"] * 9
    assert Posting.objects.filter(body=authority, user__email="new@example.org").count() == 1
    assert User.objects.filter(email="new@example.org").count() == 1


# --- Leaving --------------------------------------------------------------------------------------------------------
def test_ended_posting_stops_at_once_with_its_tokens(authority, regulator):
    colleague = make_user(authority, "statistician", name_en="Wang Fang")
    now = timezone.now()
    token, _secret = create_token(
        posting=colleague.posting,
        label="script",
        may_write=False,
        expires_on=timezone.localdate(now),
        by=colleague,
        at=now,
    )

    end_posting(posting=colleague.posting, by=regulator, at=now)

    fresh = User.objects.get(pk=colleague.pk)
    assert fresh.posting is None
    token.refresh_from_db()
    assert token.revoked_at == now
    assert timeline(authority)[-1].sentence == "Li Wei ended the posting of Wang Fang"
    assert Notice.objects.get(kind="account.posting_ended").recipient == colleague


def test_ended_posting_was_in_force_until_the_day_before(authority, regulator):
    colleague = make_user(authority, "statistician")
    end_posting(posting=colleague.posting, by=regulator, at=AT)

    day = timezone.localdate(AT)
    assert not Posting.objects.active(on=day).filter(user=colleague).exists()
    assert Posting.objects.active(on=day - dt.timedelta(days=1)).filter(user=colleague).exists()


def test_posting_is_ended_once(authority, regulator):
    colleague = make_user(authority, "statistician")
    end_posting(posting=colleague.posting, by=regulator, at=AT)

    with pytest.raises(Stale):
        end_posting(posting=colleague.posting, by=regulator, at=AT)


def test_whose_posting_was_ended_can_be_invited_again(authority, regulator):
    colleague = make_user(authority, "statistician")
    end_posting(posting=colleague.posting, by=regulator, at=AT)
    later = AT + dt.timedelta(minutes=1)
    again = invited(regulator, authority, email=colleague.email, role="statistician", at=later)

    accept_invitation(invitation=again, by=User.objects.get(pk=colleague.pk), at=later)

    assert Posting.objects.active(on=timezone.localdate(AT)).filter(user=colleague).count() == 1


def test_last_person_who_may_invite_stays(authority, regulator):
    make_user(authority, "statistician")

    with pytest.raises(Refused):
        end_posting(posting=regulator.posting, by=regulator, at=AT)

    make_user(authority, "regulator")
    end_posting(posting=regulator.posting, by=regulator, at=AT)


def test_authority_does_not_end_postings_of_an_enterprise(regulator):
    enterprise = make_enterprise()
    manager = make_user(enterprise, "enterprise_manager")

    with pytest.raises(NotAllowed):
        end_posting(posting=manager.posting, by=regulator, at=AT)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_managers_who_end_each_other_at_once_do_not_both_succeed():
    authority = make_authority()
    pair = [make_user(authority), make_user(authority)]
    outcomes: list[str] = []

    def end(by: User, other: User) -> None:
        try:
            end_posting(posting=other.posting, by=by, at=timezone.now())
            outcomes.append("ended")
        except Refused:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=end, args=(pair[side], pair[1 - side])) for side in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["ended", "refused"]


# --- Profile and tokens ---------------------------------------------------------------------------------------------
def test_profile_is_kept(regulator):
    save_profile(name_zh="李伟", name_en="Li, Wei", language="zh-hans", by=regulator, at=AT)

    fresh = User.objects.get(pk=regulator.pk)
    assert (fresh.name_zh, fresh.name_en, fresh.language) == ("李伟", "Li, Wei", "zh-hans")
    assert timeline(fresh)[0].verb == "user.changed"


def token_of(user, **more) -> tuple[ApiToken, str]:
    fields = {
        "posting": user.posting,
        "label": "script",
        "may_write": False,
        "expires_on": dt.date(2026, 12, 31),
        "by": user,
        "at": AT,
    }
    return create_token(**fields | more)


def test_token_is_stored_as_a_hash_only(regulator):
    token, secret = token_of(regulator)

    assert token.token_hash == hash_token(secret)
    assert secret not in repr(list(ApiToken.objects.values()))
    assert token.last_day == dt.date(2026, 12, 31)


@pytest.mark.parametrize(
    ("expires_on", "fits"),
    [
        (dt.date(2026, 11, 20), False),
        (dt.date(2026, 11, 21), True),
        (dt.date(2027, 11, 21), True),
        (dt.date(2027, 11, 22), False),
    ],
)
def test_token_lasts_a_year_at_most(regulator, expires_on, fits):
    if fits:
        token_of(regulator, expires_on=expires_on)
    else:
        with pytest.raises(Invalid):
            token_of(regulator, expires_on=expires_on)


def test_token_acts_in_ones_own_postings_only(regulator):
    with pytest.raises(NotAllowed):
        token_of(regulator, posting=make_user(make_authority()).posting)
    ended = make_posting(regulator, make_enterprise(), valid_to=dt.date(2026, 1, 1))
    with pytest.raises(NotAllowed):
        token_of(regulator, posting=ended)


def test_second_click_makes_no_second_token(regulator):
    token_of(regulator)

    with pytest.raises(Invalid):
        token_of(regulator)

    assert ApiToken.objects.count() == 1


def test_name_of_a_revoked_token_is_free_again(regulator):
    token, _secret = token_of(regulator)
    revoke_token(token=token, by=regulator, at=AT)
    revoke_token(token=token, by=regulator, at=AT)

    token_of(regulator)

    assert [line.verb for line in timeline(regulator)] == ["token.created", "token.revoked", "token.created"]


def test_nobody_revokes_anothers_token(regulator):
    token, _secret = token_of(regulator)

    with pytest.raises(NotAllowed):
        revoke_token(token=token, by=make_user(), at=AT)
