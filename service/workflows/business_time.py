"""Business time: arithmetic in the open hours of a line or a unit, right to the second (R-CAL-2, R-CAL-3).

The open spans of a range of days are computed once, as UTC seconds with prefix sums; every answer is then a
bisection. A change of clock in Europe/Paris needs no care afterwards: UTC has none.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate, pairwise
from typing import NamedTuple

from service.workflows import french, weekly_hours
from service.workflows.weekly_hours import (
    ONE_DAY,
    HoursRefused,
    Period,
    Slot,
    Span,
    Stage,
    midnight,
    seconds_of,
)

__all__ = [
    "ClosedDay",
    "HoursRefused",
    "LineState",
    "OpenHours",
    "OutsideKnownDays",
    "Period",
    "Slot",
    "Stage",
]

OFF_HOURS = "hors des heures d’ouverture"


class OutsideKnownDays(ValueError):
    """An instant, or an answer, outside the days whose hours are known."""


class ClosedDay(NamedTuple):
    """A day on which weekly hours were lost, wholly or in part, and why (French)."""

    day: date
    reason: str


@dataclass(frozen=True, slots=True)
class LineState:
    """Open or not at an instant. `until`: when that changes; None where the known days end first."""

    open: bool
    until: datetime | None
    next_opening: datetime | None
    reason: str


class OpenHours:
    """When something is open, between two days included.

    An exceptional opening wins over everything; a closure or a closed day wins over the weekly hours. `changes`:
    other weekly hours and closed days, each from its day on; what lies before that day stays as it was (R-CLK-7).
    Refuses (HoursRefused) hours that never open; every answer refuses (OutsideKnownDays) what lies outside the range.
    """

    def __init__(
        self,
        weekly: Iterable[Slot],
        first_day: date,
        last_day: date,
        *,
        closed_days: Mapping[date, str] | None = None,
        closures: Iterable[Period] = (),
        openings: Iterable[Period] = (),
        changes: Iterable[Stage] = (),
    ) -> None:
        self.first_day, self.last_day = first_day, last_day
        self._stages = _in_order(Stage(first_day, tuple(weekly), dict(closed_days or {})), changes)
        self._starts_on = [stage.starts_on for stage in self._stages]
        self._closures = tuple(sorted(closures, key=lambda closure: closure.start))
        self._from, self._to = seconds_of(midnight(first_day)), seconds_of(midnight(last_day + ONE_DAY))
        spans = weekly_hours.merged([*self._ordinary(), *self._exceptional(openings)])
        if not spans:
            raise HoursRefused("these hours never open")
        self._starts = [span.start for span in spans]
        self._ends = [span.end for span in spans]
        self._sums = [0, *accumulate(span.end - span.start for span in spans)]
        closing = {day: end for span in spans for day, end in weekly_hours.closings(span)}
        self._open_days, self._day_ends = list(closing), list(closing.values())

    def is_open(self, at: datetime) -> bool:
        """Whether it is open; the closing instant itself is closed."""
        moment = self._known(at)
        index = bisect_right(self._starts, moment) - 1
        return index >= 0 and moment < self._ends[index]

    def between(self, start: datetime, end: datetime) -> int:
        """Open seconds from `start` up to `end`. Refuses (ValueError) an end before its start."""
        first, last = self._forward(start, end)
        return self._open_before(last) - self._open_before(first)

    def add(self, start: datetime, seconds: int) -> datetime:
        """The first instant at which `seconds` open seconds have passed since `start`."""
        reached = self._open_before(self._known(start)) + _not_negative(seconds)
        if seconds == 0:
            return start.astimezone(UTC)
        index = bisect_left(self._sums, reached) - 1
        if index >= len(self._starts):
            raise OutsideKnownDays(f"{seconds} open seconds after {start} is later than {self.last_day}")
        return datetime.fromtimestamp(self._starts[index] + reached - self._sums[index], UTC)

    def subtract(self, end: datetime, seconds: int) -> datetime:
        """The last instant from which `seconds` open seconds pass until `end`."""
        reached = self._open_before(self._known(end)) - _not_negative(seconds)
        if seconds == 0:
            return end.astimezone(UTC)
        if reached < 0:
            raise OutsideKnownDays(f"{seconds} open seconds before {end} is earlier than {self.first_day}")
        index = bisect_right(self._sums, reached) - 1
        return datetime.fromtimestamp(self._starts[index] + reached - self._sums[index], UTC)

    def end_of_open_day(self, start: datetime, number: int) -> datetime:
        """Closing time of the open day `number` (from 1) after the day of `start` (R-CLK-3)."""
        if number < 1:
            raise ValueError(f"open day number {number} after the start")
        self._known(start)
        index = bisect_right(self._open_days, french.local_day(start)) + number - 1
        if index >= len(self._day_ends):
            raise OutsideKnownDays(f"open day {number} after {start} is later than {self.last_day}")
        return datetime.fromtimestamp(self._day_ends[index], UTC)

    def open_days_between(self, start: datetime, end: datetime) -> int:
        """Open days after the day of `start`, up to the day of `end` included: 0 on the same day."""
        self._forward(start, end)
        until = bisect_right(self._open_days, french.local_day(end))
        return until - bisect_right(self._open_days, french.local_day(start))

    def open_spans(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The open spans between two instants, in order, cut at both."""
        first, last = self._forward(start, end)
        for index in range(bisect_right(self._ends, first), bisect_left(self._starts, last)):
            opens, closes = max(first, self._starts[index]), min(last, self._ends[index])
            yield datetime.fromtimestamp(opens, UTC), datetime.fromtimestamp(closes, UTC)

    def state(self, at: datetime) -> LineState:
        """Open or closed at that instant, until when, and why when it is closed."""
        upcoming = bisect_right(self._starts, self._known(at))
        known = upcoming < len(self._starts)
        next_opening = datetime.fromtimestamp(self._starts[upcoming], UTC) if known else None
        if self.is_open(at):
            closing = datetime.fromtimestamp(self._ends[upcoming - 1], UTC)
            return LineState(open=True, until=closing, next_opening=next_opening, reason="")
        reason = self._reason_until(at, next_opening)
        return LineState(open=False, until=next_opening, next_opening=next_opening, reason=reason)

    def reason_closed(self, at: datetime) -> str:
        """Why it is closed at that instant, in French; empty when it is open."""
        if self.is_open(at):
            return ""
        moment = seconds_of(at)
        for closure in self._closures:
            if seconds_of(closure.start) <= moment < seconds_of(closure.end):
                return closure.reason
        return self.closed_day(french.local_day(at)) or OFF_HOURS

    def weekly_on(self, day: date) -> tuple[Slot, ...]:
        """The weekly slots in force on a day, in order."""
        return self._stage_on(day).weekly

    def closed_day(self, day: date) -> str:
        """Why the weekly hours do not open on that whole day – the holiday –, in French; empty where they do."""
        return self._stage_on(day).closed_days.get(day, "")

    def closed_days_between(self, start: datetime, end: datetime) -> tuple[ClosedDay, ...]:
        """The days that lost weekly hours between two instants, and why; not a holiday on a Sunday."""
        first, last = self._forward(start, end)
        first_day, last_day = french.local_day(start), french.local_day(end)
        days = (first_day + timedelta(days=n) for n in range((last_day - first_day).days + 1))
        lost = (ClosedDay(day, self._lost(day, first, last)) for day in days)
        return tuple(day for day in lost if day.reason)

    def describe(self, first: date | None = None, last: date | None = None) -> str:
        """The weekly hours in French: « du lundi au vendredi, 8 h 30 – 12 h 15 et 13 h 15 – 17 h 00 ».

        Those of the day `first`, with what changes up to `last`; without days, from the beginning to the end.
        """
        since, until = (self.first_day, self.last_day) if first is None else (first, last or first)
        later = [
            f"à partir du {french.long_date(stage.starts_on)} : {weekly_hours.in_words(stage.weekly)}"
            for stage in self._stages
            if since < stage.starts_on <= until
        ]
        return " ; ".join([weekly_hours.in_words(self.weekly_on(since)), *later])

    def _known(self, at: datetime) -> int:
        moment = seconds_of(at)
        if not self._from <= moment <= self._to:
            raise OutsideKnownDays(f"{at} is not between {self.first_day} and {self.last_day}")
        return moment

    def _forward(self, start: datetime, end: datetime) -> tuple[int, int]:
        first, last = self._known(start), self._known(end)
        if last < first:
            raise ValueError(f"from {start} to {end} goes backwards")
        return first, last

    def _open_before(self, moment: int) -> int:
        index = bisect_right(self._starts, moment) - 1
        if index < 0:
            return 0
        return self._sums[index] + min(moment, self._ends[index]) - self._starts[index]

    def _stage_on(self, day: date) -> Stage:
        return self._stages[max(bisect_right(self._starts_on, day) - 1, 0)]

    def _ordinary(self) -> list[Span]:
        number = (self.last_day - self.first_day).days + 1
        spans: list[Span] = []
        for day in (self.first_day + timedelta(days=n) for n in range(number)):
            stage = self._stage_on(day)
            if day not in stage.closed_days:
                spans += weekly_hours.spans_of_day(stage.weekly, day)
        for closure in self._closures:
            spans = list(weekly_hours.without(spans, seconds_of(closure.start), seconds_of(closure.end)))
        return spans

    def _exceptional(self, openings: Iterable[Period]) -> Iterator[Span]:
        for opening in openings:
            start, end = max(seconds_of(opening.start), self._from), min(seconds_of(opening.end), self._to)
            if start < end:
                yield Span(start, end)

    def _reason_until(self, at: datetime, next_opening: datetime | None) -> str:
        """The evening before the holidays, « hors des heures » alone would not explain the next opening."""
        reason = self.reason_closed(at)
        if reason != OFF_HOURS or next_opening is None:
            return reason
        lost = self.closed_days_between(at, next_opening)
        return f"{reason}, puis {lost[0].reason}" if lost else reason

    def _lost(self, day: date, first: int, last: int) -> str:
        """Why some weekly hours of that day, between two seconds, were not open; empty if all were."""
        for span in weekly_hours.spans_of_day(self.weekly_on(day), day):
            start, end = max(span.start, first), min(span.end, last)
            if start < end and self._open_before(end) - self._open_before(start) < end - start:
                return self.closed_day(day) or self._closure_over(start, end)
        return ""

    def _closure_over(self, start: int, end: int) -> str:
        over = (c for c in self._closures if seconds_of(c.start) < end and start < seconds_of(c.end))
        return next(over).reason


def _in_order(first: Stage, changes: Iterable[Stage]) -> tuple[Stage, ...]:
    """The stages with their slots in order; HoursRefused where slots overlap or two stages claim one day."""
    later = sorted(changes, key=lambda stage: stage.starts_on)
    stages = [stage._replace(weekly=tuple(sorted(stage.weekly))) for stage in (first, *later)]
    for stage in stages:
        weekly_hours.refuse_overlap(stage.weekly)
    for before, after in pairwise(stages):
        if after.starts_on <= before.starts_on:
            raise HoursRefused(f"hours from {before.starts_on}, and again from {after.starts_on}")
    return tuple(stages)


def _not_negative(seconds: int) -> int:
    if seconds < 0:
        raise ValueError(f"{seconds} open seconds")
    return seconds
