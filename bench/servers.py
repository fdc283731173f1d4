"""A real server, gunicorn with the service's own settings, for Relais and for the floor alike."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

_ANSWER_WITHIN, _STOP_WITHIN = 60.0, 20.0
_GUNICORN = (sys.executable, "-m", "gunicorn", "--config", "python:service.serving")
_NOT_OURS = ("RELAIS_", "PORT", "GUNICORN_")


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers; `process` is gunicorn's first process."""

    port: int
    process: int

    @property
    def workers(self) -> list[int]:
        """The processes that answer."""
        children = Path(f"/proc/{self.process}/task/{self.process}/children").read_text()
        return [int(child) for child in children.split()]


@contextmanager
def serving(
    environment: Mapping[str, str], folder: Path, application: str = "wsgi:application"
) -> Iterator[Server]:
    """Serve the application on a port of 127.0.0.1 that nobody else can take; its log is in `folder`."""
    log = folder / f"{application.partition(':')[0]}.log"
    with socket.create_server(("127.0.0.1", 0)) as listening, log.open("wb") as errors:
        port = listening.getsockname()[1]
        server = subprocess.Popen(
            [*_GUNICORN, "--bind", f"fd://{listening.fileno()}", application],
            env={**_surroundings(), **environment, "PORT": str(port)},
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=errors,
            stderr=errors,
            pass_fds=[listening.fileno()],
        )
        try:
            _wait(port, server, log)
            yield Server(port, server.pid)
        except Exception as problem:
            problem.add_note(f"{log.name}:\n{log.read_text(errors='replace')[-4000:]}")
            raise
        finally:
            server.terminate()
            try:
                server.wait(_STOP_WITHIN)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


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
        return connection.getresponse().status < 500
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
