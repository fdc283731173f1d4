"""Several scheduler processes on one database: started, stopped dead, let go on, and swept away at the end."""

import multiprocessing
import os
import signal
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from sqlalchemy import create_engine, insert, select
from sqlalchemy.pool import NullPool

from service.models import JobRun, ScheduledJob
from tests.jobs import runner
from tests.jobs.yard import Yard, until

PROCESSES = multiprocessing.get_context("forkserver")
"""Each process is forked from one that has read the modules already and has no thread, engine or key of its own."""
PROCESSES.set_forkserver_preload(["tests.jobs.runner"])

FIRST_SLOT = datetime(2026, 10, 25, 0, 50, tzinfo=runner.PARIS)


class Crew:
    """The processes of one test, their yard and their database."""

    def __init__(self, url: str, folder: Path, build: str = "whole", jobs: str = "trace") -> None:
        folder.mkdir()
        self.yard = Yard(folder)
        self.order = runner.Order(url, folder, build, jobs)
        self.engine = create_engine(url, poolclass=NullPool)
        self._members: list[ForkServerProcess] = []
        with self.engine.begin() as connection:
            runner.EFFECTS.create(connection)

    def enrol(self, first_slot: datetime, *names: str) -> None:
        """Set the clock a second before the first slot, and put these jobs on the table for it."""
        self.yard.set_clock(first_slot - timedelta(seconds=1))
        with self.engine.begin() as connection:
            connection.execute(
                insert(ScheduledJob),
                [
                    {"name": name, "next_slot": first_slot, "token": 0, "failures": 0, "leased_until": None}
                    for name in names
                ],
            )

    # ------------------------------------------------------------ processes
    def join(self, count: int = 1) -> list[int]:
        """Start so many more processes; their pids."""
        fresh = [
            PROCESSES.Process(target=runner.work, args=(self.order, len(self._members) + number))
            for number in range(count)
        ]
        for member in fresh:
            member.start()
        self._members += fresh
        return [self._pid(member) for member in fresh]

    def turned(self, *pids: int, times: int = 2) -> None:
        """Wait until each of them has ended so many more turns: two, and one of them began after this call."""
        goals = {pid: self.yard.ended(pid) + times for pid in pids}
        until(lambda: all(self.yard.ended(pid) >= goal for pid, goal in goals.items()), f"turns of {pids}")

    def all_stand(self, where: Callable[[int], bool]) -> None:
        """Wait until this is true of every process that was started."""
        until(lambda: all(where(self._pid(member)) for member in self._members), "all where they should be")

    def waits_at(self, gate: str) -> int:
        """Wait until one process has come to the gate, and tell which."""
        until(lambda: self.yard.at(gate), f"somebody at the gate {gate}")
        return next(iter(self.yard.at(gate)))

    def signal(self, pid: int, number: signal.Signals) -> None:
        """Send a signal; after a killing one, wait until the process is gone."""
        os.kill(pid, number)
        if number is signal.SIGKILL:
            self._member(pid).join(120)
        if number is signal.SIGSTOP:
            until(
                lambda: Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T", "the stop"
            )

    def end(self) -> None:
        """Let all end after their turn; each must end well, unless it was killed."""
        self.yard.stop()
        for member in self._members:
            member.join(120)
        assert {member.exitcode for member in self._members} <= {0, -signal.SIGKILL}

    def sweep(self) -> None:
        """Kill whatever is left."""
        for member in self._members:
            with suppress(ProcessLookupError):
                os.kill(self._pid(member), signal.SIGKILL)
            member.join(120)
            member.close()
        self.engine.dispose()

    @property
    def pids(self) -> list[int]:
        """Every process that was ever started."""
        return [self._pid(member) for member in self._members]

    def _member(self, pid: int) -> ForkServerProcess:
        return next(member for member in self._members if member.pid == pid)

    @staticmethod
    def _pid(member: ForkServerProcess) -> int:
        assert member.pid is not None
        return member.pid

    # ------------------------------------------------------------ what the database says
    def effects(self, job: str = "once") -> list[tuple[datetime, int]]:
        """Time and worker of each effect."""
        table = runner.EFFECTS.c
        query = select(table.at, table.worker).where(table.job == job).order_by(table.id)
        with self.engine.connect() as connection:
            return [(at, worker) for at, worker in connection.execute(query)]

    def runs(self, job: str = "once") -> list[datetime]:
        """The slots that are recorded as done."""
        table = JobRun.__table__.c
        query = select(table.slot).where(table.name == job).order_by(table.slot)
        with self.engine.connect() as connection:
            return list(connection.scalars(query))

    def faults(self, slots: list[datetime], job: str = "once") -> list[str]:
        """What is wrong with the effects, of which each of these slots should have one."""
        found = Counter(at for at, _ in self.effects(job))
        wrong = [f"{slot}: {found[slot]} effects" for slot in slots if found[slot] != 1]
        return wrong + [f"{at}: an effect out of any slot" for at in found if at not in slots]
