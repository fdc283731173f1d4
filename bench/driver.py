"""The load driver: threads of this process, each with one kept connection to 127.0.0.1 and its requests ready made.

Written for this purpose on plain sockets, since a heavier client would weigh on the two cores that it shares with
the servers, and so make the floor look slower than it is. A request that is not answered as expected stops the run.
"""

import json
import socket
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from itertools import islice
from statistics import median, quantiles
from threading import Barrier, BrokenBarrierError, Thread
from typing import Any

WARM_UP = 10
"""Requests of each connection that are not measured, at most as many as are."""

_LONGEST_ANSWER = 30.0
_HEAD_END = b"\r\n\r\n"


class Unexpected(Exception):
    """An answer that is not the one a measure supposes."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request as it goes through the socket, and the status it must get."""

    raw: bytes
    expected: int


@dataclass(frozen=True, slots=True)
class Measure:
    """Durations of every request, in seconds, and the time it took to answer them all."""

    durations: Sequence[float]
    seconds: float

    @property
    def median(self) -> float:
        """In milliseconds."""
        return 1000 * median(self.durations)

    @property
    def p95(self) -> float:
        """In milliseconds."""
        return 1000 * quantiles(self.durations, n=20)[-1]

    @property
    def rate(self) -> float:
        """Requests a second."""
        return len(self.durations) / self.seconds


def call(
    method: str, path: str, headers: Mapping[str, str], body: Any = None, *, expected: int = 200
) -> Call:
    """A request ready made; `body` goes as JSON."""
    content = b"" if body is None else json.dumps(body).encode()
    said = {"Host": "127.0.0.1", **headers}
    if body is not None:
        said |= {"Content-Type": "application/json", "Content-Length": str(len(content))}
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in said.items())]
    return Call("\r\n".join(lines).encode() + _HEAD_END + content, expected)


def measure(port: int, calls: Sequence[Iterable[Call]], number: int, at_most: float) -> Measure:
    """Let as many connections as there are sequences ask together, `number` requests each or `at_most` seconds."""
    warm_up = min(WARM_UP, number)
    asked = [list(islice(mine, warm_up + number)) for mine in calls]
    if any(len(mine) < warm_up + number for mine in asked):
        raise Unexpected("there is too little to ask for: seed more requests, or measure fewer")
    askers = [_Asker(port, mine, warm_up, at_most) for mine in asked]
    ready = Barrier(len(askers) + 1)
    threads = [Thread(target=asker.run, args=(ready,)) for asker in askers]
    for thread in threads:
        thread.start()
    with suppress(BrokenBarrierError):
        ready.wait()
    start = time.perf_counter()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - start
    for asker in askers:
        if asker.problem is not None:
            raise asker.problem
    return Measure([duration for one in askers for duration in one.durations], seconds)


class Connection:
    """A connection to 127.0.0.1 that is kept."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=_LONGEST_ANSWER)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def close(self) -> None:
        """End it."""
        self.socket.close()

    def answered(self, one: Call) -> None:
        """Ask, and wait for the whole answer. Refuses (Unexpected) another status than the expected one."""
        self.socket.sendall(one.raw)
        read = b""
        while (at := read.find(_HEAD_END)) < 0:
            read += self._more()
        head = read[:at]
        missing = _length(head) - (len(read) - at - len(_HEAD_END))
        while missing > 0:
            more = self._more()
            missing -= len(more)
            read += more
        status = int(head[9:12])
        if status != one.expected:
            asked = one.raw.split(b"\r\n", 1)[0].decode()
            raise Unexpected(
                f"{asked} → {status}, not {one.expected}:\n{read.decode(errors='replace')[:2000]}"
            )

    def _more(self) -> bytes:
        more = self.socket.recv(1 << 17)
        if not more:
            raise Unexpected("the server closed the connection")
        return more


class _Asker:
    def __init__(self, port: int, calls: Sequence[Call], warm_up: int, at_most: float) -> None:
        self.first, self.measured, self.at_most = calls[:warm_up], calls[warm_up:], at_most
        self.durations: list[float] = []
        self.problem: Exception | None = None
        self.connection = Connection(port)

    def run(self, ready: Barrier) -> None:
        with closing(self.connection), suppress(BrokenBarrierError):
            try:
                for one in self.first:
                    self.connection.answered(one)
                ready.wait()
                self._measured()
            except (OSError, Unexpected) as problem:
                self.problem = problem
                ready.abort()

    def _measured(self) -> None:
        until = time.perf_counter() + self.at_most
        for one in self.measured:
            start = time.perf_counter()
            self.connection.answered(one)
            end = time.perf_counter()
            self.durations.append(end - start)
            if end > until:
                return


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line[15:])
    raise Unexpected(f"an answer without a length:\n{head.decode(errors='replace')}")
