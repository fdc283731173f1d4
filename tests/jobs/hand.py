"""The hand of a driven clock, set by the test, in Paris time."""

from datetime import datetime
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")


class Hand:
    """What `clock.driven` asks; starts on the Tuesday of the worked example."""

    def __init__(self) -> None:
        self.instant = datetime(2026, 10, 27, 15, tzinfo=PARIS)

    def __call__(self) -> datetime:
        return self.instant

    def at(self, month: int, day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
        """Move to an instant of 2026, and tell it."""
        self.instant = datetime(2026, month, day, hour, minute, second, tzinfo=PARIS)
        return self.instant
