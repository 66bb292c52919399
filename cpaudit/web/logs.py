"""Log lines: which request a line belongs to, and one JSON object per line in production.

The id of the request that is being answered (or that rang for the task that is running) travels in a context variable,
so that no function has to hand it on.
"""

import json
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from uuid import uuid4

from django.core.signals import request_finished
from django.dispatch import receiver

_request_id: ContextVar[str] = ContextVar("request_id", default="-")
_SANE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
# What every record has anyway; the rest came in through `extra=` and is worth a field of its own.
_STANDARD = {*vars(logging.makeLogRecord({})), "message", "asctime", "taskName", "request_id"}


def request_id() -> str:
    """The id of the request at work in this thread, `-` outside of any."""
    return _request_id.get()


def sane_request_id(offered: str | None) -> str:
    """The offered id if it is 8 to 64 plain characters (nobody may write his own log lines), otherwise a fresh one."""
    return offered if offered and _SANE_ID.fullmatch(offered) else uuid4().hex


def answering(identifier: str) -> None:
    """From here on every log line of this thread carries `identifier`, until the response has been sent."""
    _request_id.set(identifier)


@receiver(request_finished)
def nothing_to_answer(**_: object) -> None:
    """Only now: Django still writes lines about the response when all middleware is through, and streams it later."""
    _request_id.set("-")


@contextmanager
def working_on(identifier: str) -> Iterator[None]:
    """Within the block every log line of this thread carries `identifier`."""
    token = _request_id.set(identifier)
    try:
        yield
    finally:
        _request_id.reset(token)


class RequestIdFilter(logging.Filter):
    """Puts the request id on every record."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id()
        return True


class JsonFormatter(logging.Formatter):
    """One line, one JSON object: time (UTC), level, logger, request_id, message, what `extra=` gave, exception."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, tz=UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "request_id": getattr(record, "request_id", request_id()),
            "message": record.getMessage(),
        }
        # Django's own lines bring the whole request along; its text repeats the query string, which may hold secrets.
        line |= {name: value for name, value in vars(record).items() if name not in _STANDARD and name != "request"}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)
