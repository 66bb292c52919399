"""Reading who works where, and who is invited."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from cpaudit.accounts.models import Body, Invitation, Posting, User
from cpaudit.accounts.roles import PERMISSION_TEXTS, ROLES, Permission, Role
from cpaudit.members.rules import InvitationState, invitation_state


def people_at(body: Body, *, on: dt.date) -> list[Posting]:
    """The postings in force at a body, with their people at hand."""
    postings = Posting.objects.filter(body=body).active(on=on).select_related("user", "body")
    return sorted(postings, key=lambda posting: (posting.user.name.casefold(), posting.pk))


def open_invitations(body: Body, *, at: dt.datetime) -> list[tuple[Invitation, InvitationState]]:
    """Invitations to a body that were neither accepted nor withdrawn, the latest first, open or expired."""
    invitations = Invitation.objects.filter(body=body).open().select_related("invited_by").order_by("-pk")
    return [(invitation, state_of(invitation, at=at)) for invitation in invitations]


def state_of(invitation: Invitation, *, at: dt.datetime) -> InvitationState:
    return invitation_state(
        accepted_at=invitation.accepted_at,
        withdrawn_at=invitation.withdrawn_at,
        expires_at=invitation.expires_at,
        at=at,
    )


def has_account(invitation: Invitation) -> bool:
    return User.objects.filter(email__iexact=invitation.email).exists()


def bodies_with_people(bodies: QuerySet[Body], *, on: dt.date) -> QuerySet[Body]:
    """The bodies with `people`: how many persons act for each."""
    in_force = Posting.objects.active(on=on)
    return bodies.select_related("region").annotate(
        people=Count("postings__user", filter=Q(postings__in=in_force), distinct=True)
    )


@dataclass(frozen=True, slots=True)
class PermissionLine:
    """One line of the roles table: a permission, and for each role whether it carries it."""

    permission: Permission
    text: str
    held: tuple[bool, ...]


def roles_table() -> tuple[Sequence[Role], list[PermissionLine]]:
    """Roles (columns) by permissions (lines)."""
    roles = list(ROLES.values())
    lines = [
        PermissionLine(
            permission, PERMISSION_TEXTS[permission], tuple(permission in role.permissions for role in roles)
        )
        for permission in Permission
    ]
    return roles, lines


def invitation_by_link(pk: int) -> Invitation | None:
    """The invitation a mailed link names. Not limited to what somebody may see: who has the link's key may see it."""
    return Invitation.objects.select_related("body", "invited_by").filter(pk=pk).first()
