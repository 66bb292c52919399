"""Celery is the doorbell: the rows are the queue (see `cpaudit.jobs`)."""

import os

from celery import Celery
from celery.signals import setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cpaudit.settings")
app = Celery("cpaudit")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def use_django_logging(**_kwargs: object) -> None:
    """Keep Django's logging: the worker must write the same JSON lines as the web process."""
