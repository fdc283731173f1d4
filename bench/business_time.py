"""How long one step of arithmetic in business time takes."""

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from statistics import median

from bench.histories import dice
from service.workflows.calendars import service_hours

_INSTANTS, _ROUNDS = 2000, 5
_FROM, _DAYS = datetime(2025, 1, 1, tzinfo=UTC), 900
_LONGEST = 60 * 3600


def measured() -> dict[str, float]:
    """Microseconds of one operation, by its name: the median of some rounds over instants drawn by chance."""
    hours, rng = service_hours(), dice("business time")
    drawn = [
        (_FROM + timedelta(seconds=rng.randrange(_DAYS * 86_400)), rng.randrange(_LONGEST))
        for _ in range(_INSTANTS)
    ]
    pairs = [(at, at + timedelta(seconds=3 * seconds)) for at, seconds in drawn]
    return {
        "add": _each(hours.add, drawn),
        "subtract": _each(hours.subtract, drawn),
        "between": _each(hours.between, pairs),
        "end_of_open_day": _each(hours.end_of_open_day, [(at, 1 + seconds % 10) for at, seconds in drawn]),
    }


def _each(operation: Callable[..., object], arguments: Sequence[tuple[datetime, object]]) -> float:
    rounds = []
    for _ in range(_ROUNDS):
        start = time.perf_counter()
        for given in arguments:
            operation(*given)
        rounds.append((time.perf_counter() - start) / len(arguments))
    return 1e6 * median(rounds)
