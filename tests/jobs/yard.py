"""The folder through which a test and its scheduler processes speak: a clock, gates, and who stands where.

No side waits for a time, only for a file: a gate that opens, a mark that appears.
"""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

_WITHIN = 120.0
_LOOK_AGAIN = 0.004


def until(true: Callable[[], object], what: str, every: float = _LOOK_AGAIN) -> None:
    """Wait until it is true, looking `every` so many seconds; fails after two minutes, telling what never came."""
    deadline = time.monotonic() + _WITHIN
    while not true():
        if time.monotonic() > deadline:
            raise TimeoutError(f"never came: {what}")
        time.sleep(every)


@dataclass(frozen=True)
class Yard:
    """Files in `folder`, each written whole or not at all."""

    folder: Path

    # ------------------------------------------------------------ the clock
    def set_clock(self, instant: datetime) -> None:
        """What time it is for every process."""
        self._write("clock", instant.isoformat())

    def clock(self) -> datetime:
        """What time it is."""
        return datetime.fromisoformat((self.folder / "clock").read_text())

    # ------------------------------------------------------------ gates
    def close(self, gate: str) -> None:
        """Whoever comes to this gate waits there; who came before is forgotten."""
        for path in self.folder.glob(f"at-{gate}-*"):
            path.unlink()
        self._write(f"closed-{gate}", "")

    def open(self, gate: str) -> None:
        """Let pass who waits at this gate, and whoever comes."""
        (self.folder / f"closed-{gate}").unlink()

    def pass_through(self, gate: str) -> None:
        """In a process: come to the gate, say so, and go on once it is open."""
        self._write(f"at-{gate}-{os.getpid()}", "")
        until(lambda: not (self.folder / f"closed-{gate}").exists(), f"the gate {gate} open")

    def at(self, gate: str) -> set[int]:
        """The processes that have come to the gate, waiting or not."""
        return {int(path.name.rpartition("-")[2]) for path in self.folder.glob(f"at-{gate}-*")}

    # ------------------------------------------------------------ turns
    def begin_turn(self, number: int) -> None:
        """In a process: the n-th turn begins, from 1."""
        self._write(f"begun-{os.getpid()}", str(number))

    def end_turn(self, number: int) -> None:
        """In a process: the n-th turn has ended."""
        self._write(f"ended-{os.getpid()}", str(number))

    def begun(self, pid: int) -> int:
        """How many turns the process has begun."""
        return self._number(f"begun-{pid}")

    def ended(self, pid: int) -> int:
        """How many turns the process has ended."""
        return self._number(f"ended-{pid}")

    def rest(self, since: datetime) -> None:
        """In a process that found nothing to do at that instant: wait until the clock has moved, or all is over."""
        until(lambda: self.stopped() or self.clock() != since, "another instant")

    def stop(self) -> None:
        """Every process ends after the turn in hand."""
        self._write("stop", "")

    def stopped(self) -> bool:
        """Whether the processes are to end."""
        return (self.folder / "stop").exists()

    # ------------------------------------------------------------ what was logged
    def note(self, event: str) -> None:
        """In a process: an event was logged."""
        with (self.folder / f"log-{os.getpid()}").open("a") as log:
            log.write(f"{event}\n")

    def events(self, pid: int) -> list[str]:
        """What a process has logged."""
        path = self.folder / f"log-{pid}"
        return path.read_text().splitlines() if path.exists() else []

    def _number(self, name: str) -> int:
        path = self.folder / name
        return int(path.read_text()) if path.exists() else 0

    def _write(self, name: str, text: str) -> None:
        being_written = self.folder / f".{name}.{os.getpid()}"
        being_written.write_text(text)
        being_written.replace(self.folder / name)
