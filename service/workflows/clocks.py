"""The clocks of a ticket, rebuilt from its journal alone (R-CLK-1, R-CLK-2, R-CLK-5).

Steps come in the order of the journal; the time that counts is the one at which they happened (R-CLK-8).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple


class JournalRefused(ValueError):
    """A journal that no ticket can have: a clock started twice, time going back, nobody owing the step."""


class Step(NamedTuple):
    """What one journal entry says of time. `owing_unit`: who owes the next step from then on."""

    happened_at: datetime
    label: str
    owing_unit: str | None
    starts: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()
    pauses: tuple[str, ...] = ()
    resumes: tuple[str, ...] = ()


class Stretch(NamedTuple):
    """From an instant up to another (None: still so), one unit owed the next step."""

    start: datetime
    end: datetime | None
    unit: str


class ClockRun(NamedTuple):
    """One run of a clock, from 1: `owed` by the answering side, `waits` for the asking side, in order.

    `first_unit` owed the step when it started; the stretches follow each other without a gap.
    """

    name: str
    run: int
    first_unit: str
    started_at: datetime
    stopped_at: datetime | None
    owed: tuple[Stretch, ...]
    waits: tuple[Stretch, ...]

    @property
    def running(self) -> bool:
        """Whether it has not been stopped; it may be paused."""
        return self.stopped_at is None

    @property
    def paused(self) -> bool:
        """Whether it waits for the asking side now."""
        return bool(self.waits) and self.waits[-1].end is None


def replay(steps: Iterable[Step]) -> tuple[ClockRun, ...]:
    """Every run of every clock, in the order of their starts; a second run leaves the first one as it was."""
    dials: list[_Dial] = []
    running: dict[str, _Dial] = {}
    for step in _in_order(steps):
        for name in step.stops:
            if name in running:
                running.pop(name).stop(step.happened_at)
        for name in step.starts:
            if name in running:
                raise JournalRefused(f"« {step.label} » starts the clock {name}, which already runs")
            number = 1 + sum(dial.name == name for dial in dials)
            running[name] = _Dial(name, number, _owing(step), step.happened_at)
            dials.append(running[name])
        for name, dial in running.items():
            dial.turn(step, paused=(dial.paused or name in step.pauses) and name not in step.resumes)
    return tuple(dial.finished() for dial in dials)


def owed_stretches(steps: Iterable[Step]) -> Iterator[Stretch]:
    """Who owed the next step while at least one clock ran, in order; where no clock runs there is a gap."""
    running: set[str] = set()
    ordered = list(_in_order(steps))
    ends = [*(step.happened_at for step in ordered[1:]), None]
    for step, end in zip(ordered, ends, strict=True) if ordered else ():
        running = (running - set(step.stops)) | set(step.starts)
        if running and step.happened_at != end:
            yield Stretch(step.happened_at, end, _owing(step))


@dataclass(slots=True)
class _Dial:
    """A clock while the journal is being read."""

    name: str
    number: int
    unit: str
    started_at: datetime
    paused: bool = False
    first_unit: str = ""
    since: datetime | None = None
    stopped_at: datetime | None = None
    owed: list[Stretch] = field(default_factory=list)
    waits: list[Stretch] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.first_unit, self.since = self.unit, self.started_at

    def turn(self, step: Step, *, paused: bool) -> None:
        """Begin another stretch if the unit, or the side that is waited for, changes at this step."""
        unit = _owing(step)
        if (unit, paused) != (self.unit, self.paused):
            self._close(step.happened_at)
            self.unit, self.paused, self.since = unit, paused, step.happened_at

    def stop(self, at: datetime) -> None:
        """Stop for good."""
        self._close(at)
        self.stopped_at, self.since = at, None

    def finished(self) -> ClockRun:
        """What the whole journal says of it."""
        self._close(None)
        owed, waits = tuple(self.owed), tuple(self.waits)
        return ClockRun(
            self.name, self.number, self.first_unit, self.started_at, self.stopped_at, owed, waits
        )

    def _close(self, end: datetime | None) -> None:
        if self.since is not None and self.since != end:
            (self.waits if self.paused else self.owed).append(Stretch(self.since, end, self.unit))


def _owing(step: Step) -> str:
    if step.owing_unit is None:
        raise JournalRefused(f"after « {step.label} » a clock runs and nobody owes the next step")
    return step.owing_unit


def _in_order(steps: Iterable[Step]) -> Iterator[Step]:
    last: datetime | None = None
    for step in steps:
        if step.happened_at.tzinfo is None:
            raise JournalRefused(f"« {step.label} » happened at {step.happened_at}, without a time zone")
        if last is not None and step.happened_at < last:
            raise JournalRefused(f"« {step.label} » happened before the step that precedes it")
        last = step.happened_at
        yield step
