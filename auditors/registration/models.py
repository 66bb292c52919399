"""Registrations of auditors: level, certificate, validity. Until the full procedure exists the centre enters them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from auditors.people.models import Auditor
from auditors.registration.rules import LEVEL_LABELS, Held, state_of

if TYPE_CHECKING:
    from cpaudit.accounts.models import User


class RegistrationQuerySet(models.QuerySet["Registration"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(auditor__in=Auditor.objects.visible_to(user))

    def valid(self, *, on: dt.date) -> Self:
        """In force on that day: approved, not yet expired (last day inclusive), not ended."""
        return self.filter(approved_on__lte=on, valid_until__gte=on).filter(Q(ended_on=None) | Q(ended_on__gt=on))


class Registration(models.Model):
    """One registration of one auditor at one level. `ended_on` is the first day it no longer holds."""

    auditor = models.ForeignKey(Auditor, on_delete=models.PROTECT, related_name="registrations")
    level = models.CharField(
        _("level"),
        max_length=10,
        choices=[(level.value, _(label)) for level, label in LEVEL_LABELS.items()],
    )
    certificate_no = models.CharField(_("certificate number"), max_length=40, unique=True)
    approved_on = models.DateField(_("approved on"))
    valid_until = models.DateField(_("valid until"))
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    ended_because = models.CharField(_("ended because"), max_length=200, blank=True)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    entered_at = models.DateTimeField()

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        ordering = ["-approved_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="registration_until_after_approval", condition=Q(valid_until__gt=F("approved_on"))
            )
        ]

    def __str__(self) -> str:
        return self.certificate_no

    @property
    def held(self) -> Held:
        """As the pure rules look at it."""
        return Held(self.level, self.certificate_no, self.approved_on, self.valid_until, self.ended_on)

    def holds_on(self, day: dt.date) -> bool:
        return self.held.holds_on(day)

    def state(self, on: dt.date) -> str:
        """`valid`, `expiring`, `expired`, `ended` or `future` on that day."""
        return state_of(self.held, on=on)
