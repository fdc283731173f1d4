"""Servers brought up to date one after the other under load: no request fails, every acknowledged write is there.

Two machines' worth of servers on one PostgreSQL, a scheduler, and a proxy as docs/exploitation.md describes it: it asks
`/readyz`, sends nothing new to who drains, and tries the other machine only while nothing was sent.
"""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from socket import create_server, socket
from threading import Event, Thread

import pytest
from sqlalchemy import select, text

from service import database, migrate
from service.database import engine, reading, transaction
from service.models import Ticket
from service.operations import tokens
from tests import scale, settings
from tests.factories import World, let_programs_read, seeded_world
from tests.faults.bodies import a_body
from tests.serving import start, stop

pytestmark = pytest.mark.postgresql

UPGRADES = scale.count(1, 20)
CLIENTS = scale.count(3, 6)
_ASKED_EVERY = 0.1


@dataclass
class Machine:
    """A web machine: its port stays open while its server restarts (`relais-web.socket`)."""

    listening: socket
    url: str
    folder: Path
    server: "subprocess.Popen[bytes]" = field(init=False)

    def __post_init__(self) -> None:
        self.start()

    @property
    def port(self) -> int:
        return int(self.listening.getsockname()[1])

    @property
    def drain_file(self) -> Path:
        return self.folder / "draining"

    def start(self) -> None:
        self.drain_file.unlink(missing_ok=True)
        self.server = start(
            self.listening, self.url, self.folder, WORKERS="1", THREADS="4", DRAIN_FILE=str(self.drain_file)
        )


@dataclass
class Proxy:
    """Round robin over the machines that are ready, which is asked again and again."""

    machines: list[Machine]
    ready: dict[int, bool] = field(default_factory=dict)
    turns: Iterator[int] = field(default_factory=count)

    def watch(self, until: Event) -> None:
        while not until.wait(_ASKED_EVERY):
            for machine in self.machines:
                self.ready[machine.port] = self._is_ready(machine.port)

    def send(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> tuple[int, bytes]:
        """The answer. Raises OSError or HTTPException for a request that was sent and got none."""
        turn = next(self.turns)
        ports = [machine.port for machine in self.machines if self.ready.get(machine.port, True)]
        connection = self._connected([ports[(turn + step) % len(ports)] for step in range(len(ports))])
        try:
            connection.request(method, path, body, {"Connection": "close", **headers})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    @staticmethod
    def _connected(ports: list[int]) -> HTTPConnection:
        for port in ports:
            connection = HTTPConnection("127.0.0.1", port, timeout=60)
            with suppress(ConnectionRefusedError):
                connection.connect()
                return connection
        raise ConnectionRefusedError("no machine")

    @staticmethod
    def _is_ready(port: int) -> bool:
        connection = HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            connection.request("GET", "/readyz", headers={"Connection": "close"})
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()


@dataclass
class Load:
    """Programs that write and read without a pause, and what came of it."""

    proxy: Proxy
    tokens: list[str]
    statuses: Counter[int] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    acknowledged: dict[str, str] = field(default_factory=dict)
    """The reference of each write that was answered, by its key."""

    def run(self, who: int, until: Event) -> None:
        headers = {"Authorization": f"Bearer {self.tokens[who]}", "Content-Type": "application/json"}
        body = json.dumps(a_body()).encode()
        for turn in count():
            if until.is_set():
                return
            key = f"client-{who}-{turn}"
            try:
                self._write_and_read(body, headers, key)
            except Exception as failed:
                self.failures.append(f"{key}: {failed!r}")

    def _write_and_read(self, body: bytes, headers: dict[str, str], key: str) -> None:
        status, answer = self.proxy.send("POST", "/api/v1/tickets", body, {**headers, "Idempotency-Key": key})
        self._count(status, key, answer)
        if status != 201:
            return
        reference = json.loads(answer)["reference"]
        self.acknowledged[key] = reference
        status, answer = self.proxy.send("GET", f"/api/v1/tickets/{reference}", None, headers)
        self._count(status, f"{key} read", answer)

    def beyond(self, number: int) -> bool:
        """Whether more writes than that were answered."""
        return len(self.acknowledged) > number

    def _count(self, status: int, what: str, answer: bytes) -> None:
        self.statuses[status] += 1
        if status not in {200, 201}:
            self.failures.append(f"{what}: {status} {answer[:300]!r}")


@pytest.fixture
def db(postgresql_url: str, key_ring: object) -> Iterator[str]:
    made = database.configure(postgresql_url)
    yield postgresql_url
    made.dispose()


@pytest.fixture
def world(db: str) -> World:
    with transaction() as session:
        found = seeded_world(session)
    let_programs_read(found)
    return found


@pytest.fixture
def machines(db: str, tmp_path: Path) -> Iterator[list[Machine]]:
    """Two web machines, and a scheduler beside them."""
    with ExitStack() as standing:
        made: list[Machine] = []
        for name in ("first", "second"):
            (tmp_path / name).mkdir()
            listening = standing.enter_context(create_server(("127.0.0.1", 0)))
            made.append(Machine(listening, db, tmp_path / name))
            standing.callback(_put_down, made[-1])
        standing.enter_context(_a_scheduler(db, tmp_path))
        yield made


def _put_down(machine: Machine) -> None:
    """Stop the server that the machine has by then."""
    stop(machine.server)


@contextmanager
def _a_scheduler(url: str, folder: Path) -> Iterator[None]:
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("RELAIS_")}
    running = subprocess.Popen(
        [Path(sys.executable).with_name("relais"), "scheduler"],
        env={**surroundings, **settings.environment(url, SCHEDULER="process")},
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        stop(running)


def test_nothing_fails_while_the_servers_are_replaced(world: World, machines: list[Machine]) -> None:
    """Each time the schema is brought to the next version first, as a newer Relais does it, and later back."""
    proxy, until = Proxy(machines), Event()
    load = Load(proxy, [tokens.create(world.cdas_agent, f"client {who}") for who in range(CLIENTS)])
    threads = [Thread(target=proxy.watch, args=(until,))]
    threads += [Thread(target=load.run, args=(who, until)) for who in range(CLIENTS)]
    for thread in threads:
        thread.start()
    statuses = []
    try:
        for turn in range(UPGRADES):
            _schema_of("of a later version" if turn % 2 == 0 else migrate.newest() or "")
            for machine in machines:
                enough = len(load.acknowledged) + CLIENTS
                statuses.append(_restart(machine, proxy))
                _wait_for(partial(load.beyond, enough))
    finally:
        until.set()
        for thread in threads:
            thread.join(120)
    assert load.failures == []
    assert set(statuses) == {0}, "each server has ended by itself, within its time"
    assert set(load.acknowledged.values()) == _references()


def _restart(machine: Machine, proxy: Proxy) -> int:
    """What `systemctl restart` does: say that one drains, until the proxy has seen it; stop, start. The exit status."""
    machine.drain_file.touch()
    _wait_for(lambda: proxy.ready.get(machine.port) is False)
    status = stop(machine.server)
    machine.start()
    return status


def _references() -> set[str]:
    with reading() as session:
        return set(session.scalars(select(Ticket.reference)))


def _schema_of(version: str) -> None:
    """What « relais db upgrade » of a later version leaves for the present one: a revision that it does not know."""
    with engine().begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version})


def _wait_for(happened: Callable[[], bool]) -> None:
    until = time.monotonic() + 120
    while not happened():
        assert time.monotonic() < until, "the load stands still"
        time.sleep(0.05)
