"""Which reminder is due. Pure."""

from __future__ import annotations

REMIND_DAYS = (30, 7, 1)


def window_crossed(days_left: int) -> str | None:
    """The tightest window already crossed: ``"30"``, ``"7"``, ``"1"`` days before, ``"late"`` after; None: too early.

    The day itself still counts as one day before: the date is inclusive.
    """
    if days_left < 0:
        return "late"
    crossed = [days for days in REMIND_DAYS if days_left <= days]
    return str(min(crossed)) if crossed else None
