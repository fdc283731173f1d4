"""`relais scheduler` as an administrator runs it: what is due is done at once, and told to end it ends."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Connection, Engine

from service.jobs.registry import JOBS
from tests import postgres
from tests.jobs import runner
from tests.jobs.crew import PROCESSES
from tests.jobs.table import done, engine_of, hold_records, is_held, make_due, next_ones, table
from tests.jobs.yard import until
from tests.settings import environment

ENDS_WITHIN = 5.0
Start = Callable[[str], ForkServerProcess]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """`start(database_url)` runs what the command runs; its log is `scheduler.log`; all are killed at the end."""
    started: list[ForkServerProcess] = []

    def run(database_url: str) -> ForkServerProcess:
        variables = environment(database_url, LOG_LEVEL="INFO")
        process = PROCESSES.Process(target=runner.keep_schedule, args=(variables, tmp_path / "scheduler.log"))
        process.start()
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.join()
        process.close()


def said(folder: Path, event: str) -> bool:
    path = folder / "scheduler.log"
    return path.exists() and event in path.read_text(encoding="utf-8")


def test_the_command_does_what_is_due_at_once_and_ends_when_told(sqlite_url: str, tmp_path: Path) -> None:
    engine = engine_of(sqlite_url)
    began = make_due(engine)
    with (tmp_path / "scheduler.log").open("wb") as log:
        process = subprocess.Popen(
            [Path(sys.executable).with_name("relais"), "scheduler"],
            env={**os.environ, **environment(sqlite_url, SCHEDULER="process", LOG_LEVEL="INFO")},
            cwd=tmp_path,
            stdin=subprocess.DEVNULL,
            stderr=log,
        )
    try:
        until(lambda: set(done(engine)) == {job.name for job in JOBS}, "the jobs done")
        told_at = time.monotonic()
        process.terminate()
        assert process.wait(120) == 0
        assert time.monotonic() - told_at < ENDS_WITHIN
    finally:
        process.kill()
        process.wait()
    assert said(tmp_path, "scheduler.stopped")
    assert not said(tmp_path, "Traceback")
    rows = table(engine)
    assert {row.name: row.token for row in rows} == Counter(done(engine))
    assert {row.name: row.next_slot for row in rows} == next_ones(engine)
    assert all(row.next_slot > began and row.leased_by is None for row in rows)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_each_signal_that_ends_things_ends_it(
    sqlite_url: str, start: Start, tmp_path: Path, number: signal.Signals
) -> None:
    process = start(sqlite_url)
    until(lambda: said(tmp_path, "scheduler.started"), "the start")
    tell(process, number)
    process.join(ENDS_WITHIN)
    assert process.exitcode == 0


@pytest.mark.postgresql
def test_told_to_end_in_the_middle_of_a_job_it_finishes_that_one_only(
    postgresql_url: str, start: Start, tmp_path: Path
) -> None:
    """The job is held at its record by a lock of the test; the second job is left for the next process."""
    engine = engine_of(postgresql_url)
    make_due(engine)
    with engine.begin() as holding:
        process = held_at_its_record(engine, holding, start)
        tell(process, signal.SIGTERM)
        until(lambda: said(tmp_path, "scheduler.stopping"), "the signal received")
        assert process.is_alive()
    process.join(120)
    assert process.exitcode == 0
    assert done(engine) == [JOBS[0].name]


@pytest.mark.postgresql
def test_told_twice_it_ends_at_once_and_nothing_of_the_job_is_kept(
    postgresql_url: str, start: Start, tmp_path: Path
) -> None:
    engine = engine_of(postgresql_url)
    make_due(engine)
    with engine.begin() as holding:
        process = held_at_its_record(engine, holding, start)
        tell(process, signal.SIGTERM)
        until(lambda: said(tmp_path, "scheduler.stopping"), "the signal received")
        tell(process, signal.SIGTERM)
        process.join(ENDS_WITHIN)
        assert process.exitcode == -signal.SIGTERM
    assert done(engine) == []


@pytest.mark.postgresql
def test_a_database_that_is_not_there_yet_is_waited_for(
    postgres_cluster: postgres.Cluster, postgres_template: str, start: Start, tmp_path: Path
) -> None:
    name = f"late_{uuid4().hex[:12]}"
    process = start(postgres_cluster.url(name))
    until(lambda: said(tmp_path, "scheduler.beat_failed"), "a beat without database")
    engine = engine_of(postgres_cluster.create(name, postgres_template))
    try:
        make_due(engine)
        until(lambda: done(engine), "the jobs done")
        tell(process, signal.SIGTERM)
        process.join(ENDS_WITHIN)
        assert process.exitcode == 0
    finally:
        postgres_cluster.drop(name)


def tell(process: ForkServerProcess, number: signal.Signals) -> None:
    assert process.pid is not None
    os.kill(process.pid, number)


def held_at_its_record(engine: Engine, holding: Connection, start: Start) -> ForkServerProcess:
    """A scheduler whose first job has done its work and waits to record it."""
    hold_records(holding)
    process = start(engine.url.render_as_string(hide_password=False))
    until(lambda: is_held(engine), "the job at its record")
    return process
