"""SQLite: its own online copy, page by page, while people work; and the same way back, in one transaction."""

import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy.engine import make_url

from service.backup.archive import Archive, BackupRefused

_BLOCK = 1 << 20
_BUSY_SECONDS = 30
_PRIMARY = 0xFF
_BROKEN = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
FAILED = sqlite3.Error
"""What SQLite answers to a full disk, and to a file that is no database."""

Parts = Iterator[Iterator[bytes]]


@contextmanager
def snapshot(url: str, folder: Path) -> Iterator[tuple[Mapping[str, int], Parts]]:
    """The rows of each table and the parts of the database, as it is at one moment; a copy waits in `folder`."""
    copy = _private_file(folder / "copy.sqlite3")
    with closing(_connect(path_of(url))) as source, closing(_connect(copy)) as target:
        source.backup(target)
        target.execute("PRAGMA journal_mode = DELETE")  # the whole database in the one file
        rows = rows_of(target)
    yield rows, iter([_blocks(copy)])
    copy.unlink()


@contextmanager
def scratch(_url: str, archive: Archive, folder: Path) -> Iterator[str]:
    """The address of a database of its own in `folder`, with what the archive holds."""
    path = _private_file(folder.resolve() / "scratch.sqlite3")
    with path.open("wb") as file:
        for block in archive.part():
            file.write(block)
    yield f"sqlite:///{path}"


def put_in_place(scratch_url: str, url: str) -> None:
    """Make the database at `url` what the scratch one is, all or nothing, whoever has it open.

    A file that is no database any more gives way whole.
    """
    path, made = path_of(url), path_of(scratch_url)
    if not path.exists():
        _private_file(path)
    try:
        with closing(_connect(made)) as source, closing(_connect(path)) as target:
            source.backup(target)
    except sqlite3.DatabaseError as failed:
        if failed.sqlite_errorcode & _PRIMARY not in _BROKEN:
            raise
        _give_way(made, path)


def _give_way(made: Path, path: Path) -> None:
    with closing(_connect(made)) as source:
        source.execute("PRAGMA journal_mode = DELETE")  # the whole database in the one file
    for left in ("-wal", "-shm"):  # of the broken one: they would be read into the new one
        path.with_name(path.name + left).unlink(missing_ok=True)
    made.replace(path)


def is_empty(url: str) -> bool:
    """Whether there is no table at `url`."""
    path = path_of(url)
    if not path.exists():
        return True
    with closing(_connect(path)) as connection:
        return not rows_of(connection)


def rows_of(connection: sqlite3.Connection) -> Mapping[str, int]:
    """How many rows each table has."""
    tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    counted = "SELECT count(*) FROM "
    return {
        name: connection.execute(f'{counted}"{name}"').fetchone()[0]
        for (name,) in connection.execute(tables).fetchall()
    }


def rows_at(url: str) -> Mapping[str, int]:
    """The same of the database at `url`."""
    with closing(_connect(path_of(url))) as connection:
        return rows_of(connection)


def folder_of(url: str) -> Path | None:
    """Where there is room for another database beside this one."""
    return path_of(url).resolve().parent


def path_of(url: str) -> Path:
    """The file of the address."""
    return Path(make_url(url).database or "")


def _connect(path: Path) -> sqlite3.Connection:
    if not path.exists():
        raise BackupRefused(f"La base {path} n’existe pas.")
    return sqlite3.connect(path, timeout=_BUSY_SECONDS)


def _private_file(path: Path) -> Path:
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    return path


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            yield block
