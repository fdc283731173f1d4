"""Exactly one effect per slot, whatever happens to the processes: races, kill -9, a zombie, a stop of all.

Real processes on a real database; the clock and the moments at which a job stands still are files, not sleeps.
"""

import signal
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.jobs.crew import FIRST_SLOT, Crew
from tests.jobs.runner import LEASE

MINUTE = timedelta(minutes=1)
BEYOND_LEASE = LEASE + timedelta(seconds=1)
Hire = Callable[..., Crew]


@pytest.fixture
def hire(database_url: str, tmp_path: Path) -> Iterator[Hire]:
    """`hire(build)` gives a crew without processes yet."""
    crews: list[Crew] = []

    def make(build: str = "whole", *jobs: str) -> Crew:
        crews.append(Crew(database_url, tmp_path / f"yard-{len(crews)}", build))
        crews[-1].enrol(FIRST_SLOT, *(jobs or ("once",)))
        return crews[-1]

    yield make
    for crew in crews:
        crew.sweep()


def test_three_processes_do_each_slot_once_through_the_october_night(hire: Hire) -> None:
    """From 02:50 before the clocks go back to 02:10 after: eighty minutes without one missed or done twice."""
    crew = hire("whole", "once", "each")
    pids = crew.join(3)
    slots = [FIRST_SLOT + MINUTE * passed for passed in range(20)]
    for slot in slots:
        crew.yard.set_clock(slot)
        crew.turned(*pids)
    crew.end()
    for job in ("once", "each"):
        assert crew.faults(slots, job) == []
        assert crew.runs(job) == slots


@pytest.mark.parametrize(
    ("build", "inside", "effects"),
    [
        pytest.param("whole", 1, 1, id="whole"),
        pytest.param("without_lease", 3, 1, id="without-lease-the-fence-refuses"),
        pytest.param("without_lease_nor_fence", 3, 1, id="without-both-the-record-refuses"),
        pytest.param("without_guards", 3, 3, id="without-any-the-test-sees-it"),
    ],
)
def test_when_all_come_at_once_one_effect_is_kept(hire: Hire, build: str, inside: int, effects: int) -> None:
    crew = hire(build)
    crew.yard.close("before")
    pids = crew.join(3)
    crew.turned(*pids)
    crew.yard.set_clock(FIRST_SLOT)
    crew.waits_at("before")
    # Those that are not inside have had a whole turn to get in.
    began = {pid: crew.yard.begun(pid) for pid in pids}
    crew.all_stand(lambda pid: pid in crew.yard.at("before") or crew.yard.ended(pid) > began[pid])
    assert len(crew.yard.at("before")) == inside
    crew.yard.open("before")
    crew.turned(*pids)
    crew.end()
    assert len(crew.effects()) == effects
    assert bool(crew.faults([FIRST_SLOT])) is (effects != 1)


@pytest.mark.parametrize("gate", ["before", "after"])
def test_the_slot_of_a_killed_holder_is_done_by_another_when_its_lease_is_over(hire: Hire, gate: str) -> None:
    """kill -9 before the effect, and after it while it is not committed."""
    crew = hire()
    crew.yard.close(gate)
    crew.yard.set_clock(FIRST_SLOT)
    (victim,) = crew.join()
    crew.waits_at(gate)
    crew.signal(victim, signal.SIGKILL)
    heirs = crew.join(2)
    crew.turned(*heirs)
    assert crew.yard.at("before") == {victim}
    crew.yard.open(gate)
    crew.yard.set_clock(FIRST_SLOT + BEYOND_LEASE)
    crew.turned(*heirs)
    crew.end()
    assert [worker for _, worker in crew.effects()] in ([1], [2])
    # The missed slots became one: the last.
    assert crew.runs() == [FIRST_SLOT + LEASE]


