"""A real server for tests: gunicorn with the service's own settings, on a port that nobody else can take."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from tests.settings import environment

_ANSWER_WITHIN = 60.0
_STOP_WITHIN = 20.0
_GUNICORN = (sys.executable, "-m", "gunicorn", "--config", "python:service.serving")
_NOT_OURS = ("RELAIS_", "PORT", "GUNICORN_")


@contextmanager
def serving(database_url: str, folder: Path, *arguments: str, **changes: str) -> Iterator[str]:
    """Serve `database_url` and give the address; `changes` are settings, as in `tests.settings.environment`.

    `arguments` are gunicorn's own. The server works in `folder`, where its log is `server.log`.
    """
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = start(listening, database_url, folder, *arguments, **changes)
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            stop(server)


def start(
    listening: socket.socket, database_url: str, folder: Path, *arguments: str, **changes: str
) -> "subprocess.Popen[bytes]":
    """A server on that port, which answers; `arguments` and `changes` as in `serving`."""
    log, port = folder / "server.log", listening.getsockname()[1]
    with log.open("ab") as errors:
        server = subprocess.Popen(
            [*_GUNICORN, "--bind", f"fd://{listening.fileno()}", *arguments],
            env={**_surroundings(), **environment(database_url, PORT=str(port), **changes)},
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=errors,
            stderr=errors,
            pass_fds=[listening.fileno()],
        )
    try:
        _wait(port, server, log)
    except BaseException:
        stop(server)
        raise
    return server


def stop(server: "subprocess.Popen[bytes]") -> int:
    """Let the server finish what it has begun and end; killed when it takes too long. Its exit status."""
    server.terminate()
    try:
        return server.wait(_STOP_WITHIN)
    except subprocess.TimeoutExpired:
        server.kill()
        return server.wait()


def _surroundings() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(_NOT_OURS)}


def _wait(port: int, server: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + _ANSWER_WITHIN
    while not _answers(port):
        if server.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the server did not answer:\n{log.read_text(errors='replace')[-4000:]}")
        time.sleep(0.05)


def _answers(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
