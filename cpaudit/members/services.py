"""What people do about themselves and their colleagues: invite, join, leave, name themselves, make tokens."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from cpaudit.accounts.authentication import hash_token
from cpaudit.accounts.models import ApiToken, AuthorityKind, Body, Invitation, Posting, User
from cpaudit.accounts.roles import ROLES, BodyKind, Permission, roles_for
from cpaudit.members.policies import check_can_end_posting, check_can_invite, check_is_own_posting
from cpaudit.members.rules import INVITATION_LASTS, TOKEN_LASTS_AT_MOST, InvitationState
from cpaudit.members.selectors import state_of
from cpaudit.notices.services import notify, notify_address
from cpaudit.reference.models import Region, Sector
from cpaudit.rulebook.errors import Invalid, NotAllowed, Refused, Stale
from cpaudit.trail.services import SYSTEM_NAMES, record

SENTENCES = {
    InvitationState.EXPIRED: gettext_noop("This invitation has expired. Ask who invited you for a new one."),
    InvitationState.WITHDRAWN: gettext_noop(
        "This invitation was withdrawn. Ask who invited you if you think this is a mistake."
    ),
    InvitationState.USED: gettext_noop("This invitation has been accepted already. Sign in with your account."),
}


# --- Bodies that nobody else enters -----------------------------------------------------------------------------------
@transaction.atomic
def enter_body(
    *,
    kind: BodyKind,
    name_zh: str,
    name_en: str,
    region: Region,
    sectors: Iterable[Sector] = (),
    by: None,
    at: dt.datetime,
) -> Body:
    """Enter an authority (with `sectors` an industry department) or the national centre: the operator's act.

    Enterprises and organisations have services of their own. Entering the same body again gives the one there is.
    """
    industries = list(sectors)
    authority_kind = ""
    if kind is BodyKind.AUTHORITY:
        authority_kind = AuthorityKind.INDUSTRY if industries else AuthorityKind.ENVIRONMENTAL
    elif kind is not BodyKind.CENTRE or industries:
        raise _invalid("kind", _("Only an authority or the national centre is entered here."))
    body, created = Body.objects.get_or_create(
        kind=kind, authority_kind=authority_kind, name_zh=name_zh, region=region, defaults={"name_en": name_en}
    )
    if created:
        body.sectors.set(industries)
        record(verb="body.entered", thing=body, by=by, at=at)
    return body


# --- Inviting -------------------------------------------------------------------------------------------------------
def invite(
    *,
    body: Body,
    email: str,
    role: str,
    name_zh: str = "",
    name_en: str = "",
    language: str = "en",
    by: User | None,
    at: dt.datetime,
) -> Invitation:
    """Offer somebody a posting by e-mail, whether he has an account or not. Good for `INVITATION_LASTS`.

    `by=None` is whoever runs the machine: somebody must be the first.
    """
    if by is not None:
        check_can_invite(by, body)
    email = email.strip().lower()
    _check_role(role, body)
    _check_works_not_here_yet(email, body, role, at=at)
    with transaction.atomic():
        _make_room(email, body, role, at=at)
        try:
            with transaction.atomic():
                invitation = Invitation.objects.create(
                    body=body,
                    email=email,
                    role=role,
                    name_zh=name_zh,
                    name_en=name_en,
                    language=language,
                    nonce=_fresh_nonce(),
                    invited_by=by,
                    invited_at=at,
                    expires_at=at + INVITATION_LASTS,
                )
        except IntegrityError as error:
            raise Stale(_("This person has just been invited.")) from error
        _tell_invited(invitation, by=by, at=at)
    return invitation


def send_again(*, invitation: Invitation, by: User, at: dt.datetime) -> Invitation:
    """Mail a fresh link, good for the full time again; links mailed before are void."""
    check_can_invite(by, invitation.body)
    with transaction.atomic():
        changed = (
            Invitation.objects.open()
            .filter(pk=invitation.pk, nonce=invitation.nonce)
            .update(nonce=_fresh_nonce(), invited_by=by, invited_at=at, expires_at=at + INVITATION_LASTS)
        )
        if not changed:
            raise Stale(_("This invitation was accepted, withdrawn or sent again meanwhile."))
        invitation.refresh_from_db()
        _tell_invited(invitation, by=by, at=at)
    return invitation


def withdraw_invitation(*, invitation: Invitation, by: User, at: dt.datetime) -> None:
    """Take the offer back; its link then says so."""
    check_can_invite(by, invitation.body)
    with transaction.atomic():
        if not Invitation.objects.open().filter(pk=invitation.pk).update(withdrawn_at=at):
            raise Stale(_("This invitation was accepted or withdrawn meanwhile."))
        facts = {"email": invitation.email}
        record(verb="user.invitation_withdrawn", thing=invitation.body, by=by, at=at, facts=facts)


def _check_role(role: str, body: Body) -> None:
    if role not in {entry.key for entry in roles_for(body.kind)}:
        raise _invalid("role", _("This body cannot give that role."))


def _check_works_not_here_yet(email: str, body: Body, role: str, *, at: dt.datetime) -> None:
    here = Posting.objects.active(on=timezone.localdate(at)).filter(body=body, role=role, user__email__iexact=email)
    if here.exists():
        raise _invalid("email", _("This person works here in that role already."))


def _make_room(email: str, body: Body, role: str, *, at: dt.datetime) -> None:
    """An expired invitation gives way to the new one; an open one stands in its way."""
    same = Invitation.objects.open().filter(email=email, body=body, role=role)
    if same.filter(expires_at__gt=at).exists():
        raise _invalid("email", _("This person is invited already. Send the invitation again, or withdraw it."))
    same.update(withdrawn_at=at)


def _tell_invited(invitation: Invitation, *, by: User | None, at: dt.datetime) -> None:
    body, role = invitation.body, {"msgid": ROLES[invitation.role].label}
    record(verb="user.invited", thing=body, by=by, at=at, facts={"email": invitation.email, "role": role})
    notify_address(
        kind="account.invited",
        address=invitation.email,
        language=invitation.language,
        by=by,
        at=at,
        key=f"{invitation.pk}-{invitation.invited_at:%Y%m%d%H%M%S%f}",
        facts={
            "invitation": invitation.pk,
            "inviter": by.names if by else SYSTEM_NAMES,
            "body": body.names,
            "role": role,
            "expires_on": timezone.localdate(invitation.expires_at),
        },
        thing=body,
    )


def _fresh_nonce() -> str:
    return secrets.token_hex(32)


def _invalid(field: str, sentence: str) -> Invalid:
    return Invalid(sentence, {field: [sentence]})


# --- Joining --------------------------------------------------------------------------------------------------------
def accept_invitation(*, invitation: Invitation, by: User, at: dt.datetime) -> Posting:
    """Take the posting offered to one's own address. A second click finds it taken and changes nothing."""
    if by.email.lower() != invitation.email.lower():
        raise NotAllowed(_("This invitation was sent to another address. Sign in as the person it was sent to."))
    with transaction.atomic():
        taken = (
            Invitation.objects.open().filter(pk=invitation.pk, expires_at__gt=at).update(accepted_at=at, accepted_by=by)
        )
        if not taken:
            invitation.refresh_from_db()
            raise Stale(SENTENCES[state_of(invitation, at=at)])
        posting, _made = Posting.objects.get_or_create(
            user=by,
            body=invitation.body,
            role=invitation.role,
            valid_to=None,
            defaults={"valid_from": timezone.localdate(at)},
        )
        by.__dict__.pop("current_postings", None)  # read again: there is one more
        by.acting_as(posting)
        _tell_joined(invitation, by=by, at=at)
    return posting


