"""Auditors as people."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from cpaudit.accounts.models import Body


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
