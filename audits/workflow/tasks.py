"""What the schedule asks of the workflow."""

from celery import shared_task
from django.utils import timezone


@shared_task
def run_clocks() -> None:
    """Remind before dates and escalate after them; running twice, or late, tells nobody twice and forgets nobody."""
    # Not at the top: tasks are leaves, Celery imports this before the models are ready.
    from audits.workflow.services import run_clocks as remind_and_escalate

    remind_and_escalate(at=timezone.now())
