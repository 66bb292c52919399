"""Auditors as people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from cpaudit.accounts.models import Body
from cpaudit.accounts.roles import BodyKind

if TYPE_CHECKING:
    from cpaudit.accounts.models import User


class AuditorQuerySet(models.QuerySet["Auditor"]):
    def visible_to(self, user: User) -> Self:
        """The centre sees all, an authority those employed in its region, every other body its own people; and each
        auditor himself. An industry department has no auditors of its industry: it sees its region's, too."""
        body = user.body
        if body is None:
            return self.none()
        if body.kind == BodyKind.CENTRE:
            return self
        own = Q(user=user)
        if body.kind == BodyKind.AUTHORITY:
            return self.filter(own | Q(employer__region__path__startswith=body.region.path))
        return self.filter(own | Q(employer=body))

    def named(self, text: str) -> Self:
        """Those somebody looks for: by a part of a name, of the employer's, or of a certificate's number."""
        text = text.strip()
        employer = Q(employer__name_en__icontains=text) | Q(employer__name_zh__icontains=text)
        own = Q(name_en__icontains=text) | Q(name_zh__icontains=text)
        # A subquery instead of a join: an auditor with two certificates stays one row.
        certified = self.model.objects.filter(registrations__certificate_no__icontains=text)
        return self.filter(own | employer | Q(pk__in=certified.values("pk")))


class Auditor(models.Model):
    """A person who is, was or wants to be a registered auditor; with an account where he signs in himself."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="auditor"
    )
    name_zh = models.CharField(_("name (Chinese)"), max_length=80)
    name_en = models.CharField(_("name (Latin)"), max_length=120, blank=True)
    employer = models.ForeignKey(
        Body, on_delete=models.SET_NULL, null=True, blank=True, related_name="auditors", verbose_name=_("employer")
    )

    version = models.PositiveIntegerField(default=1)

    objects = AuditorQuerySet.as_manager()

    class Meta:
        verbose_name = _("auditor")
        verbose_name_plural = _("auditors")
        ordering = ["name_en", "name_zh", "pk"]

    def __str__(self) -> str:
        if (get_language() or "en").startswith("zh"):
            return self.name_zh or self.name_en
        return self.name_en or self.name_zh

    @property
    def names(self) -> dict[str, str]:
        return {"zh": self.name_zh or self.name_en, "en": self.name_en or self.name_zh}