def join(
    *, invitation: Invitation, password: str, name_zh: str, name_en: str, language: str, by: None, at: dt.datetime
) -> User:
    """Make an account for the invited address and take the posting. The mailed link has proved the address."""
    del by  # nobody is signed in yet
    with transaction.atomic():
        try:
            with transaction.atomic():
                user = User.objects.create_user(
                    invitation.email, password, name_zh=name_zh, name_en=name_en, language=language, date_joined=at
                )
        except IntegrityError as error:
            raise Stale(_("There is an account with this address already. Sign in with it.")) from error
        accept_invitation(invitation=invitation, by=user, at=at)
    return user


def _tell_joined(invitation: Invitation, *, by: User, at: dt.datetime) -> None:
    body, role = invitation.body, {"msgid": ROLES[invitation.role].label}
    record(verb="user.joined", thing=body, by=by, at=at, facts={"role": role})
    if invitation.invited_by is None:
        return
    notify(
        kind="account.joined",
        to=[invitation.invited_by],
        by=by,
        at=at,
        key=str(invitation.pk),
        facts={"person": by.names, "body": body.names, "role": role},
    )


# --- Leaving --------------------------------------------------------------------------------------------------------
def end_posting(*, posting: Posting, by: User, at: dt.datetime) -> None:
    """End a posting at one's own body, at once: pages and tokens of the posting no longer work."""
    check_can_end_posting(by, posting)
    today = timezone.localdate(at)
    with transaction.atomic():
        # Two managers who end each other's posting at the same moment must not leave the body to nobody.
        Body.objects.select_for_update().get(pk=posting.body_id)
        _check_somebody_can_still_invite(posting, on=today)
        ended = (
            Posting.objects.active(on=today)
            .filter(pk=posting.pk)
            .update(valid_to=max(today, posting.valid_from), ended_at=at)
        )
        if not ended:
            raise Stale(_("This posting has ended already."))
        ApiToken.objects.filter(posting=posting, revoked_at=None).update(revoked_at=at)
        facts: dict[str, Any] = {"person": posting.user.names}
        record(verb="posting.ended", thing=posting.body, by=by, at=at, facts=facts)
        notify(
            kind="account.posting_ended",
            to=[posting.user],
            by=by,
            at=at,
            key=str(posting.pk),
            facts={"actor": by.names, "body": posting.body.names, "role": {"msgid": posting.role_entry.label}},
        )


