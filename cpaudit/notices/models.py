"""The outbox: a notice is a row written in the transaction of what it tells about; a worker mails it afterwards."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class NoticeQuerySet(models.QuerySet["Notice"]):
    def visible_to(self, user: object) -> Self:
        return self.filter(recipient=user)

    def unread(self) -> Self:
        return self.filter(read_at=None)

    def to_mail(self, *, at: dt.datetime) -> Self:
        """Waiting for the relay: not sent, not given up, not being sent by another worker, and due for a (new) try."""
        return self.filter(sent_at=None, given_up_at=None, claimed_at=None).filter(
            Q(not_before=None) | Q(not_before__lte=at)
        )

    def stuck(self, *, since: dt.datetime) -> Self:
        """Claimed before `since` and neither sent nor handed back: the worker died in between."""
        return self.filter(sent_at=None, given_up_at=None, claimed_at__lt=since)


class Notice(models.Model):
    """One message to one person: a line in his inbox and an e-mail. `unique_key` makes saying it twice impossible."""

    unique_key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=40)
    # An invited person may have no account yet: then there is only the address.
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="notices")
    address = models.EmailField(blank=True)
    language = models.CharField(max_length=10, default="en")
    facts = models.JSONField(default=dict)
    link = models.CharField(max_length=300, blank=True)
    thing_kind = models.CharField(max_length=60, blank=True)
    thing_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    not_before = models.DateTimeField(null=True, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    given_up_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["recipient", "read_at", "-id"]),
            models.Index(fields=["created_at"], name="notice_waiting", condition=Q(sent_at=None, given_up_at=None)),
        ]

    def __str__(self) -> str:
        return self.unique_key
