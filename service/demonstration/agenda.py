"""Time in the demonstration: a clock that is driven, opening hours, and stories that wait for their next moment."""

import heapq
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import count
from math import log
from random import Random

from service.workflows import calendars, french
from service.workflows.business_time import OpenHours
from service.workflows.french import PARIS

Story = Iterator[datetime]
"""Something that happens in several moments: it yields the instant of the next one, and acts when resumed."""


class Ticker:
    """The demonstration's present instant, for `clock.driven`."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        """The present instant."""
        return self.at


class Agenda:
    """Stories in the order of their next moments; two at the same instant keep the order of their arrival."""

    def __init__(self, ticker: Ticker) -> None:
        self._ticker = ticker
        self._waiting: list[tuple[datetime, int, Story]] = []
        self._turn = count()

    def add(self, story: Story) -> None:
        """Let a story begin: it does nothing before its first moment."""
        self._go_on(story)

    def play(self, until: datetime) -> None:
        """Let everything happen up to that instant, included."""
        while self._waiting and self._waiting[0][0] <= until:
            at, _, story = heapq.heappop(self._waiting)
            self._ticker.at = max(at, self._ticker.at)
            self._go_on(story)

    def next_day(self) -> date | None:
        """The Paris day of the next moment, if any story waits."""
        return french.local_day(self._waiting[0][0]) if self._waiting else None

    def _go_on(self, story: Story) -> None:
        at = next(story, None)
        if at is not None:
            heapq.heappush(self._waiting, (at, next(self._turn), story))


def office() -> OpenHours:
    """When the services of both institutions work."""
    return calendars.service_hours()


def line() -> OpenHours:
    """When the direct line is open."""
    return calendars.direct_line_hours()


def later(rng: Random, at: datetime, hours: float, spread: float = 0.8) -> datetime:
    """Some open hours after `at`: around `hours` (the median), rarely much more. At least a minute."""
    seconds = int(3600 * rng.lognormvariate(log(hours), spread))
    return office().add(at, max(seconds, 60))


def minutes(rng: Random, least: int, most: int) -> timedelta:
    """A few minutes, with odd seconds."""
    return timedelta(seconds=rng.randint(least * 60, most * 60))


def end_of(day: date) -> datetime:
    """The last second of a day in Paris."""
    return datetime.combine(day, time(23, 59, 59), PARIS)
