"""Faults of the clock, of the database and of the disk while schedulers turn: nothing twice, nothing lost."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from apscheduler.triggers.cron import CronTrigger
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from service import clock, database, migrate
from service.database import reading
from service.jobs.registry import JOBS, Job
from service.jobs.turn import enrol, turn
from service.models import JobRun, OutboxMail, Reminder, ScheduledJob
from service.workflows.french import PARIS
from tests import postgres
from tests.factories import World, a_submitted_ticket
from tests.jobs.crew import FIRST_SLOT, Crew
from tests.jobs.hand import Hand

REMIND = tuple(job for job in JOBS if job.name == "remind")
MINUTE = timedelta(minutes=1)
ROWS = 200
"""More than the file has room for."""


def slots(name: str) -> list[datetime]:
    with reading() as session:
        return list(session.scalars(select(JobRun.slot).where(JobRun.name == name).order_by(JobRun.slot)))


def counts() -> tuple[int, int]:
    """Reminders, and their mails."""
    with reading() as session:
        mails = select(func.count()).where(OutboxMail.event.startswith("reminder_"))
        return (
            session.scalar(select(func.count()).select_from(Reminder)) or 0,
            session.scalar(mails) or 0,
        )


def turns(hand: Hand, first: datetime, last: datetime) -> int:
    """A turn each minute; the slots done."""
    hand.instant, done = first, 0
    while hand.instant <= last:
        done += turn(REMIND)
        hand.instant += MINUTE
    return done


def test_a_clock_set_back_an_hour_does_no_slot_and_tells_nobody_twice(world: World, hand: Hand) -> None:
    enrolled = hand.at(10, 27, 8, 30)
    a_submitted_ticket(world.cdas_agent)
    enrol(REMIND)
    turns(hand, enrolled, hand.at(10, 27, 11, 35))
    before = slots("remind")
    assert counts() == (1, 1)
    assert turns(hand, hand.at(10, 27, 10, 35), hand.at(10, 27, 11, 41)) == 0
    assert (slots("remind"), counts()) == (before, (1, 1))
    assert turns(hand, hand.at(10, 27, 11, 42), hand.at(10, 27, 11, 52)) == 2, "then they go on as they were"
    assert counts() == (1, 1)
    assert slots("remind") == sorted({*slots("remind")})


def test_a_clock_that_leaps_two_days_ahead_makes_one_slot_of_the_missed_ones(
    world: World, hand: Hand
) -> None:
    enrolled = hand.at(10, 27, 8, 30)
    a_submitted_ticket(world.cdas_agent)
    enrol(REMIND)
    turns(hand, enrolled, hand.at(10, 27, 9, 0))
    before = len(slots("remind"))
    hand.at(10, 29, 9, 0)
    assert [turn(REMIND), turn(REMIND)] == [1, 0]
    assert len(slots("remind")) == before + 1
    assert slots("remind")[-1] == datetime(2026, 10, 29, 8, 52, tzinfo=PARIS)
    # Its stages both passed meanwhile: what is told is that the deadline was missed.
    assert counts() == (1, 1)
    # And back to the right time: nothing until the clock is there again.
    assert turns(hand, hand.at(10, 27, 9, 2), hand.at(10, 27, 12, 0)) == 0
    assert counts() == (1, 1)


@pytest.fixture
def crew_of(durable_cluster: postgres.Cluster, tmp_path: Path) -> Iterator[Crew]:
    """A crew on a database that can be stopped, with both of its jobs on the table."""
    url = durable_cluster.create("relais")
    migrate.upgrade(url)
    crew = Crew(url, tmp_path / "yard")
    crew.enrol(FIRST_SLOT, "once", "each")
    yield crew
    crew.sweep()


@pytest.mark.postgresql
def test_the_database_stopped_and_started_again_costs_turns_and_no_slot(
    crew_of: Crew, durable_cluster: postgres.Cluster
) -> None:
    crew, pids = crew_of, crew_of.join(2)
    crew.yard.set_clock(FIRST_SLOT)
    crew.turned(*pids)
    durable_cluster.pg_ctl("stop", "-m", "immediate")
    for passed in (1, 2, 3):
        crew.yard.set_clock(FIRST_SLOT + passed * MINUTE)
        crew.turned(*pids)
    assert all("job.not_judged" in crew.yard.events(pid) for pid in pids)
    durable_cluster.pg_ctl(
        "start",
        "-l",
        str(durable_cluster.folder / "log"),
        "-o",
        f"-c listen_addresses= -c unix_socket_directories={durable_cluster.folder}",
    )
    crew.turned(*pids, times=6)
    crew.yard.set_clock(FIRST_SLOT + 4 * MINUTE)
    crew.turned(*pids)
    crew.end()
    assert crew.runs("each") == [FIRST_SLOT + passed * MINUTE for passed in range(5)]
    assert len(crew.effects("each")) == 5
    assert crew.runs() == [FIRST_SLOT + passed * MINUTE for passed in (0, 3, 4)]


@contextmanager
def nearly_full() -> Iterator[None]:
    """The file of the database may not grow: SQLite says then what it says of a full disk."""

    def stop_growing(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA max_page_count = 1").fetchall()  # never below what there is

    engine = database.engine()
    engine.dispose()
    event.listen(engine, "connect", stop_growing)
    yield
    event.remove(engine, "connect", stop_growing)
    engine.dispose()


def test_on_a_full_disk_the_slot_fails_by_its_type_alone_and_is_done_when_there_is_room(
    sqlite_db: str, hand: Hand
) -> None:
    """The database may not grow: nothing half-written, and no text of what was to be written in the record."""

    def write(session: Session) -> int:
        session.add_all(
            ScheduledJob(name=f"row {number}", next_slot=clock.now(), failure="x" * 200)
            for number in range(ROWS)
        )
        session.flush()
        return ROWS

    job = Job("writes", "", CronTrigger(minute="*/10", timezone=PARIS), write)
    enrol((job,))
    hand.at(10, 27, 15, 10)
    with nearly_full():
        assert turn((job,)) == 0
    with reading() as session:
        row = session.get_one(ScheduledJob, "writes")
        assert (row.failures, row.failure, row.leased_by) == (1, "OperationalError", None)
        assert session.scalar(select(func.count()).select_from(ScheduledJob)) == 1
    assert slots("writes") == []
    hand.instant += 3 * MINUTE
    assert turn((job,)) == 1
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(ScheduledJob)) == ROWS + 1
    assert slots("writes") == [datetime(2026, 10, 27, 15, 10, tzinfo=PARIS)]
