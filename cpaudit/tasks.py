"""Gathers the tasks of the rooms for Celery, and holds what belongs to no one room."""

from celery import shared_task
from django.utils import timezone

from cpaudit.imports.tasks import carry_out, sweep
from cpaudit.notices.tasks import relay_notices

__all__ = ["carry_out", "relay_notices", "sweep", "tidy_up"]


@shared_task
def tidy_up() -> None:
    """Remove what nobody asks for any more: old answers to repeated calls, stored files without a row."""
    # Not at the top: tasks are leaves, Celery imports this before the models are ready.
    from cpaudit.documents.services import remove_orphans
    from cpaudit.web.idempotency import forget_old_answers

    forget_old_answers(at=timezone.now())
    remove_orphans(by=None, at=timezone.now())
