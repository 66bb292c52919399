"""A job is a row: the row is the queue, Celery only the doorbell."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _


class JobState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class JobQuerySet(models.QuerySet[Any]):
    def waiting(self) -> Self:
        return self.filter(state=JobState.WAITING)


class Job(models.Model):
    """Something a worker does. It is claimed by compare-and-set, so two deliveries of one message do it once."""

    state = models.CharField(_("state"), max_length=8, choices=JobState.choices, default=JobState.WAITING)
    claim = models.UUIDField(null=True, editable=False)
    claimed_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    done_units = models.PositiveIntegerField(default=0)
    total_units = models.PositiveIntegerField(default=0)
    message = models.TextField(blank=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        abstract = True

    @classmethod
    def take(cls, pk: int, *, at: dt.datetime) -> Self | None:
        """Claim the waiting row for this worker; None where another has it or it is over."""
        claim = uuid.uuid4()
        taken = cls._default_manager.filter(pk=pk, state=JobState.WAITING).update(
            state=JobState.RUNNING,
            claim=claim,
            claimed_at=at,
            heartbeat_at=at,
            attempts=models.F("attempts") + 1,
        )
        return cls._default_manager.get(pk=pk) if taken else None
