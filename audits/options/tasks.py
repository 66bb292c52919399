"""What the schedule asks of the options."""

from celery import shared_task
from django.utils import timezone


@shared_task
def note_overdue_options() -> None:
    """Tell of options whose due date has passed; running twice, or late, tells nobody twice and forgets nobody."""
    # Not at the top: tasks are leaves, Celery imports this before the models are ready.
    from audits.options.services import note_overdue

    note_overdue(at=timezone.now())
