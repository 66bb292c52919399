"""Files: what they are, whose they are, and the hash that proves them unchanged."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


def storage_path(stored: StoredFile, filename: str) -> str:
    """A path nobody can guess and no upload can choose; the person's own name is kept in the row."""
    del filename
    return f"{stored.purpose}/{dt.date.today():%Y/%m}/{uuid.uuid4().hex}"  # noqa: DTZ011  (only spreads folders)


class Purpose(models.TextChoices):
    EVIDENCE = "evidence", _("Evidence")
    IMPORT = "import", _("Import")
    REPORT = "report", _("Report")


class StoredFileQuerySet(models.QuerySet["StoredFile"]):
    def about(self, thing: models.Model) -> Self:
        return self.filter(thing_kind=thing._meta.label_lower, thing_id=thing.pk, removed_at=None).order_by("pk")


class StoredFile(models.Model):
    """One file. It belongs to a thing (an audit, an import); who may see the thing may see the file."""

    purpose = models.CharField(max_length=12, choices=Purpose.choices)
    file = models.FileField(upload_to=storage_path, max_length=200)
    name = models.CharField(_("name"), max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField(_("size (bytes)"))
    sha256 = models.CharField(max_length=64)
    thing_kind = models.CharField(max_length=60)
    thing_id = models.BigIntegerField()
    part = models.CharField(max_length=80, blank=True)
    caption = models.CharField(_("caption"), max_length=200, blank=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    uploaded_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = StoredFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        indexes = [models.Index(fields=["thing_kind", "thing_id"])]

    def __str__(self) -> str:
        return self.name
