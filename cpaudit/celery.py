"""Celery is the doorbell: the rows are the queue (see `cpaudit.jobs`)."""

import os
from contextlib import AbstractContextManager
from typing import Any

from celery import Celery, Task
from celery.schedules import crontab
from celery.signals import setup_logging, task_postrun, task_prerun

from cpaudit.web.logs import working_on

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cpaudit.settings")
app = Celery("cpaudit")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# What runs without anybody asking. Every task here may run late, or twice, without harm.
app.conf.beat_schedule = {
    "take up imports that wait": {"task": "imports.sweep", "schedule": 30.0},
    "mail what waits in the outbox": {"task": "cpaudit.notices.tasks.relay_notices", "schedule": 30.0},
    "remind and escalate": {"task": "audits.workflow.tasks.run_clocks", "schedule": crontab(minute="5")},
    "tell of overdue options": {
        "task": "audits.options.tasks.note_overdue_options",
        "schedule": crontab(minute="15"),
    },
    "print what waits to be printed": {"task": "reports.sweep", "schedule": 60.0},
    "tidy up at night": {"task": "cpaudit.tasks.tidy_up", "schedule": crontab(hour="3", minute="10")},
}


@setup_logging.connect
def use_django_logging(**_kwargs: object) -> None:
    """Keep Django's logging: the worker must write the same JSON lines as the web process."""


_work: dict[str, AbstractContextManager[None]] = {}


@task_prerun.connect
def log_as_the_request_that_rang(task_id: str, task: Task, **_kwargs: Any) -> None:
    """Log lines of a task carry the id of the request that rang for it; those of the schedule carry the task's own."""
    sent = task.request.get("request_id") or (task.request.headers or {}).get("request_id")
    _work[task_id] = working_on(sent or task_id)
    _work[task_id].__enter__()


@task_postrun.connect
def log_as_nobody(task_id: str, **_kwargs: Any) -> None:
    if work := _work.pop(task_id, None):
        work.__exit__(None, None, None)
