"""`RELAIS_SCHEDULER=embedded`: each server process keeps the schedule too, after the fork, beside any other."""

import os
import signal
from collections import Counter
from pathlib import Path

import pytest

from service.jobs.registry import JOBS
from tests.jobs import runner
from tests.jobs.crew import PROCESSES
from tests.jobs.table import done, engine_of, hold_records, is_held, make_due, next_ones, table
from tests.jobs.yard import until
from tests.serving import serving
from tests.settings import environment


def test_two_server_processes_and_the_scheduler_s_own_do_each_slot_once(
    database_url: str, tmp_path: Path
) -> None:
    """Both modes at the same time: three schedulers, one effect."""
    engine = engine_of(database_url)
    began = make_due(engine)
    beside = PROCESSES.Process(
        target=runner.keep_schedule, args=(environment(database_url), tmp_path / "scheduler.log")
    )
    beside.start()
    try:
        with serving(database_url, tmp_path, SCHEDULER="embedded", WORKERS="2", LOG_LEVEL="INFO"):
            until(lambda: len(set(done(engine))) == len(JOBS), "the jobs done")
    finally:
        beside.terminate()
        beside.join(120)
    assert beside.exitcode == 0
    runs = Counter(done(engine))
    assert set(runs) == {job.name for job in JOBS}
    # One token was given for each slot, those that came meanwhile included: nobody even began it twice.
    assert {row.name: row.token for row in table(engine)} == runs
    # What is next follows what was done last, and nothing that was due before is left.
    following = {row.name: row.next_slot for row in table(engine)}
    assert following == next_ones(engine)
    assert min(following.values()) > began
    log = (tmp_path / "server.log").read_text(encoding="utf-8")
    assert log.count("scheduler.stopping") == 2
    assert "error" not in log


@pytest.mark.postgresql
def test_it_beats_in_the_forked_process_and_finishes_its_job_before_the_server_ends(
    postgresql_url: str, tmp_path: Path
) -> None:
    engine, log = engine_of(postgresql_url), tmp_path / "server.log"
    make_due(engine)
    with engine.connect() as holding:
        hold_records(holding)
        with serving(postgresql_url, tmp_path, SCHEDULER="embedded", WORKERS="1", LOG_LEVEL="INFO"):
            until(lambda: is_held(engine), "the job at its record")
            (held_by,) = {row.leased_by for row in table(engine) if row.leased_by}
            worker = int(held_by.rpartition(":")[2])
            master = status_of(worker, "PPid")
            assert master != os.getpid()
            assert status_of(master, "Threads") == 1
            os.kill(master, signal.SIGTERM)
            until(lambda: "scheduler.stopping" in log.read_text(encoding="utf-8"), "the end asked for")
            assert done(engine) == []
            holding.rollback()
            until(lambda: not Path(f"/proc/{worker}").exists(), "the end of the server process")
    assert done(engine) == [JOBS[0].name]


def status_of(pid: int, name: str) -> int:
    """A number that the system tells of a process."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(f"{name}:")).split()[1])
