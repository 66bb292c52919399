"""When a mail that could not be sent is tried again. Pure."""

from __future__ import annotations

import datetime as dt

WAITS = (
    dt.timedelta(minutes=1),
    dt.timedelta(minutes=5),
    dt.timedelta(minutes=30),
    dt.timedelta(hours=2),
    dt.timedelta(hours=12),
)
"""After the first, second … failed try; after the last of them there is one more try, and then none."""

STUCK_AFTER = dt.timedelta(minutes=15)
"""A claim older than this belongs to a dead worker. A living one needs a few socket timeouts (20 s each) at most."""


def next_try(attempts: int, at: dt.datetime) -> dt.datetime | None:
    """When to try again after `attempts` failed tries, the last at `at`; None: give up."""
    return at + WAITS[attempts - 1] if attempts <= len(WAITS) else None
