"""Celery leaves: an id in, one service call."""

from celery import shared_task
from django.utils import timezone


@shared_task(name="reports.render")
def render_report(pk: int) -> None:
    from audits.reports import services  # the services ring this task, so the import must wait for the call

    services.render(pk=pk, by=None, at=timezone.now())


@shared_task(name="reports.sweep")
def sweep_renderings() -> None:
    from audits.reports import services  # as above

    services.sweep_renderings(by=None, at=timezone.now())
