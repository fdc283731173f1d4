"""The table of jobs as a scheduler's process finds it, and as it leaves it."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Engine, create_engine, delete, func, insert, select, text
from sqlalchemy.pool import NullPool

from service.jobs.registry import JOBS
from service.models import JobRun, ScheduledJob

_WAITING = (
    "SELECT count(*) FROM pg_locks JOIN pg_database ON oid = database"
    " WHERE NOT granted AND datname = current_database()"
)


def engine_of(database_url: str) -> Engine:
    """An engine of the test's own."""
    return create_engine(database_url, poolclass=NullPool)


def make_due(engine: Engine) -> datetime:
    """Put every job of the house on the table with a slot that passed an hour ago; gives the present."""
    passed = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
    rows = [{"name": job.name, "next_slot": passed, "token": 0, "failures": 0} for job in JOBS]
    with engine.begin() as connection:
        connection.execute(delete(ScheduledJob))
        connection.execute(insert(ScheduledJob), rows)
    return passed + timedelta(hours=1)


def done(engine: Engine) -> list[str]:
    """The jobs that were done, once for each time."""
    with engine.connect() as connection:
        return list(connection.scalars(select(JobRun.name).order_by(JobRun.name)))


def next_ones(engine: Engine) -> dict[str, datetime]:
    """For each job that was done, the slot that follows the last one done."""
    query = select(JobRun.name, func.max(JobRun.slot)).group_by(JobRun.name)
    with engine.connect() as connection:
        last = dict(connection.execute(query).all())
    return {job.name: job.slot_after(last[job.name]) for job in JOBS if job.name in last}


def table(engine: Engine) -> list[ScheduledJob]:
    """Every row."""
    query = select(*ScheduledJob.__table__.c).order_by(ScheduledJob.name)
    with engine.connect() as connection:
        return [ScheduledJob(**row) for row in connection.execute(query).mappings()]


def hold_records(holding: Connection) -> None:
    """On PostgreSQL: until this transaction ends, a job that has done its work waits where it is to be recorded."""
    holding.execute(text("LOCK TABLE job_run IN EXCLUSIVE MODE"))


def is_held(engine: Engine) -> bool:
    """Whether a job waits there."""
    with engine.connect() as connection:
        return bool(connection.scalar(text(_WAITING)))
