"""Filings: what was handed in, frozen; the signatures it rests on; and the PDFs rendered from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from audits.workflow.models import Audit, TeamMember
from cpaudit.documents.models import StoredFile
from cpaudit.jobs.models import Job, JobQuerySet
from cpaudit.web.words import in_language

if TYPE_CHECKING:
    from cpaudit.accounts.models import User


class FilingQuerySet(models.QuerySet["Filing"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(audit__in=Audit.objects.visible_to(user))

    def light(self) -> Self:
        """Without the content: for lists."""
        return self.defer("content", "annex")


class Filing(models.Model):
    """One version of the report: the whole content as data, and the hash of exactly that.

    `annex` is frozen with it but not signed: the signatures themselves and what was decided before.
    """

    audit = models.ForeignKey(Audit, on_delete=models.PROTECT, related_name="filings")
    version = models.PositiveSmallIntegerField(_("version"))
    content = models.JSONField()
    annex = models.JSONField(default=dict)
    content_hash = models.CharField(_("content hash (SHA-256)"), max_length=64)
    findings = models.JSONField(default=list)
    filed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    filer_names = models.JSONField(default=dict)
    filer_body_names = models.JSONField(default=dict)
    filed_at = models.DateTimeField()

    objects = FilingQuerySet.as_manager()

    class Meta:
        verbose_name = _("filing")
        verbose_name_plural = _("filings")
        ordering = ["audit", "version"]
        constraints = [models.UniqueConstraint(fields=["audit", "version"], name="filing_version_once")]

    def __str__(self) -> str:
        return f"{self.audit} v{self.version}"

    @property
    def names(self) -> dict[str, str]:
        return dict.fromkeys(("zh", "en"), f"{self.audit.number} v{self.version}")

    @property
    def filer_name(self) -> str:
        """Who filed it, in the reader's language."""
        return in_language(self.filer_names)


class Signature(models.Model):
    """A team auditor's declaration that he answers for procedure, method, form and truth (Item 6), over a hash."""

    audit = models.ForeignKey(Audit, on_delete=models.PROTECT, related_name="signatures")
    member = models.ForeignKey(TeamMember, on_delete=models.PROTECT, related_name="signatures")
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    signer_names = models.JSONField()
    level = models.CharField(max_length=10)
    certificate_no = models.CharField(max_length=40)
    content_hash = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["audit", "member", "content_hash"], name="signature_once_a_content")
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.at:%Y-%m-%d}"

    @property
    def signer_name(self) -> str:
        """Who signed, in the reader's language."""
        return in_language(self.signer_names)


class RenderingQuerySet(JobQuerySet):
    def visible_to(self, user: User) -> Self:
        return self.filter(filing__audit__in=Audit.objects.visible_to(user))


class Rendering(Job):
    """One PDF of one filing in one language: the row is the order and, once done, the way to the file."""

    filing = models.ForeignKey(Filing, on_delete=models.CASCADE, related_name="renderings")
    language = models.CharField(_("language"), max_length=10)
    stored = models.ForeignKey(StoredFile, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    ordered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = RenderingQuerySet.as_manager()

    class Meta:
        verbose_name = _("rendering")
        verbose_name_plural = _("renderings")
        constraints = [models.UniqueConstraint(fields=["filing", "language"], name="rendering_once_a_language")]

    def __str__(self) -> str:
        return f"{self.filing} {self.language}"
