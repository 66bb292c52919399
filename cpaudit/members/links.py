"""The link of an invitation's e-mail, made when the mail is sent."""

from __future__ import annotations

from django.urls import reverse

from cpaudit.accounts.invitation_links import key_of
from cpaudit.accounts.models import Invitation
from cpaudit.notices.models import Notice


def invitation_link(notice: Notice) -> str | None:
    """Where to accept; None if the invitation was accepted or withdrawn before its mail left."""
    invitation = Invitation.objects.open().filter(pk=notice.facts["invitation"]).first()
    return reverse("accounts:invitation-accept", args=[invitation.pk, key_of(invitation)]) if invitation else None