@pytest.mark.parametrize(
    ("build", "sound"),
    [
        pytest.param("whole", True, id="whole"),
        pytest.param("without_fence", True, id="without-fence-the-record-refuses"),
        pytest.param("without_fence_nor_record", False, id="without-both-the-test-sees-it"),
    ],
)
def test_a_holder_that_comes_back_from_the_dead_can_not_commit(hire: Hire, build: str, sound: bool) -> None:
    """SIGSTOP in the middle of the job, SIGCONT after somebody else did the slot."""
    crew = hire(build, "each")
    crew.yard.close("before")
    crew.yard.set_clock(FIRST_SLOT)
    (zombie,) = crew.join()
    crew.waits_at("before")
    crew.signal(zombie, signal.SIGSTOP)
    crew.yard.open("before")
    (heir,) = crew.join()
    crew.yard.set_clock(FIRST_SLOT + BEYOND_LEASE)
    crew.turned(heir, times=5)
    slots = [FIRST_SLOT, FIRST_SLOT + MINUTE, FIRST_SLOT + LEASE]
    assert [worker for _, worker in crew.effects("each")] == [1, 1, 1]
    crew.signal(zombie, signal.SIGCONT)
    crew.turned(zombie, heir)
    crew.end()
    assert (len(crew.effects("each")) == len(slots)) is sound
    if build == "whole":
        assert crew.runs("each") == slots
        assert crew.yard.events(zombie)[0] == "job.lease_lost"


@pytest.mark.postgresql
def test_a_holder_stopped_behind_its_effect_on_postgresql_keeps_nothing(
    postgresql_url: str, tmp_path: Path
) -> None:
    """It holds no lock that matters: another one does the slot, and the sleeper's transaction is refused."""
    crew = Crew(postgresql_url, tmp_path / "yard")
    try:
        crew.enrol(FIRST_SLOT, "once")
        zombie, heir = stopped_behind_its_effect(crew)
        crew.turned(heir)
        assert [worker for _, worker in crew.effects()] == [1]
        crew.signal(zombie, signal.SIGCONT)
        crew.turned(zombie, heir)
        crew.end()
        assert [worker for _, worker in crew.effects()] == [1]
        assert crew.yard.events(zombie)[0] == "job.lease_lost"
    finally:
        crew.sweep()


def test_a_holder_stopped_behind_its_effect_on_sqlite_is_waited_for(sqlite_url: str, tmp_path: Path) -> None:
    """It holds the only write lock: nobody else can take the slot, so its commit is the one."""
    crew = Crew(sqlite_url, tmp_path / "yard")
    try:
        crew.enrol(FIRST_SLOT, "once")
        zombie, heir = stopped_behind_its_effect(crew)
        assert crew.yard.begun(heir) == 1
        crew.signal(zombie, signal.SIGCONT)
        crew.turned(zombie, heir)
        crew.end()
        assert [worker for _, worker in crew.effects()][:1] == [0]
        assert crew.runs()[0] == FIRST_SLOT
        assert len(crew.effects()) == len(crew.runs()) == 2
    finally:
        crew.sweep()


def stopped_behind_its_effect(crew: Crew) -> tuple[int, int]:
    """A process that stands still between effect and commit, and another that has begun its turn, lease over."""
    crew.yard.close("after")
    crew.yard.set_clock(FIRST_SLOT)
    (zombie,) = crew.join()
    crew.waits_at("after")
    crew.signal(zombie, signal.SIGSTOP)
    crew.yard.open("after")
    crew.yard.set_clock(FIRST_SLOT + BEYOND_LEASE)
    (heir,) = crew.join()
    crew.all_stand(lambda pid: pid == zombie or crew.yard.begun(pid) >= 1)
    return zombie, heir


def test_after_a_stop_of_all_each_missed_slot_is_one_or_replayed_once(hire: Hire) -> None:
    crew = hire("whole", "once", "each")
    missed = [FIRST_SLOT + MINUTE * passed for passed in range(8)]
    crew.yard.set_clock(missed[-1] + timedelta(seconds=30))
    pids = crew.join(3)
    crew.all_stand(lambda _: len(crew.runs("each")) == len(missed) and len(crew.runs()) == 1)
    crew.turned(*pids)
    crew.end()
    assert crew.runs() == missed[-1:]
    assert crew.runs("each") == missed
    assert (len(crew.effects()), len(crew.effects("each"))) == (1, len(missed))
