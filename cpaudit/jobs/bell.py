"""The doorbell: wakes a worker up when a row is waiting for one.

The row is the queue. Losing a ring loses no work, only time: the sweep of the schedule rings again. So a broker that is
down must never fail a request whose transaction has been committed, nor keep it waiting.
"""

import logging
import time
from typing import Any

from celery import Task
from django.db import transaction

from cpaudit.web.logs import request_id

logger = logging.getLogger(__name__)

# After a failed ring the bell stays silent for so long. A broker that does not even refuse costs each ring its whole
# connection timeout, and a request may have many rings to give.
SILENT_SECONDS = 10.0
_silent_until = 0.0


def ring(task: Task, *args: Any) -> None:
    """Has a worker run `task(*args)` as soon as the current transaction is committed; never if it is rolled back."""
    transaction.on_commit(lambda: publish(task, *args))


def publish(task: Task, *args: Any) -> bool:
    """Sends the message now, with one try. Returns whether the broker took it; a failure is logged, never raised."""
    global _silent_until
    if time.monotonic() < _silent_until:
        return False
    try:
        task.apply_async(args=args, headers={"request_id": request_id()}, retry=False)
    except Exception:  # the drivers raise errors of their own besides Celery's, and none may reach the request
        _silent_until = time.monotonic() + SILENT_SECONDS
        logger.exception("The broker did not take %s; the sweep will find the row", task.name)
        return False
    return True
