"""May this user bring people to a body, or take them away?"""

from __future__ import annotations

from cpaudit.accounts.models import Body, Posting, User
from cpaudit.accounts.roles import Permission
from cpaudit.rulebook.errors import NotAllowed
from cpaudit.rulebook.findings import _


def check_can_invite(user: User, body: Body) -> None:
    """To his own body, or to one that his body helps to staff (`roles.STAFFS`, inside its jurisdiction)."""
    if not user.may(Permission.INVITE):
        raise NotAllowed(_("Your role does not let you invite people."))
    if not Body.objects.visible_to(user).filter(pk=body.pk).exists():
        raise NotAllowed(_("You may invite people to your own body, and to those your body helps to staff."))


def check_can_end_posting(user: User, posting: Posting) -> None:
    """At his own body only: an authority helps to staff others, but does not take their people away."""
    if not user.may(Permission.INVITE):
        raise NotAllowed(_("Your role does not let you end postings."))
    if user.body is None or user.body.pk != posting.body_id:
        raise NotAllowed(_("Postings are ended at the body itself, by its own people."))


def check_is_own_posting(user: User, posting: Posting) -> None:
    if posting.pk not in {own.pk for own in user.current_postings}:
        raise NotAllowed(_("This is not one of your postings, or it has ended."))
