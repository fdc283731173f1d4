"""The clock of the pages' tests: a Thursday morning when the direct line is open, until a test moves it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from zoneinfo import ZoneInfo

from service import clock

PARIS = ZoneInfo("Europe/Paris")


class Hour:
    """The present instant of the process, as the test wants it."""

    def __init__(self, instant: datetime) -> None:
        self.instant = instant

    def is_now(self, day: int, hour: int, minute: int = 0, *, month: int = 11) -> None:
        """Move to that hour of Paris in autumn 2026."""
        self.instant = datetime(2026, month, day, hour, minute, tzinfo=PARIS)


@contextmanager
def driven_hour() -> Iterator[Hour]:
    """Thursday 19 November 2026 at 10:00, moved by the test."""
    hour = Hour(datetime(2026, 11, 19, 10, 0, tzinfo=PARIS))
    with clock.driven(lambda: hour.instant):
        yield hour
