"""One turn on a real database: due slots, failures, holders that vanish, nights. One process; races stand beside."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from apscheduler.triggers.cron import CronTrigger
from sqlalchemy import select
from sqlalchemy.orm import Session

from service import clock
from service.database import reading, transaction
from service.jobs.registry import JOBS, Job
from service.jobs.turn import MAX_FAILURES, LeaseLost, carry_out, claim, enrol, turn
from service.models import JobRun, ScheduledJob
from service.workflows.french import PARIS
from tests.jobs.hand import Hand

pytestmark = pytest.mark.usefixtures("db")


class Work:
    """A job's function that counts, and fails as long as it is told to."""

    def __init__(self) -> None:
        self.done: list[datetime] = []
        self.tried = 0
        self.fails = False

    def __call__(self, session: Session) -> int:
        self.tried += 1
        if self.fails:
            raise RuntimeError("planned")
        self.done.append(clock.now())
        return 1


def a_job(run: Callable[[Session], int], name: str = "work", **more: object) -> Job:
    return Job(name, "", CronTrigger(minute="*/10", timezone=PARIS), run, **more)  # type: ignore[arg-type]


def row_of(job: Job) -> ScheduledJob:
    with reading() as session:
        return session.get_one(ScheduledJob, job.name)


def runs_of(job: Job) -> list[datetime]:
    with reading() as session:
        return list(session.scalars(select(JobRun.slot).where(JobRun.name == job.name).order_by(JobRun.slot)))


def test_nothing_is_due_before_its_slot_and_a_slot_is_done_once(hand: Hand) -> None:
    work = Work()
    job = a_job(work)
    hand.at(10, 27, 15, 3)
    enrol((job,))
    enrol((job,))
    assert turn((job,)) == 0
    slot = hand.at(10, 27, 15, 10)
    assert [turn((job,)), turn((job,))] == [1, 0]
    assert (runs_of(job), len(work.done)) == ([slot], 1)
    row = row_of(job)
    assert (row.next_slot, row.leased_by, row.leased_until) == (slot + timedelta(minutes=10), None, None)


def test_the_jobs_of_the_house_are_enrolled_and_run(hand: Hand) -> None:
    """On a database without anything to do, each leaves its record."""
    enrol()
    hand.at(10, 28, 12)
    assert turn() == len(JOBS)
    assert [len(runs_of(job)) for job in JOBS] == [1] * len(JOBS)


def test_after_a_stop_missed_slots_become_one_or_are_all_replayed(hand: Hand) -> None:
    once, each = Work(), Work()
    jobs = (a_job(once, "once"), a_job(each, "each", coalesce=False))
    hand.at(10, 27, 15, 3)
    enrol(jobs)
    hand.at(10, 27, 16, 14)
    while turn(jobs):
        pass
    assert (len(once.done), len(each.done)) == (1, 7)
    assert runs_of(jobs[0]) == [datetime(2026, 10, 27, 16, 10, tzinfo=PARIS)]
    assert runs_of(jobs[1]) == [
        datetime(2026, 10, 27, 15, 10, tzinfo=PARIS) + timedelta(minutes=10 * passed) for passed in range(7)
    ]
    assert (
        row_of(jobs[0]).next_slot == row_of(jobs[1]).next_slot == datetime(2026, 10, 27, 16, 20, tzinfo=PARIS)
    )


@pytest.mark.parametrize(("month", "day", "hours"), [(10, 25, 25), (3, 29, 23)], ids=["october", "march"])
def test_through_a_night_that_changes_every_slot_is_done_once(
    hand: Hand, month: int, day: int, hours: int
) -> None:
    work = Work()
    job = a_job(work)
    midnight = hand.at(month, day, 0).astimezone(UTC)
    enrol((job,))
    tens = hours * 6
    for passed in range(1, tens + 1):
        hand.instant = midnight + timedelta(minutes=10 * passed)
        assert [turn((job,)), turn((job,))] == [1, 0]
    assert runs_of(job) == [midnight + timedelta(minutes=10 * passed) for passed in range(1, tens + 1)]
    assert hand.instant == datetime(2026, month, day, tzinfo=PARIS) + timedelta(days=1)


