"""The house's own jobs through simulated days: each reminder once and in time, whatever happens to their processes.

Processes are killed and frozen in the middle of a job, the clock is set back and leaps ahead, people act meanwhile.
What is to be told is calculated apart, by one scheduler that nothing disturbs. Nothing sleeps: the clock is moved from
one due instant to the next. `make nightly` plays a month with eight processes.
"""

import signal
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import Row

from service import migrate, sealing
from tests import settings
from tests.jobs.crew import Crew
from tests.jobs.days import (
    ONE_HOUR,
    Days,
    Key,
    Play,
    Stages,
    Told,
    draw,
    plainly,
    table,
    told,
    wanted_by_two,
)
from tests.jobs.runner import HOUSE
from tests.jobs.yard import until
from tests.scale import NIGHTLY, count

SEED = 1
PROCESSES = count(3, 8)
NUMBER = count(2, 30)
FIRST = date(2026, 10, 19) if NIGHTLY else date(2026, 11, 9)
"""The nightly month has the hour that comes twice, and 11 November."""

TROUBLE = 0.12
"""The share of the due instants at which something happens to a process or to the clock."""
FREEZES_FOR = (3, 12)
"""So many instants later it comes back."""
SLOT = timedelta(minutes=10)
_NEXT = {"soon": "late", "first": "second"}
IN_VAIN = frozenset({"job.lease_lost", "job.failed", "job.not_judged", "job.given_up"})
Simulate = Callable[..., "Simulation"]


