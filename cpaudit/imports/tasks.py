"""Celery leaves: an id in, one call."""

from celery import shared_task
from django.utils import timezone


@shared_task(name="imports.carry_out")
def carry_out(pk: int) -> None:
    from cpaudit.imports import work  # the services ring these tasks, so the import must wait for the call

    work.carry_out(pk=pk, by=None, at=timezone.now())


@shared_task(name="imports.sweep")
def sweep() -> None:
    from cpaudit.imports import work  # as above

    work.sweep(by=None, at=timezone.now())
