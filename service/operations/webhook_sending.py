"""One signed text to one address: no redirect followed, no proxy, little time, nothing read of the answer but its code.

Knows nothing of the database.
"""

import socket
import ssl
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPException
from threading import Event, Timer
from urllib.parse import SplitResult, urlsplit

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from service.workflows.webhooks import may_reach, refused

CONNECT_WITHIN, SILENT_AT_MOST, ANSWER_WITHIN = 3.0, 5.0, 10.0
"""Seconds."""
_PORTS: Mapping[str, int] = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a try: whether it was taken, and a code without text (`200`, `302`, `timeout`, `tls`…)."""

    taken: bool
    code: str


def send(url: str, text: str, headers: Mapping[str, str], hosts: Collection[str]) -> Outcome:
    """Post the text. Refused before anything leaves: a machine that is not listed, an inner address."""
    if refused(url, hosts):
        return Outcome(False, "not_listed")
    parts = urlsplit(url)
    try:
        address = _address(parts)
    except OSError:
        return Outcome(False, "unknown_host")
    if not may_reach(address, parts.hostname or "", hosts):
        return Outcome(False, "private_address")
    try:
        status = _status(parts, address, text, headers)
    except ssl.SSLError:
        return Outcome(False, "tls")
    except TimeoutError:
        return Outcome(False, "timeout")
    except (OSError, HTTPException, HTTPError) as failed:
        return Outcome(False, _code(failed))
    return Outcome(200 <= status < 300, str(status))


def _address(parts: SplitResult) -> str:
    """Where the name leads now; what is judged is what is then spoken to."""
    found = socket.getaddrinfo(parts.hostname, _port(parts), type=socket.SOCK_STREAM)
    return str(found[0][4][0])


def _port(parts: SplitResult) -> int:
    return parts.port or _PORTS[parts.scheme]


def _status(parts: SplitResult, address: str, text: str, headers: Mapping[str, str]) -> int:
    connection = _connection(parts, address)
    try:
        connection.connect()
        with _cut_after(ANSWER_WITHIN, connection.sock):
            said = {
                "Host": parts.netloc,
                "Content-Type": "application/json",
                "User-Agent": "Relais",
                **headers,
            }
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request("POST", target, body=text.encode(), headers=said, preload_content=False)
            return connection.getresponse().status
    finally:
        connection.close()


def _connection(parts: SplitResult, address: str) -> HTTPConnection:
    if parts.scheme == "http":
        return HTTPConnection(address, _port(parts), timeout=CONNECT_WITHIN)
    context, name = ssl.create_default_context(), parts.hostname
    return HTTPSConnection(
        address, _port(parts), timeout=CONNECT_WITHIN, ssl_context=context, server_hostname=name
    )


@contextmanager
def _cut_after(seconds: float, connected: socket.socket) -> Iterator[None]:
    """Each wait is bounded; this bounds their sum, against an answer that drips: TimeoutError, whatever had come."""
    over = Event()

    def cut() -> None:
        over.set()
        with suppress(OSError):
            socket.socket.shutdown(connected, socket.SHUT_RDWR)

    connected.settimeout(SILENT_AT_MOST)
    watch = Timer(seconds, cut)
    watch.start()
    try:
        yield
    finally:
        watch.cancel()
        if over.is_set():
            raise TimeoutError


def _code(failed: Exception) -> str:
    name = type(failed).__name__
    return {"ConnectTimeoutError": "timeout", "NewConnectionError": "unreachable"}.get(name, "no_answer")