class Simulation:
    """The days as processes of `crew` live through them."""

    def __init__(self, days: Days, url: str, folder: Path, build: str = "whole") -> None:
        self.play, self.rng = Play(days, url), Random(f"trouble {SEED}")
        self.crew = Crew(url, folder, build, "house")
        self.late: dict[datetime, datetime] = {}
        """From when on slots had to wait, and until when."""
        self.counted = dict.fromkeys(("killed", "frozen", "set back", "leapt"), 0)
        self._gone: set[int] = set()
        self._blamed: set[int] = set()
        self._frozen: tuple[int, int] | None = None
        self._leaps = list(days.leaps)

    def run(self, end: datetime, *, crowded: bool = False) -> Told:
        """Live from the first midnight up to `end`. `crowded`: all come to the first slot, if nothing hinders."""
        with self.play.opened():
            self.crew.yard.set_clock(self.play.now)
            self.crew.join(PROCESSES)
            if crowded:
                self._crowd(self.play.next_instant())
            step = 0
            while (instant := self.play.next_instant()) < end:
                step += 1
                self._step(step, instant)
            self._resume()
            self.crew.end()
            return told(self.play)

    def _crowd(self, instant: datetime) -> None:
        self.crew.yard.close("before")
        self._move(instant)
        until(lambda: len(self.crew.yard.at("before")) == PROCESSES, "all processes at the first slot")
        self.crew.yard.open("before")
        self._settle()

    def _step(self, step: int, instant: datetime) -> None:
        if self._frozen and self._frozen[1] <= step:
            self._resume()
        if self._leaps and self._leaps[0].at <= self.play.now:
            leap = self._leaps.pop(0)
            self.late[self.play.now] = instant = self.play.now + leap.by
            self._happened("leapt")
            self._move(instant)
        elif self.rng.random() >= TROUBLE:
            self._move(instant)
        else:
            self.rng.choice((self._kill, self._kill, self._freeze, self._set_back))(step, instant)
        self._settle()

    def _move(self, instant: datetime) -> None:
        self.play.now = instant
        self.play.act()
        self.crew.yard.set_clock(instant)

    def _settle(self) -> None:
        """Wait until all that is due is done, but for what the dead hold."""
        until(
            lambda: not any(self._is_due(row) and not self._is_held(row) for row in table()),
            "the slots done",
            every=0.02,
        )

    def _is_due(self, row: Row[Any]) -> bool:
        return row.next_slot <= self.play.now

    def _is_held(self, row: Row[Any]) -> bool:
        waits = row.leased_until is not None and row.leased_until >= self.play.now
        return waits and (row.leased_by is None or _pid(row) in self._gone)

    # ------------------------------------------------------------ trouble
    def _kill(self, _step: int, instant: datetime) -> None:
        """kill -9 before the job's effect, or after it while nothing is committed; somebody new is hired."""
        victim = self._struck(self.rng.choice(("before", "after")), instant, signal.SIGKILL)
        if victim is not None:
            self.crew.join()
            self._happened("killed")

    def _freeze(self, step: int, instant: datetime) -> None:
        """Where it holds the slot and no transaction: on SQLite it would hold the only write lock."""
        if self._frozen is not None:
            self._move(instant)
            return
        victim = self._struck("before", instant, signal.SIGSTOP)
        if victim is not None:
            self._frozen = victim, step + self.rng.randint(*FREEZES_FOR)
            self._happened("frozen")

    def _struck(self, gate: str, instant: datetime, blow: signal.Signals) -> int | None:
        """Whom the blow hit at the gate, if anything is due there."""
        if not any(row.next_slot <= instant and not self._is_held(row) for row in table()):
            self._move(instant)
            return None
        self.crew.yard.close(gate)
        self._move(instant)
        victim = self.crew.waits_at(gate)
        self.crew.signal(victim, blow)
        self._gone.add(victim)
        self._blamed.add(victim)
        self.crew.yard.open(gate)
        leases = [row.leased_until for row in table() if row.leased_until is not None and _pid(row) == victim]
        self.late[instant] = max(leases, default=instant) + timedelta(seconds=1)
        return victim

    def _resume(self) -> None:
        if self._frozen is not None:
            pid, self._frozen = self._frozen[0], None
            self._gone.discard(pid)
            self.crew.signal(pid, signal.SIGCONT)
            self.crew.turned(pid, times=1)

    def _set_back(self, _step: int, _instant: datetime) -> None:
        self._move(self.play.now - ONE_HOUR)
        self._happened("set back")

    def _happened(self, what: str) -> None:
        self.counted[what] += 1

    # ------------------------------------------------------------ verdict
    def faults(self, expected: Told, found: Told, end: datetime) -> list[str]:
        """What is wrong: too much, too little, too early, too late, at night, twice, or worked on in vain."""
        wrong = [
            *found.wrong,
            *self._compared(expected, expected.reminders, found.reminders, end),
            *self._compared(expected, expected.moves, found.moves, end),
        ]
        for job in HOUSE:
            effects = [at for at, _ in self.crew.effects(job.name)]
            wrong += [
                f"{job.name} at {at}: {effects.count(at)} effects"
                for at in {*effects}
                if effects.count(at) > 1
            ]
        for pid in self.crew.pids:
            if pid not in self._blamed:
                wrong += [f"in vain: {event}" for event in self.crew.yard.events(pid) if event in IN_VAIN]
        return wrong

    def _compared(self, plain: Told, expected: Stages, found: Stages, end: datetime) -> Iterator[str]:
        locked = wanted_by_two(plain)
        for key, (at, _) in found.items():
            if key not in expected:
                yield f"never to be: {key} at {at}"
        for key, (at, to) in expected.items():
            latest = self._latest(self._next_slot(at) if (key.case, at) in locked else at)
            if latest >= end or (key not in found and self._overtaken(key, latest, expected)):
                continue
            if key not in found:
                yield f"missed: {key} at {at}"
            elif not plain.look_before(at) < found[key][0] <= latest:
                # Who takes over the slot of a dead process looks between two looks of the undisturbed scheduler.
                yield f"{key} at {found[key][0]}, not {at} … {latest}"
            elif found[key][1] != to:
                yield f"{key} to {found[key][1]}, not {to}"

    def _latest(self, at: datetime) -> datetime:
        """The latest instant for what is told at `at` when nothing is late."""
        for start, over in sorted(self.late.items()):
            if start <= at <= over:
                at = self._next_slot(over) if over - start >= ONE_HOUR else over
        return at

    def _next_slot(self, at: datetime) -> datetime:
        """Ten minutes later, or when everybody has opened again."""
        return max(hours.add(at + SLOT, 1) for hours in self.play.hours) + SLOT

    def _overtaken(self, key: Key, latest: datetime, expected: Stages) -> bool:
        """Whether the clock leapt over its stage into the next one."""
        following = expected.get(key._replace(stage=_NEXT.get(key.stage, "")))
        return following is not None and following[0] <= latest


