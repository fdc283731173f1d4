"""`relais demo start`: from an empty folder to a page that answers, nothing left running or half written."""

import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest

from service.config import Config
from service.launch import LaunchRefused, refuse_unfit, write_settings
from tests.settings import config, environment

RELAIS = Path(sys.executable).with_name("relais")
WITHIN = 120.0


def until(condition: Callable[[], object], within: float = WITHIN) -> None:
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.02)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def status(port: int) -> int | None:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status
    except OSError:
        return None
    finally:
        connection.close()


def children_of(pid: int) -> list[int]:
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid and fields[0] != "Z":
            found.append(int(entry.parent.name))
    return sorted(found)


class Started:
    """`relais demo start` in a folder, as somebody types it."""

    def __init__(self, process: "subprocess.Popen[bytes]", log: Path) -> None:
        self.process = process
        self._log = log

    @property
    def said(self) -> str:
        """What it has printed so far."""
        return self._log.read_text(encoding="utf-8")

    def ended(self) -> bool:
        return self.process.poll() is not None

    def until_open(self) -> list[int]:
        """Wait for the last line of the welcome; the children's numbers."""
        until(lambda: self.ended() or "Relais est ouvert" in self.said)
        return children_of(self.process.pid)

    def end(self, number: int = signal.SIGTERM) -> int:
        """Send a signal, wait for the end; the exit code."""
        self.process.send_signal(number)
        return self.process.wait(WITHIN)


@contextmanager
def started(folder: Path, port: int) -> Iterator[Started]:
    """Start it; stopped at the latest when the block ends."""
    log = folder / "said.txt"
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("RELAIS_")}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [RELAIS, "demo", "start"],
            cwd=folder,
            env={**surroundings, "PORT": str(port)},
            stdout=output,
            stderr=output,
        )
    demonstration = Started(process, log)
    try:
        yield demonstration
    finally:
        if not demonstration.ended():
            demonstration.end()


@pytest.fixture
def ready(tmp_path: Path, demonstration_template: Path) -> Path:
    """A folder where the demonstration was started before."""
    (tmp_path / ".env").write_text("".join(f"{name}={value}\n" for name, value in environment().items()))
    with (tmp_path / ".env").open("a") as settings:
        settings.write("RELAIS_DATABASE_URL=sqlite:///var/relais.sqlite3\nRELAIS_SCHEDULER=process\n")
        settings.write("RELAIS_WORKERS=1\n")  # who starts and stops them counts the server as one
    (tmp_path / "var").mkdir()
    shutil.copy(demonstration_template, tmp_path / "var" / "relais.sqlite3")
    return tmp_path


# ---------------------------------------------------------------- the settings it writes
def test_written_settings_start_a_demonstration(tmp_path: Path) -> None:
    write_settings(tmp_path / ".env")
    built = Config.from_values(dict(line.split("=", 1) for line in lines(tmp_path / ".env")))
    assert built.demonstration
    assert stat.S_IMODE((tmp_path / ".env").stat().st_mode) == 0o600


def lines(path: Path) -> list[str]:
    return [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]


def test_settings_are_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("RELAIS_DEMONSTRATION=0\n")
    write_settings(tmp_path / ".env")
    assert (tmp_path / ".env").read_text() == "RELAIS_DEMONSTRATION=0\n"


def test_two_folders_have_their_own_secrets(tmp_path: Path) -> None:
    write_settings(tmp_path / "one")
    write_settings(tmp_path / "other")
    assert set(lines(tmp_path / "one")) & set(lines(tmp_path / "other")) == {
        "RELAIS_DEMONSTRATION=1",
        "RELAIS_LOG_LEVEL=WARNING",
    }


# ---------------------------------------------------------------- what it refuses
def test_a_folder_set_up_for_real_is_refused() -> None:
    with pytest.raises(LaunchRefused, match="démonstration"):
        refuse_unfit(config(DEMONSTRATION="0", PUBLIC_URL="https://relais.example"))


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with started(tmp_path, port) as demonstration:
            assert demonstration.process.wait(WITHIN) == 1
    assert f"Le port {port} de 127.0.0.1 est déjà pris" in demonstration.said
    assert "Traceback" not in demonstration.said
    assert not (tmp_path / "var").exists()


# ---------------------------------------------------------------- a whole life
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_answers_then_ends_with_everything_stopped(ready: Path, ending: signal.Signals) -> None:
    port = free_port()
    with started(ready, port) as demonstration:
        family = demonstration.until_open()
        assert (len(family), status(port)) == (2, 200), demonstration.said
        assert demonstration.end(ending) == 0
    said = demonstration.said
    assert f"http://127.0.0.1:{port}" in said
    assert "Mot de passe" in said
    assert "La démonstration est arrêtée." in said
    assert [pid for pid in family if Path(f"/proc/{pid}").exists()] == []
    with socket.create_server(("127.0.0.1", port)):
        pass


@pytest.mark.parametrize("victim", [0, 1])
def test_a_dead_child_stops_everything_and_is_named(ready: Path, victim: int) -> None:
    with started(ready, free_port()) as demonstration:
        family = demonstration.until_open()
        os.kill(family[victim], signal.SIGKILL)
        assert demonstration.process.wait(WITHIN) == 1
    assert "s’est arrêté tout seul (code -9)" in demonstration.said
    assert "Traceback" not in demonstration.said
    assert [pid for pid in family if Path(f"/proc/{pid}").exists()] == []


def test_a_first_start_that_is_interrupted_leaves_no_half_database(tmp_path: Path) -> None:
    with started(tmp_path, free_port()) as demonstration:
        until(lambda: demonstration.ended() or list(tmp_path.glob("var/loading-*/*")))
        assert demonstration.end() == 0, demonstration.said
    assert (tmp_path / ".env").exists()
    assert list((tmp_path / "var").iterdir()) == []
