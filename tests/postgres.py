"""A PostgreSQL cluster for one test run, from the system's programs, on a socket and never on the network."""

import os
import shutil
import subprocess
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

_LONGEST_SOCKET_FOLDER = 80
_ROOM_IN_MEMORY = 4 * 2**30
_USER = "postgres"
_FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
_USUAL = ("listen_addresses=", "max_connections=120", "shared_buffers=64MB", "log_min_messages=warning")


def binaries() -> Path | None:
    """The folder with initdb and pg_ctl: the newest under /usr/lib/postgresql, else where PATH finds them."""
    versions = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(versions, key=lambda found: float(found.parts[-3]), default=None)
    found = newest or shutil.which("initdb")
    return Path(found).parent if found else None


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running cluster; `folder` holds its data, its log and its socket."""

    folder: Path

    def url(self, name: str) -> str:
        """The address of the database `name`, for SQLAlchemy."""
        return f"postgresql+psycopg://{_USER}@/{name}?host={self.folder}"

    def execute(self, statement: str, *names: str) -> None:
        """Run one statement outside any transaction; each `{}` is replaced by a quoted name."""
        where = f"host={self.folder} user={_USER} dbname=postgres"
        with psycopg.connect(where, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def create(self, name: str, template: str = "template1") -> str:
        """Make the database `name` as a copy of `template` and tell its address."""
        self.execute("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY", name, template)
        return self.url(name)

    def drop(self, name: str) -> None:
        """Remove the database `name`, whoever is still connected."""
        self.execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def pg_ctl(self, *words: str) -> None:
        """Run pg_ctl as the cluster's user, for example `pg_ctl("stop", "-m", "immediate")`."""
        _as_owner(_program("pg_ctl"), "-D", str(self.folder / "data"), "-w", "-s", *words)

    def stop(self) -> None:
        """Stop it if it runs, and remove everything."""
        with suppress(subprocess.CalledProcessError):
            self.pg_ctl("stop", "-m", "immediate")
        shutil.rmtree(self.folder, ignore_errors=True)


def start(*, durable: bool = False) -> Cluster:
    """Make and start a cluster. `durable` keeps fsync on, for tests that pull the plug."""
    folder = Path(tempfile.mkdtemp(prefix="relais-pg-", dir=_folder_for(durable=durable)))
    if os.geteuid() == 0:
        shutil.chown(folder, _USER, _USER)
    options = (*_USUAL, *(() if durable else _FAST), f"unix_socket_directories={folder}")
    data = str(folder / "data")
    _as_owner(
        _program("initdb"),
        "-D",
        data,
        "-U",
        _USER,
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale=C.UTF-8",
        "--no-sync",
    )
    cluster = Cluster(folder)
    cluster.pg_ctl("start", "-l", str(folder / "log"), "-o", " ".join(f"-c {option}" for option in options))
    return cluster


def _program(name: str) -> str:
    found = binaries()
    if found is None:
        raise FileNotFoundError(name)
    return str(found / name)


def _as_owner(*command: str) -> None:
    # PostgreSQL refuses to run as root; Debian's package brings the user that it runs as.
    prefix = ("runuser", "-u", _USER, "--") if os.geteuid() == 0 else ()
    subprocess.run([*prefix, *command], check=True, cwd="/", stdout=subprocess.DEVNULL)


def _folder_for(*, durable: bool) -> str:
    # In memory where there is room: a database is made for each test, and on a disk that costs half a second.
    memory = Path("/dev/shm")
    if not durable and memory.is_dir() and shutil.disk_usage(memory).free >= _ROOM_IN_MEMORY:
        return str(memory)
    usual = tempfile.gettempdir()
    return usual if len(usual) <= _LONGEST_SOCKET_FOLDER else "/tmp"
