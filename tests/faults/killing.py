"""Ways of ending, by kill -9, what a storm runs on: a server process, all of them, the scheduler, the database."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from random import Random

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from tests.faults import sender
from tests.faults.conftest import House
from tests.jobs.crew import PROCESSES
from tests.jobs.yard import until

_BACKENDS = text(
    "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() ORDER BY pid"
)
_EVERY_FOURTH = 4


@dataclass
class Killer:
    """Kills what belongs to this house, chosen by chance; `killed` tells how many of each sort."""

    house: House
    chance: Random
    mail_port: int
    killed: dict[str, int] = field(default_factory=dict)
    _scheduler: ForkServerProcess | None = None

    def __post_init__(self) -> None:
        self._engine = create_engine(self.house.url, poolclass=NullPool)

    def web(self) -> None:
        """One server process, with everything that its threads were doing."""
        if running := workers():
            _kill(self.chance.choice(running))
            self._count("web")

    def scheduler(self) -> None:
        """The scheduler, and another one takes its place."""
        self.stop_scheduler()
        self.start_scheduler()
        self._count("scheduler")

    def database(self) -> None:
        """PostgreSQL: one of its processes, upon which it throws all others out and recovers; every fourth time its
        first one. SQLite lives in its users: all of them at once."""
        if self.house.cluster is None:
            for pid in workers():
                _kill(pid)
            self.stop_scheduler()
            self.start_scheduler()
        elif self.killed.get("database", 0) % _EVERY_FOURTH == _EVERY_FOURTH - 1:
            self._kill_postmaster()
        else:
            with self._engine.connect() as connection:
                serving = connection.scalars(_BACKENDS).all()
            if not serving:
                return
            _kill(self.chance.choice(serving))
        self._count("database")

    def start_scheduler(self) -> None:
        process = PROCESSES.Process(target=sender.keep_sending, args=(self.house.url, self.mail_port))
        process.start()
        self._scheduler = process

    def stop_scheduler(self) -> None:
        if self._scheduler is not None:
            self._scheduler.kill()
            self._scheduler.join()
            self._scheduler.close()
            self._scheduler = None

    def _kill_postmaster(self) -> None:
        cluster = self.house.cluster
        assert cluster is not None
        first = int((cluster.folder / "data" / "postmaster.pid").read_text().split()[0])
        orphans = [*_children(first)]
        _kill(first)
        until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in orphans), "the orphans gone")
        with suppress(subprocess.CalledProcessError):
            cluster.pg_ctl("restart")

    def _count(self, sort: str) -> None:
        self.killed[sort] = self.killed.get(sort, 0) + 1


def workers() -> list[int]:
    """The processes that answer requests: the children of the gunicorn that this process has started."""
    return [pid for first in _children(os.getpid()) if _is_gunicorn(first) for pid in _children(first)]


def _is_gunicorn(pid: int) -> bool:
    with suppress(FileNotFoundError):
        return b"gunicorn" in Path(f"/proc/{pid}/cmdline").read_bytes()
    return False


def _children(pid: int) -> Iterator[int]:
    with suppress(FileNotFoundError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            yield from map(int, (task / "children").read_text().split())


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
