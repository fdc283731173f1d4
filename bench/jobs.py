"""The jobs against their targets: `python bench/jobs.py [open tickets] [--sqlite]`.

A turn of the scheduler in which nothing is due, for each job; and the recomputation of all open deadlines (R-CAL-1),
after a change of hours that moves them and after one that moves none. On a PostgreSQL of its own; `--sqlite` measures
the same tickets on SQLite too.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sqlalchemy import create_engine, func, insert, select
from sqlalchemy.orm import Session

from bench.histories import open_outlines
from bench.seeding import fill, work_on
from service import database, migrate
from service.database import reading, transaction
from service.jobs.registry import JOBS
from service.jobs.scheduler import shared_time
from service.jobs.turn import enrol, turn
from service.models import (
    AccessEntry,
    Base,
    Calendar,
    Closure,
    InternalNote,
    Person,
    PersonWord,
    Ticket,
)
from service.operations import recomputation
from service.operations.revision import bump
from service.operations.seed import SERVICES
from tests import postgres

MOST_OF_A_TICK = 2.0
"""Milliseconds for each job."""
MOST_OF_A_RECOMPUTATION = 30.0
"""Seconds, for 100,000 open tickets."""

_TURNS = 200
_UNREAD = {mapped.__tablename__ for mapped in (AccessEntry, InternalNote, Person, PersonWord)}
"""What no job that is measured here reads."""
_AT_ONCE = 20_000


def idle_tick() -> float:
    """Milliseconds that a job costs in a turn in which it is not due: the median of many turns."""
    enrol(now=lambda: shared_time() + timedelta(days=1))
    taken = []
    for _ in range(_TURNS):
        began = time.perf_counter()
        turn(now=shared_time)
        taken.append(time.perf_counter() - began)
    return 1000 * median(taken) / len(JOBS)


def recomputations() -> Iterator[tuple[str, int, float]]:
    """What changed, how many deadlines moved, and in how many seconds."""
    for words, change in (
        ("hours that move all", _shorter_days),
        ("a closing that moves none", _far_closing),
    ):
        with transaction() as session:
            change(session)
            bump(session)
        began = time.perf_counter()
        moved = recomputation.recompute()
        yield words, moved, time.perf_counter() - began


def _shorter_days(session: Session) -> None:
    calendar = session.get_one(Calendar, SERVICES)
    calendar.weekly = [
        [day, opens, closes] for day in range(5) for opens, closes in (("08:45", "12:15"), ("13:15", "16:45"))
    ]


def _far_closing(session: Session) -> None:
    first = datetime(2020, 3, 2, tzinfo=UTC)
    session.add(
        Closure(
            calendar_code=SERVICES,
            starts_at=first,
            ends_at=first + timedelta(hours=9),
            opens=False,
            reason="Coupure",
        )
    )


def copied(url: str, target: str) -> None:
    """The rows of one database that the jobs read, in another that is empty."""
    migrate.upgrade(target)
    there, here = create_engine(target), create_engine(url)
    with here.connect() as source, there.begin() as connection:
        for table in Base.metadata.sorted_tables:
            if table.name in _UNREAD:
                continue
            rows = source.execution_options(yield_per=_AT_ONCE).execute(select(table)).mappings()
            for some in rows.partitions():
                connection.execute(insert(table), [dict(row) for row in some])
    with there.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
    here.dispose()
    there.dispose()


def say(url: str) -> None:
    """Measure on one database, and say it beside the targets."""
    work_on(url)
    kind = database.engine().dialect.name
    with reading() as session:
        tickets = session.scalar(select(func.count()).select_from(Ticket))
    print(f"{kind}, {tickets:,} open tickets", flush=True)
    tick = idle_tick()
    print(f"- a turn with nothing due: {tick:.2f} ms a job (target: ≤ {MOST_OF_A_TICK:g} ms)", flush=True)
    for words, moved, seconds in recomputations():
        print(
            f"- recomputation after {words}: {moved:,} moved in {seconds:.1f} s"
            f" (target for 100,000: ≤ {MOST_OF_A_RECOMPUTATION:g} s)",
            flush=True,
        )
    database.engine().dispose()


def main() -> int:
    """Seed, measure, say; everything it made is gone afterwards. 1 when the machine lacks PostgreSQL."""
    parser = argparse.ArgumentParser(prog="bench/jobs.py", description=__doc__)
    parser.add_argument("tickets", type=int, nargs="?", default=100_000, help="open tickets (%(default)s)")
    parser.add_argument("--sqlite", action="store_true", help="the same on SQLite")
    given = parser.parse_args()
    if postgres.binaries() is None:
        print("PostgreSQL's server programs are missing: apt-get install postgresql", file=sys.stderr)
        return 1
    cluster = postgres.start(durable=True)
    try:
        url = cluster.create("relais")
        began = time.perf_counter()
        fill(url, given.tickets, lambda done: None, open_outlines)
        print(f"seeded in {time.perf_counter() - began:.0f} s", flush=True)
        with tempfile.TemporaryDirectory(prefix="relais-bench-") as folder:
            if given.sqlite:
                copied(url, lite := f"sqlite:///{folder}/relais.sqlite3")
                say(lite)
            say(url)
    finally:
        database.engine().dispose()
        cluster.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
