"""Processes that live and die together: stopped as one, workers included, and a death is seen."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from service import children
from service.children import Children

LISTENS = [sys.executable, "-c", "import signal; signal.pause()"]


def until(condition: Callable[[], object], within: float = 20.0) -> None:
    """Wait for a condition of another process; fails when it does not come."""
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.01)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"


def test_leaving_stops_every_child() -> None:
    with Children() as family:
        family.start("one", LISTENS)
        family.start("two", LISTENS)
        pids = [child.pid for child in family.running.values()]
        assert family.first_dead() is None
        assert all(alive(pid) for pid in pids)
    assert not any(alive(pid) for pid in pids)


def test_a_dead_child_is_named_with_its_code() -> None:
    with Children() as family:
        family.start("lives", LISTENS)
        family.start("dies", [sys.executable, "-c", "raise SystemExit(7)"])
        until(family.first_dead)
        assert family.first_dead() == ("dies", 7)


def test_a_killed_child_shows_its_signal() -> None:
    with Children() as family:
        family.start("victim", LISTENS)
        family.running["victim"].kill()
        until(family.first_dead)
        assert family.first_dead() == ("victim", -signal.SIGKILL)


def test_a_deaf_child_and_its_own_children_are_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(children, "PATIENCE", 0.2)
    noted = tmp_path / "grandchild"
    deaf = (
        "import pathlib, signal, subprocess, sys\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "grandchild = subprocess.Popen([sys.executable, '-c', 'import signal; signal.pause()'])\n"
        f"pathlib.Path({str(noted)!r}).write_text(str(grandchild.pid))\n"
        "signal.pause()\n"
    )
    with Children() as family:
        family.start("deaf", [sys.executable, "-c", deaf])
        until(lambda: noted.exists() and noted.read_text())
        grandchild = int(noted.read_text())
    until(lambda: not alive(grandchild))


def test_an_error_inside_stops_the_children_too() -> None:
    started: list[subprocess.Popen[bytes]] = []

    def fails() -> None:
        with Children() as family:
            family.start("one", LISTENS)
            started.extend(family.running.values())
            raise RuntimeError("planned")

    with pytest.raises(RuntimeError, match="planned"):
        fails()
    assert started[0].returncode is not None
