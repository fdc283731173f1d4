"""Durations, targets and the ledger of a ticket, from its clocks and the units' hours (R-CLK-1, -2, -3, -5).

`hours_of` gives the open hours of a unit by its id. `until` is the instant up to which to count a clock
that runs; it may be left out for one that has stopped. `explanation.py` tells the same in French.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

from service.workflows import french
from service.workflows.business_time import OpenHours
from service.workflows.clocks import ClockRun, JournalRefused, Step, Stretch, owed_stretches, replay

__all__ = [
    "ClockRun",
    "HoursOf",
    "JournalRefused",
    "Ledger",
    "LedgerSegment",
    "Move",
    "Step",
    "Stretch",
    "Target",
    "business_seconds",
    "elapsed_seconds",
    "ledger",
    "moves",
    "replay",
    "target_at",
    "waited_seconds",
    "within_target",
]

HoursOf = Callable[[str], OpenHours]


@dataclass(frozen=True, slots=True)
class Target:
    """`amount` business hours at most, or the end of the open day `amount` after the start (R-CLK-3)."""

    amount: int
    unit: Literal["hours", "days"]

    def __post_init__(self) -> None:
        if self.amount < 1 or self.unit not in ("hours", "days"):
            raise ValueError(f"a target of {self.amount} {self.unit}")

    def __str__(self) -> str:
        if self.unit == "hours":
            return french.counted(self.amount, "heure ouvrée", "heures ouvrées")
        return french.counted(self.amount, "jour ouvré", "jours ouvrés")


class LedgerSegment(NamedTuple):
    """A piece of the ledger bar: `unit` owed the step and was open; None: it was closed."""

    unit: str | None
    start: datetime
    end: datetime
    seconds: int


@dataclass(frozen=True, slots=True)
class Ledger:
    """Every second of a ticket with a running clock, in one line each (R-CLK-5)."""

    lines: Mapping[str, int]
    closed: int
    segments: tuple[LedgerSegment, ...]

    @property
    def elapsed(self) -> int:
        """Seconds during which a clock ran: the sum of the lines."""
        return sum(self.lines.values()) + self.closed


class Move(NamedTuple):
    """A wait that moved a deadline: the open seconds the answering unit lost, and the deadline then."""

    wait: Stretch
    answering_unit: str
    seconds: int
    due: datetime


def elapsed_seconds(run: ClockRun, until: datetime | None = None) -> int:
    """Elapsed time from the start, waits included."""
    return max(0, _seconds(run.started_at, _end(run, until)))


def business_seconds(run: ClockRun, hours_of: HoursOf, until: datetime | None = None) -> int:
    """Open time of the units that owed the step, each in its own hours; waits excluded (R-CLK-2)."""
    return sum(hours_of(unit).between(start, end) for start, end, unit in _up_to(run.owed, _end(run, until)))


def waited_seconds(run: ClockRun, hours_of: HoursOf, until: datetime | None = None) -> dict[str, int]:
    """Open time during which each unit of the asking side was waited for, in its own hours (R-CLK-2)."""
    waited: dict[str, int] = defaultdict(int)
    for start, end, unit in _up_to(run.waits, _end(run, until)):
        waited[unit] += hours_of(unit).between(start, end)
    return dict(waited)


def target_at(run: ClockRun, target: Target, hours_of: HoursOf, until: datetime | None = None) -> datetime:
    """The instant at which the target is reached (R-CLK-3); a wait that still lasts counts up to `until`.

    Days: the end of the n-th open day in the hours of the unit that owed the first step; each wait moves it.
    Hours: when that many hours have been open, supposing that the last unit to owe the step goes on owing it.
    """
    if target.unit == "hours":
        return _hours_reached(run, target.amount * 3600, hours_of, until)
    first = hours_of(run.first_unit).end_of_open_day(run.started_at, target.amount)
    return next((move.due for move in reversed(moves(run, first, hours_of, until))), first)


def moves(run: ClockRun, due: datetime, hours_of: HoursOf, until: datetime | None = None) -> tuple[Move, ...]:
    """How each wait in turn moves a deadline on: by the open time it took from the answering unit."""
    found = []
    for wait in run.waits:
        unit = _answering_unit(run, wait)
        lost = hours_of(unit).between(wait.start, _wait_end(wait, until))
        due = hours_of(unit).add(due, lost)
        found.append(Move(wait, unit, lost, due))
    return tuple(found)


def within_target(run: ClockRun, target: Target, hours_of: HoursOf, until: datetime | None = None) -> bool:
    """Days: stopped (or now, `until`) by that instant at the latest. Hours: no more than that sum."""
    if target.unit == "hours":
        return business_seconds(run, hours_of, until) <= target.amount * 3600
    return _end(run, until) <= target_at(run, target, hours_of, until)


def ledger(steps: Iterable[Step], hours_of: HoursOf, until: datetime) -> Ledger:
    """Whose time it was, to the second, up to `until`; time without a running clock is not counted."""
    lines: dict[str, int] = defaultdict(int)
    closed, segments = 0, list[LedgerSegment]()
    for stretch in _up_to(owed_stretches(steps), until):
        lines[stretch.unit] += 0
        for unit, start, end in _open_and_closed(stretch, hours_of(stretch.unit)):
            seconds = _seconds(start, end)
            if unit is None:
                closed += seconds
            else:
                lines[unit] += seconds
            _append(segments, LedgerSegment(unit, start, end, seconds))
    return Ledger(dict(lines), closed, tuple(segments))


class _Past(NamedTuple):
    """A stretch that has an end, or is cut at one."""

    start: datetime
    end: datetime
    unit: str


def _end(run: ClockRun, until: datetime | None) -> datetime:
    ends = [end for end in (run.stopped_at, until) if end is not None]
    if not ends:
        raise ValueError(f"the clock {run.name} runs: up to which instant?")
    return min(ends)


def _up_to(stretches: Iterable[Stretch], until: datetime) -> Iterator[_Past]:
    for start, end, unit in stretches:
        last = until if end is None else min(end, until)
        if start < last:
            yield _Past(start, last, unit)


def _seconds(start: datetime, end: datetime) -> int:
    return int(end.timestamp()) - int(start.timestamp())


def _answering_unit(run: ClockRun, wait: Stretch) -> str:
    before = [stretch.unit for stretch in run.owed if stretch.start < wait.start]
    return before[-1] if before else run.first_unit


def _wait_end(wait: Stretch, until: datetime | None) -> datetime:
    return wait.end or max(wait.start, until or wait.start)


def _hours_reached(run: ClockRun, seconds: int, hours_of: HoursOf, until: datetime | None) -> datetime:
    left, at, unit = seconds, run.started_at, run.first_unit
    for stretch in sorted([*run.owed, *run.waits], key=lambda stretch: stretch.start):
        if stretch in run.waits:
            at = _wait_end(stretch, until)
            continue
        at, unit = stretch.start, stretch.unit
        if stretch.end is None:
            break
        spent = hours_of(unit).between(at, stretch.end)
        if spent >= left:
            break
        left, at = left - spent, stretch.end
    return hours_of(unit).add(at, left)


def _open_and_closed(stretch: _Past, hours: OpenHours) -> Iterator[tuple[str | None, datetime, datetime]]:
    reached = stretch.start
    for opens, closes in hours.open_spans(stretch.start, stretch.end):
        if reached < opens:
            yield None, reached, opens
        yield stretch.unit, opens, closes
        reached = closes
    if reached < stretch.end:
        yield None, reached, stretch.end


def _append(segments: list[LedgerSegment], segment: LedgerSegment) -> None:
    last = segments[-1] if segments else None
    if last is not None and (last.unit, last.end) == (segment.unit, segment.start):
        seconds = last.seconds + segment.seconds
        segments[-1] = LedgerSegment(last.unit, last.start, segment.end, seconds)
    else:
        segments.append(segment)