def _check_somebody_can_still_invite(posting: Posting, *, on: dt.date) -> None:
    if Permission.INVITE not in posting.role_entry.permissions:
        return
    others = Posting.objects.active(on=on).filter(body=posting.body, user__is_active=True).exclude(pk=posting.pk)
    if not others.may(Permission.INVITE).exists():
        raise Refused(_("Nobody else here may invite people. Invite a successor first, then end this posting."))


# --- Oneself --------------------------------------------------------------------------------------------------------
def save_profile(*, name_zh: str, name_en: str, language: str, by: User, at: dt.datetime) -> None:
    """How I am called and which language I read: on pages after the next sign-in, and in e-mails."""
    with transaction.atomic():
        User.objects.filter(pk=by.pk).update(name_zh=name_zh, name_en=name_en, language=language)
        by.name_zh, by.name_en, by.language = name_zh, name_en, language
        record(verb="user.changed", thing=by, by=by, at=at)


def create_token(
    *, posting: Posting, label: str, may_write: bool, expires_on: dt.date, by: User, at: dt.datetime
) -> tuple[ApiToken, str]:
    """A REST token that acts in one of my postings, good through `expires_on`. Its text is given only here, now."""
    check_is_own_posting(by, posting)
    today = timezone.localdate(at)
    if not today <= expires_on <= today + TOKEN_LASTS_AT_MOST:
        raise _invalid("expires_on", _("Choose a day between today and a year from now."))
    secret = f"cpa_{secrets.token_urlsafe(32)}"
    end_of_day = dt.datetime.combine(expires_on + dt.timedelta(days=1), dt.time(), timezone.get_current_timezone())
    with transaction.atomic():
        try:
            with transaction.atomic():
                token = ApiToken.objects.create(
                    posting=posting,
                    label=label,
                    prefix=secret[:8],
                    token_hash=hash_token(secret),
                    may_write=may_write,
                    created_at=at,
                    expires_at=end_of_day,
                )
        except IntegrityError as error:
            raise _invalid("label", _("You have a token of this name already.")) from error
        record(verb="token.created", thing=by, by=by, at=at, facts={"label": label})
    return token, secret


def revoke_token(*, token: ApiToken, by: User, at: dt.datetime) -> None:
    """From now on the token opens nothing. A second click changes nothing."""
    if token.posting.user_id != by.pk:
        raise NotAllowed(_("This is not one of your tokens."))
    with transaction.atomic():
        if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=at):
            record(verb="token.revoked", thing=by, by=by, at=at, facts={"label": token.label})
