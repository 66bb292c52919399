"""Files on their way in: the upload with its mapping, the runs over it, what the runs found, mappings kept by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cpaudit.accounts.models import Body, Posting
from cpaudit.imports.records import Conflict
from cpaudit.jobs.models import Job, JobState

if TYPE_CHECKING:
    from cpaudit.accounts.models import User

CONFLICT_LABELS = {
    Conflict.STOP.value: _("Stop: refuse the row"),
    Conflict.SKIP.value: _("Skip: leave the existing record as it is"),
    Conflict.UPDATE.value: _("Update the existing record"),
}


class ImportQuerySet(models.QuerySet["Import"]):
    def visible_to(self, user: User) -> Self:
        """A body's imports are its own, whoever of its people made them."""
        return self.filter(body=user.body) if user.body else self.none()


class Import(models.Model):
    """One uploaded table and how it is to be read. `version` is what every change compares and sets.

    `table` keeps what the pages need of the file without reading it again: headers, samples, rows, sheets.
    """

    target = models.CharField(_("kind of data"), max_length=40)
    name = models.CharField(_("file"), max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField(_("size (bytes)"))
    sheet = models.CharField(_("sheet"), max_length=100, blank=True)
    header_row = models.PositiveIntegerField(_("header row"), default=1)
    table = models.JSONField(default=dict)
    mapping = models.JSONField(default=dict)
    conflict = models.CharField(
        _("records that exist already"), max_length=8, choices=CONFLICT_LABELS, default=Conflict.STOP.value
    )
    good_rows_only = models.BooleanField(_("import the good rows, refuse the others"), default=False)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="imports", verbose_name=_("body"))
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="imports")
    uploaded_at = models.DateTimeField(_("uploaded"))
    imported_at = models.DateTimeField(_("imported"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = ImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-id"]
        indexes = [models.Index(fields=["body", "sha256"])]
        constraints = [
            models.CheckConstraint(name="import_conflict_known", condition=Q(conflict__in=[c.value for c in Conflict])),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def names(self) -> dict[str, str]:
        return {"zh": self.name, "en": self.name}

    @property
    def headers(self) -> list[str]:
        return self.table.get("headers", [])


class RunKind(models.TextChoices):
    DRY = "dry", _("Dry run")
    REAL = "real", _("Import")


class ImportRun(Job):
    """One pass over the file, dry or real, with the mapping and options it was ordered with, and its books."""

    of = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="runs")
    kind = models.CharField(_("kind"), max_length=4, choices=RunKind.choices)
    version = models.PositiveIntegerField(help_text=_("version of the import it was ordered for"))
    mapping = models.JSONField()
    conflict = models.CharField(max_length=8, choices=CONFLICT_LABELS)
    good_rows_only = models.BooleanField(default=False)
    ordered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    posting = models.ForeignKey(Posting, on_delete=models.PROTECT, null=True, related_name="+")
    counts = models.JSONField(default=dict)
    summary = models.JSONField(default=dict)
    problem = models.JSONField(null=True, blank=True, help_text=_("why the whole run failed: code and params"))

    class Meta:
        verbose_name = _("import run")
        verbose_name_plural = _("import runs")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["of"],
                condition=Q(state__in=[JobState.WAITING, JobState.RUNNING]),
                name="import_run_one_at_a_time",
            ),
            models.UniqueConstraint(
                fields=["of"], condition=Q(kind="real", state=JobState.DONE), name="import_done_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.of} · {self.get_kind_display()}"

    @property
    def is_over(self) -> bool:
        return self.state in (JobState.DONE, JobState.FAILED)

    @property
    def refused(self) -> int:
        return self.counts.get("rows_refused", 0)


class RunProblem(models.Model):
    """What a run found in one cell or row. Sentences are made from `code` and `params` in the reader's language."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="problems")
    sheet = models.CharField(max_length=100, blank=True)
    row = models.PositiveIntegerField()
    column = models.CharField(max_length=500, blank=True)
    letter = models.CharField(max_length=4, blank=True)
    value = models.CharField(max_length=200, blank=True)
    code = models.CharField(max_length=40)
    params = models.JSONField(default=dict)
    blocks = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("problem")
        verbose_name_plural = _("problems")
        ordering = ["pk"]
        indexes = [models.Index(fields=["run", "blocks", "id"])]

    def __str__(self) -> str:
        return f"{self.letter}{self.row} {self.code}"


class SavedMappingQuerySet(models.QuerySet["SavedMapping"]):
    def visible_to(self, user: User) -> Self:
        """Those of one's own body, and those that come with the system (without a body)."""
        return self.filter(Q(body=user.body) | Q(body=None)) if user.body else self.none()


class SavedMapping(models.Model):
    """A mapping kept by name for the next file of the same kind."""

    name = models.CharField(_("name"), max_length=80)
    target = models.CharField(_("kind of data"), max_length=40)
    data: Any = models.JSONField()
    body = models.ForeignKey(Body, on_delete=models.CASCADE, null=True, blank=True, related_name="saved_mappings")
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    saved_at = models.DateTimeField()

    objects = SavedMappingQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved mapping")
        verbose_name_plural = _("saved mappings")
        ordering = ["target", "name"]
        constraints = [
            models.UniqueConstraint(fields=["body", "target", "name"], name="saved_mapping_name_once_a_body"),
            models.UniqueConstraint(
                fields=["target", "name"], condition=Q(body=None), name="saved_mapping_shipped_name_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name