def _pid(row: Row[Any]) -> int:
    return int((row.leased_by or ":0").rpartition(":")[2])


@pytest.fixture(scope="module")
def days() -> Days:
    return draw(SEED, FIRST, NUMBER, far=NIGHTLY)


@pytest.fixture(scope="module")
def expected(days: Days, tmp_path_factory: pytest.TempPathFactory) -> Told:
    """The plain calculation, on a database of its own."""
    config = settings.config()
    sealing.configure(sealing.KeyRing(config.encryption_keys, config.blind_index_key))
    url = f"sqlite:///{tmp_path_factory.mktemp('plain') / 'plain.sqlite3'}"
    migrate.upgrade(url)
    calculated = plainly(days, url)
    assert calculated.wrong == ()
    return calculated


@pytest.fixture
def simulate(days: Days, database_url: str, key_ring: sealing.KeyRing, tmp_path: Path) -> Iterator[Simulate]:
    """`simulate(build)` gives the days before their first midnight; all processes are gone at the end."""
    made: list[Simulation] = []

    def make(build: str = "whole") -> Simulation:
        made.append(Simulation(days, database_url, tmp_path / "yard", build))
        return made[-1]

    yield make
    for simulation in made:
        simulation.crew.sweep()


def test_r_clk_4_each_reminder_is_told_once_and_in_time_whatever_happens(
    simulate: Simulate, days: Days, expected: Told
) -> None:
    simulation = simulate()
    found = simulation.run(days.end)
    assert simulation.faults(expected, found, days.end) == []
    assert all(simulation.counted.values()), simulation.counted
    stages = {(key.clock, key.stage) for key in expected.reminders}
    assert {"soon", "late", "first", "second"} == {stage for _, stage in stages}
    assert {key.stage for key in expected.moves} == {"auto_close", "return_silent"}


def test_one_slot_late_is_too_late(simulate: Simulate, days: Days, expected: Told) -> None:
    """Nothing is granted but to the cases that two jobs want at the same instant."""
    faults = _faults_when_told(lambda at: at + SLOT, simulate, days, expected)
    in_time = {key for key, (at, _) in expected.reminders.items() if at < days.end}
    granted = {key for key in in_time if (key.case, expected.reminders[key][0]) in wanted_by_two(expected)}
    assert len(faults) == len(in_time - granted)
    assert len(granted) * 10 < len(in_time)


def test_one_look_before_is_too_early(simulate: Simulate, days: Days, expected: Told) -> None:
    faults = _faults_when_told(expected.look_before, simulate, days, expected)
    assert len(faults) == sum(at < days.end for at, _ in expected.reminders.values())


def _faults_when_told(
    instant: Callable[[datetime], datetime], simulate: Simulate, days: Days, expected: Told
) -> list[str]:
    simulation = simulate()
    simulation.crew.yard.set_clock(days.begin)
    moved = {key: (instant(at), to) for key, (at, to) in expected.reminders.items()}
    return simulation.faults(expected, Told(moved, expected.moves, ()), days.end)


@pytest.mark.parametrize(
    ("build", "fault"), [("without_lease", "in vain: job.lease_lost"), ("without_guards", "effects")]
)
def test_a_build_that_lacks_its_guards_is_found_out(
    simulate: Simulate, days: Days, expected: Told, build: str, fault: str
) -> None:
    simulation, morning = simulate(build), days.begin + timedelta(hours=10)
    faults = simulation.faults(expected, simulation.run(morning, crowded=True), morning)
    assert any(fault in one for one in faults), faults
