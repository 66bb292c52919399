"""The worker's side of the outbox."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

BATCH = 500
"""Mails of one run. What is left over, the schedule's next run takes."""


@shared_task
def relay_notices() -> int:
    """Mail what waits in the outbox; rung by `notify`, and by the schedule for what a ring missed. Returns how many."""
    # Not at the top: services ring this task, and tasks are leaves.
    from cpaudit.notices import selectors, services

    services.hand_back_stuck(by=None, at=timezone.now())
    waiting = selectors.waiting(at=timezone.now(), limit=BATCH)
    return sum(services.deliver(pk=pk, by=None, at=timezone.now()) for pk in waiting)
