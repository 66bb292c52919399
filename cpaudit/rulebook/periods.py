"""Periods in months and years: the starting day is not counted, the corresponding calendar day is the last (inclusive).

Source: Civil Code Arts. 201-203. Where the corresponding day does not exist, the month's last day. Never 365 x n days.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Collection


def add_months(start: dt.date, months: int) -> dt.date:
    """The last day that still counts of a period of `months` from `start`."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    month += 1
    return dt.date(year, month, min(start.day, calendar.monthrange(year, month)[1]))


def add_years(start: dt.date, years: int) -> dt.date:
    """The last day that still counts of a period of `years` from `start`."""
    return add_months(start, 12 * years)


def next_working_day(day: dt.date, holidays: Collection[str] = ()) -> dt.date:
    """`day`, or the first day after it that is neither on a weekend nor one of `holidays` (``MM-DD``, every year).

    Civil Code Art. 203: a period that ends on a holiday ends on the day after it. For filing deadlines only, never for
    how long a registration is valid.
    """
    while day.isoweekday() > 5 or f"{day:%m-%d}" in holidays:
        day += dt.timedelta(days=1)
    return day


def days_left(due_on: dt.date, on: dt.date) -> int:
    """Days from `on` until `due_on`; negative once it has passed."""
    return (due_on - on).days
