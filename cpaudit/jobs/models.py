"""A job is a row: the row is the queue, Celery only the doorbell.

A worker *takes* the row by compare-and-set, gives signs of life while it works (`beat`), and *ends* it under the claim
it took, in the transaction of its own writes. Whoever was given up meanwhile (`return_stuck`) finds the claim gone and
its transaction rolled back, so work that is done again is never done twice.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop


class JobState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class ClaimLost(Exception):
    """The row was given up and taken by another worker: whatever was done under the old claim must not be kept."""


MAX_ATTEMPTS = 5
STOPPED_TOO_OFTEN = gettext_noop("The work stopped several times before its end. Tell the operators; it is in the log.")
SILENT_FOR = dt.timedelta(minutes=10)


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

    def beat(self, *, at: dt.datetime, done: int, total: int, message: str = "") -> None:
        """A sign of life, with how far the work is. Raises `ClaimLost`."""
        self.done_units, self.total_units, self.message, self.heartbeat_at = done, total, message, at
        self._under_claim(done_units=done, total_units=total, message=message, heartbeat_at=at)

    def end(self, *, state: JobState, at: dt.datetime, **values: Any) -> None:
        """Done or failed, with what there is to say. First in the transaction that keeps the results: the row's lock
        then holds off whoever would give the job up while it is being written. Raises `ClaimLost`."""
        self._under_claim(state=state, finished_at=at, heartbeat_at=at, **values)
        self.state, self.finished_at = state, at
        for name, value in values.items():
            setattr(self, name, value)

    def give_back(self, *, message: str = "") -> None:
        """Back into the queue, to be taken again. Raises `ClaimLost`."""
        self._under_claim(state=JobState.WAITING, claim=None, claimed_at=None, message=message)
        self.state, self.claim = JobState.WAITING, None

    def _under_claim(self, **values: Any) -> None:
        held = type(self)._default_manager.filter(pk=self.pk, state=JobState.RUNNING, claim=self.claim)
        if not held.update(**values):
            raise ClaimLost(f"{self._meta.label} {self.pk}")

    @classmethod
    def return_stuck(cls, *, at: dt.datetime, silent_for: dt.timedelta = SILENT_FOR) -> tuple[int, int]:
        """Rows whose worker died go back into the queue; those that brought several workers down fail.

        Returns how many went back and how many failed.
        """
        rows = cls._default_manager.filter(state=JobState.RUNNING, heartbeat_at__lt=at - silent_for)
        failed = rows.filter(attempts__gte=MAX_ATTEMPTS).update(
            state=JobState.FAILED, finished_at=at, message=STOPPED_TOO_OFTEN
        )
        back = rows.filter(attempts__lt=MAX_ATTEMPTS).update(state=JobState.WAITING, claim=None, claimed_at=None)
        return back, failed
