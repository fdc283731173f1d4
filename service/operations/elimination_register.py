"""The register of eliminations, a file outside the database: what a restored backup must erase again (P-08).

It stands in the folder of the backups. Each line names some requests by their identifiers, and nothing else of them;
it is chained to the line before under the blind index key: without that key nobody adds a request to it, takes one
out or puts another file in its place. A backup remembers the last line that there was; what was cut off the end since
shows against the next backup's.
"""

import json
import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fcntl import LOCK_EX, flock
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from service import clock, logs
from service.config import Config
from service.errors import Refusal
from service.sealing import ring

NAME = "relais-eliminations.registre"
FORMAT = "relais-eliminations-1"
UNREADABLE = "unreadable"
"""What a backup remembers of a register of which no line holds: no register will do, somebody has to decide."""
_PURPOSE = "elimination register"
log = logs.logger(__name__)


class RegisterRefused(Refusal):
    """A register that is missing where it must be, or that was altered."""

    code = "register_refused"


@dataclass(frozen=True, slots=True)
class Register:
    """A register that was read to its end: who was eliminated, and the mark of each line."""

    tickets: Sequence[UUID]
    marks: Sequence[str]

    @property
    def head(self) -> str:
        """The mark of its last line."""
        return self.marks[-1]


_folder: Path | None = None
_thrown_away = False


def configure(config: Config) -> None:
    """Give the process its folder: that of the backups. A demonstration needs none, it is thrown away."""
    global _folder, _thrown_away
    _folder, _thrown_away = config.backup_folder, config.demonstration


def path() -> Path | None:
    """Where the register of this process stands, or will."""
    return None if _folder is None else _folder / NAME


def begin() -> None:
    """Make the register if there is none yet, so that every backup knows that there is one."""
    if _folder is not None:
        with _held(_folder):
            pass


def head() -> str:
    """The mark of the last line that holds, for a backup to remember; empty where there is no register.

    Refuses nothing: a backup has to be made, too, when somebody has altered the register.
    """
    where = path()
    if where is None or not where.exists():
        return ""
    return [UNREADABLE, *_marks_that_hold(where)][-1]


def goes_on_after(mark: str) -> bool:
    """Whether the register of this process has lines after that one: a copy that ends there is an old one."""
    where = path()
    return where is not None and where.exists() and mark in _marks_that_hold(where)[:-1]


def expect_place() -> None:
    """Refuses (RegisterRefused) when a backup, once restored, could not know of an elimination."""
    if _folder is None and not _thrown_away:
        raise RegisterRefused(
            "Aucune élimination ne s’exécute sans registre : une sauvegarde restaurée ramènerait ce qui est éliminé.",
            rule="R-DP-6",
            advice="Réglez RELAIS_BACKUP_FOLDER et RELAIS_BACKUP_KEY (docs/backup.md), puis recommencez.",
        )


def add(number: int, ticket_ids: Sequence[UUID]) -> None:
    """Write that these requests of a list are eliminated, on the disk before the database is touched.

    Refuses (RegisterRefused) as `expect_place`, and to go on from a register that was altered.
    """
    expect_place()
    if _folder is None:
        return
    with _held(_folder) as file:
        file.write(
            _line(_read(file).head, {"list": number, **_when(), "tickets": [str(one) for one in ticket_ids]})
        )
        file.flush()
        os.fsync(file.fileno())


def _marks_that_hold(where: Path) -> list[str]:
    marks: list[str] = []
    try:
        for number, line in enumerate(where.read_bytes().splitlines(), start=1):
            marks.append(_said(number, line, marks[-1] if marks else "")["mark"])
    except RegisterRefused:
        log.error("elimination.register_altered")
    return marks


def read(where: Path) -> Register:
    """The register in that file. Refuses (RegisterRefused) one that was altered, and one of other keys."""
    with where.open("rb") as file:
        return _read(file)


def _read(file: IO[bytes]) -> Register:
    file.seek(0)
    tickets: list[UUID] = []
    marks: list[str] = [""]
    for number, line in enumerate(file.read().splitlines(), start=1):
        said = _said(number, line, marks[-1])
        marks.append(said["mark"])
        tickets += [UUID(one) for one in said.get("tickets", ())]
    if len(marks) == 1:
        raise RegisterRefused(_altered(1))
    return Register(tickets, marks[1:])


def _said(number: int, line: bytes, before: str) -> dict[str, Any]:
    said: Any = None
    try:
        said = json.loads(line)
        whole = {name: value for name, value in said.items() if name != "mark"}
        right = said["mark"] == _mark(before, whole) and (number > 1 or said["format"] == FORMAT)
    except (ValueError, KeyError, TypeError, AttributeError):
        right = False
    if not right:
        raise RegisterRefused(_altered(number))
    found: dict[str, Any] = said
    return found


def _altered(number: int) -> str:
    return (
        f"Le registre des éliminations a été modifié, ou vient d’un Relais qui a d’autres clés : ligne {number}. "
        "Reprenez-en une copie."
    )


@contextmanager
def _held(folder: Path) -> Iterator[IO[bytes]]:
    """The file, for one process at a time, with its first line; half a line, left by a power cut, is taken off."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(folder / NAME, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "r+b") as file:
        flock(file, LOCK_EX)
        kept = file.read()
        whole = kept[: kept.rfind(b"\n") + 1]
        file.truncate(len(whole))
        if not whole:
            file.write(_line("", {"format": FORMAT, "id": secrets.token_hex(16), **_when()}))
            file.flush()
            os.fsync(file.fileno())
        yield file


def _when() -> dict[str, str]:
    return {"at": clock.now().isoformat()}


def _line(before: str, said: dict[str, Any]) -> bytes:
    return json.dumps({**said, "mark": _mark(before, said)}, sort_keys=True).encode() + b"\n"


def _mark(before: str, said: dict[str, Any]) -> str:
    return ring().blind_index(_PURPOSE, before + json.dumps(said, sort_keys=True)).hex()
