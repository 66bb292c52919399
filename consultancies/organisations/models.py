"""Consulting and assessment organisations."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cpaudit.accounts.models import Body
from cpaudit.accounts.roles import BodyKind

if TYPE_CHECKING:
    from cpaudit.accounts.models import User


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def visible_to(self, user: User) -> Self:
        """Who was ever affirmed stands in the register, for everybody who acts for a body. One that waits for it is
        seen by itself, by the authorities of its region (they approve, Item 24), and by the centre."""
        body = user.body
        if body is None:
            return self.none()
        if body.kind == BodyKind.CENTRE:
            return self
        registered = Q(affirmed_on__isnull=False)
        if body.kind == BodyKind.AUTHORITY:
            return self.filter(registered | Q(body__region__path__startswith=body.region.path))
        return self.filter(registered | Q(body=body))

    def named(self, text: str) -> Self:
        """Those somebody looks for: by a part of either name, or of the registration number."""
        text = text.strip()
        names = Q(body__name_en__icontains=text) | Q(body__name_zh__icontains=text)
        return self.filter(names | Q(registration_no__icontains=text))

    def with_names(self) -> Self:
        return self.select_related("body__region")

    def operating(self, *, on: dt.date) -> Self:
        """Affirmed on or before that day (Item 24) and not rescinded by then."""
        return self.filter(affirmed_on__lte=on).filter(Q(ended_on=None) | Q(ended_on__gt=on))


class Organisation(models.Model):
    """What an organisation has beyond a body: its registration and since when it may operate."""

    body = models.OneToOneField(Body, on_delete=models.CASCADE, primary_key=True, related_name="organisation")
    registration_no = models.CharField(_("registration number"), max_length=40, unique=True)
    affirmed_on = models.DateField(_("affirmed on"), null=True, blank=True)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)

    version = models.PositiveIntegerField(default=1)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")

    def __str__(self) -> str:
        return str(self.body)

    @property
    def names(self) -> dict[str, str]:
        return self.body.names

    def operates(self, on: dt.date) -> bool:
        """May it work on that day?"""
        return bool(self.affirmed_on and self.affirmed_on <= on and (self.ended_on is None or self.ended_on > on))
