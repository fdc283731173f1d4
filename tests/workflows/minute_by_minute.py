"""A second, naive calculator of business time, for tests only: it asks each minute in turn whether it is open.

Every minute of the range is looked at once, in the plainest words – what does the clock on a wall in Paris show, which
slots does that weekday have – and kept as one byte in a map; the answers count bytes. It shares no arithmetic with
`service.workflows.business_time`. Times are whole minutes.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

from service.workflows.business_time import Period, Stage

PARIS = ZoneInfo("Europe/Paris")
MINUTE = timedelta(minutes=1)
_CHUNK = 1024


class MinuteByMinute:
    """Open or not, minute by minute, between two days included. `stages`: weekly hours and closed days in order."""

    def __init__(
        self,
        stages: Sequence[Stage],
        first_day: date,
        last_day: date,
        closures: Sequence[Period] = (),
        openings: Sequence[Period] = (),
    ) -> None:
        self.start = datetime.combine(first_day, time(0), PARIS).astimezone(UTC)
        end = datetime.combine(last_day + timedelta(days=1), time(0), PARIS).astimezone(UTC)
        self.minutes = int((end - self.start) / MINUTE)
        self.map = bytearray(self.minutes)
        self.days: list[date] = []  # the day of each minute's index, one entry a day
        self._day_starts: list[int] = []
        self._look(stages)
        for kind, periods in ((0, closures), (1, openings)):
            for period in periods:
                for minute in range(max(self.at(period.start), 0), min(self.at(period.end), self.minutes)):
                    self.map[minute] = kind
        # How many open minutes lie before each chunk of the map: counting needs not begin in 2020 each time.
        counts = (self.map.count(1, at, at + _CHUNK) for at in range(0, self.minutes, _CHUNK))
        self._before = [0, *accumulate(counts)]

    def at(self, instant: datetime) -> int:
        """The number of the minute of an instant."""
        return int((instant.astimezone(UTC) - self.start) / MINUTE)

    def instant(self, minute: int) -> datetime:
        """The instant at which a minute begins."""
        return self.start + minute * MINUTE

    def is_open(self, instant: datetime) -> bool:
        return bool(self.map[self.at(instant)])

    def between(self, start: datetime, end: datetime) -> int:
        """Open seconds."""
        return 60 * (self._count(self.at(end)) - self._count(self.at(start)))

    def add(self, start: datetime, minutes: int) -> datetime | None:
        """When that many open minutes have passed; None beyond the range."""
        at, left = self.at(start), minutes
        while left:
            at = self.map.find(1, at)
            if at < 0:
                return None
            run = self._end_of_run(at)
            taken = min(left, run - at)
            at, left = at + taken, left - taken
        return self.instant(at)

    def subtract(self, end: datetime, minutes: int) -> datetime | None:
        """From when that many open minutes pass until the end; None before the range."""
        at, left = self.at(end), minutes
        while left:
            last = self.map.rfind(1, 0, at)
            if last < 0:
                return None
            begin = self.map.rfind(0, 0, last) + 1
            taken = min(left, last + 1 - begin)
            at, left = last + 1 - taken, left - taken
        return self.instant(at)

    def end_of_open_day(self, start: datetime, number: int) -> datetime | None:
        """When the last open minute of the `number`-th open day after the day of the start ends; None beyond."""
        today = start.astimezone(PARIS).date()
        index = (today - self.days[0]).days
        while number:
            index += 1
            if index >= len(self.days):
                return None
            begin, end = self._bounds(index)
            last = self.map.rfind(1, begin, end)
            number -= last >= 0
        return self.instant(last + 1)

    def _look(self, stages: Sequence[Stage]) -> None:
        day, slots = date.min, []
        for minute in range(self.minutes):
            wall = self.instant(minute).astimezone(PARIS)
            if wall.date() != day:
                day = wall.date()
                self.days.append(day)
                self._day_starts.append(minute)
                stage = [one for one in stages if one.starts_on <= day][-1]
                closed: Mapping[date, str] = stage.closed_days
                slots = [slot for slot in stage.weekly if slot.weekday == day.weekday() and day not in closed]
            shown = wall.time()
            for slot in slots:
                if slot.opens <= shown < slot.closes:
                    self.map[minute] = 1

    def _bounds(self, index: int) -> tuple[int, int]:
        last = index + 1 == len(self.days)
        return self._day_starts[index], self.minutes if last else self._day_starts[index + 1]

    def _end_of_run(self, minute: int) -> int:
        found = self.map.find(0, minute)
        return self.minutes if found < 0 else found

    def _count(self, minute: int) -> int:
        chunk = minute // _CHUNK
        return self._before[chunk] + self.map.count(1, chunk * _CHUNK, minute)
