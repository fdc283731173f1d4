"""Processes that live and die together: started in order, watched, stopped as one."""

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Self

PATIENCE = 10.0
"""Seconds that a child has to finish what it does before it is killed with all that it started."""


class Children:
    """A context: whatever ends it, no child outlives it."""

    def __init__(self) -> None:
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, command: Sequence[str], environment: Mapping[str, str] | None = None) -> None:
        """Start `command` under `name`, in a session of its own: Ctrl-C reaches us alone, we pass it on."""
        self.running[name] = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, start_new_session=True
        )

    def first_dead(self) -> tuple[str, int] | None:
        """Name and exit code of a child that stopped by itself; a negative code is the signal's number."""
        for name, child in self.running.items():
            code = child.poll()
            if code is not None:
                return name, code
        return None

    def stop(self) -> None:
        """Ask every child to stop, wait `PATIENCE` seconds in all, then kill what is left."""
        for child in self.running.values():
            child.terminate()
        deadline = time.monotonic() + PATIENCE
        for child in self.running.values():
            with suppress(subprocess.TimeoutExpired):
                child.wait(max(0.0, deadline - time.monotonic()))
            # The group too: a server's own workers must not hold the port.
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
        self.running.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
