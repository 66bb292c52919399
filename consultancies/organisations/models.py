"""Consulting and assessment organisations."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from cpaudit.accounts.models import Body


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def operating(self, *, on: dt.date) -> Self:
        """Affirmed on or before that day (Item 24) and not rescinded by then."""
        return self.filter(affirmed_on__lte=on).filter(models.Q(ended_on=None) | models.Q(ended_on__gt=on))


class Organisation(models.Model):
    """What an organisation has beyond a body: its registration and since when it may operate."""

    body = models.OneToOneField(Body, on_delete=models.CASCADE, primary_key=True, related_name="organisation")
    registration_no = models.CharField(_("registration number"), max_length=40, unique=True)
    affirmed_on = models.DateField(_("affirmed on"), null=True, blank=True)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")

    def __str__(self) -> str:
        return str(self.body)

    @property
    def names(self) -> dict[str, str]:
        return self.body.names
