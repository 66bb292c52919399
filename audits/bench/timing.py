"""Timing two things against each other. Pure."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pair:
    """What is compared. `units` is how many rows (or pages) one call of either handles, for a rate; 0: no rate."""

    name: str
    ours: Callable[[], object]
    floor: Callable[[], object]
    repeats: int
    units: int = 0
    note: str = ""


def measured(pair: Pair) -> dict[str, object]:
    """Medians in milliseconds and their ratio. Both run once unmeasured, then in turns, so that both meet the same
    machine; the medians forget a single disturbance."""
    pair.floor()
    pair.ours()
    floors, ours = [], []
    for _turn in range(pair.repeats):
        floors.append(_seconds(pair.floor))
        ours.append(_seconds(pair.ours))
    floor, own = statistics.median(floors), statistics.median(ours)
    line: dict[str, object] = {
        "name": pair.name,
        "ours_ms": round(own * 1000, 2),
        "floor_ms": round(floor * 1000, 2),
        "ratio": round(own / floor, 2),
        "repeats": pair.repeats,
    }
    if pair.units:
        line |= {"ours_per_s": round(pair.units / own), "floor_per_s": round(pair.units / floor)}
    return line | ({"note": pair.note} if pair.note else {})


def _seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start