def test_a_failing_job_waits_longer_each_time_gives_up_and_goes_on(hand: Hand) -> None:
    work, beside = Work(), Work()
    jobs = (a_job(work), a_job(beside, "beside"))
    hand.at(10, 27, 15, 3)
    enrol(jobs)
    first = hand.at(10, 27, 15, 10)
    work.fails = True
    waits = []
    for failure in range(1, MAX_FAILURES + 1):
        assert turn(jobs[:1]) == 0
        assert work.tried == failure
        row = row_of(jobs[0])
        if failure < MAX_FAILURES:
            assert (row.next_slot, row.leased_by, row.failures) == (first, None, failure)
            assert row.leased_until is not None
            waits.append(row.leased_until - clock.now())
            hand.instant = row.leased_until
            assert turn(jobs[:1]) == 0
            assert work.tried == failure
            hand.instant += timedelta(seconds=1)
    assert waits == [timedelta(minutes=2**failure) for failure in range(1, MAX_FAILURES)]
    given_up = row_of(jobs[0])
    assert (given_up.failures, given_up.leased_until) == (0, None)
    assert given_up.next_slot > clock.now()
    assert turn(jobs) == 1
    work.fails = False
    hand.instant = given_up.next_slot
    assert turn(jobs) == 2
    assert (len(work.done), runs_of(jobs[0])) == (1, [given_up.next_slot])


def test_what_a_failing_job_wrote_is_not_kept_and_its_slot_stays_due(hand: Hand) -> None:
    def write_then_fail(session: Session) -> int:
        session.add(ScheduledJob(name="half", next_slot=clock.now()))
        session.flush()
        raise RuntimeError("planned")

    job = a_job(write_then_fail)
    enrol((job,))
    hand.at(10, 27, 15, 10)
    assert turn((job,)) == 0
    with reading() as session:
        assert session.get(ScheduledJob, "half") is None
    assert runs_of(job) == []


def test_a_job_given_up_that_replays_its_slots_loses_the_one_slot_only(hand: Hand) -> None:
    work = Work()
    job = a_job(work, coalesce=False)
    hand.at(10, 27, 15, 3)
    enrol((job,))
    hand.at(10, 27, 17)
    work.fails = True
    for _ in range(MAX_FAILURES):
        turn((job,))
        hand.instant += timedelta(hours=1)
    assert row_of(job).next_slot == datetime(2026, 10, 27, 15, 20, tzinfo=PARIS)


def test_a_slot_whose_holders_all_vanish_is_given_up_too(hand: Hand) -> None:
    """A job that takes its process down with it must not do so for ever."""
    job = a_job(Work())
    enrol((job,))
    hand.at(10, 27, 15, 10)
    for _ in range(MAX_FAILURES):
        assert claim(job, clock.now()) is not None
        assert claim(job, clock.now()) is None
        hand.instant += job.lease + timedelta(seconds=1)
    assert claim(job, clock.now()) is None
    row = row_of(job)
    assert (row.failures, row.leased_by) == (0, None)
    assert row.next_slot > clock.now()


def test_an_old_token_can_not_close_the_slot(hand: Hand) -> None:
    def write(session: Session) -> int:
        session.add(ScheduledJob(name="effect", next_slot=clock.now()))
        return 1

    job = a_job(write)
    enrol((job,))
    hand.at(10, 27, 15, 10)
    old = claim(job, clock.now())
    hand.instant += job.lease + timedelta(seconds=1)
    new = claim(job, clock.now())
    assert old is not None
    assert new is not None
    assert new.token == old.token + 1
    with pytest.raises(LeaseLost):
        carry_out(job, old)
    with reading() as session:
        assert session.get(ScheduledJob, "effect") is None
    carry_out(job, new)
    assert runs_of(job) == [new.slot]


def test_a_turn_that_is_told_to_stop_stops_between_two_jobs(hand: Hand) -> None:
    works = (Work(), Work())
    jobs = (a_job(works[0], "first"), a_job(works[1], "second"))
    enrol(jobs)
    hand.at(10, 27, 15, 10)
    assert turn(jobs, stopping=lambda: bool(works[0].done)) == 1
    assert (len(works[0].done), len(works[1].done)) == (1, 0)


def test_a_job_that_can_not_be_judged_does_not_stop_the_others(hand: Hand) -> None:
    """Its row is out of the calendar's reach: claiming it raises."""
    work = Work()
    endless = Job("endless", "", CronTrigger(year=2020, timezone=PARIS), work)
    jobs = (endless, a_job(work))
    enrol(jobs[1:])
    with transaction() as session:
        session.add(ScheduledJob(name=endless.name, next_slot=clock.now()))
    hand.at(10, 27, 15, 10)
    assert turn(jobs) == 1
    assert len(work.done) == 1
