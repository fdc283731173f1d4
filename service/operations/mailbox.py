"""The messages that lie in files: `.eml`, folders of them, maildirs. Read only: nothing is moved or deleted."""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

from service import clock
from service.operations.intake import LARGEST, Fate, intake

WORDS: Mapping[str, str] = {
    "ticket": "devenus une demande",
    "joined": "joints à une demande connue",
    "to_qualify": "à qualifier",
    "set_aside": "illisibles, gardés à part",
    "automatic": "automatiques, sans suite",
    "again": "déjà connus",
    "gone": "disparus ou illisibles sur le disque",
}
"""What the command says of each fate; `again` and `gone` are none."""

_OLDEST = timedelta(days=366)
"""A message received longer ago than that has a date that is wrong."""

_HEADERS = 64 * 1024
_MAILDIR = frozenset({"new", "cur"})
_DELIVERED = re.compile(r"(\d{9,11})\.")
_RECEIVED = re.compile(rb"^received:(.*(?:\r?\n[ \t].*)*)", re.IGNORECASE | re.MULTILINE)
_DATE = re.compile(rb"^date:(.*)", re.IGNORECASE | re.MULTILINE)
_END_OF_HEADERS = re.compile(rb"\r?\n\r?\n")


def files_of(paths: Sequence[Path]) -> list[Path]:
    """The message files behind the paths, each once, in a stable order.

    A file is taken as it is; of a folder its `.eml` files and those of maildirs (`new`, `cur`), at any depth.
    """
    found = (file for path in paths for file in (_of_folder(path) if path.is_dir() else [path]))
    return list(dict.fromkeys(found))


def take_in(path: Path) -> Fate | None:
    """Take in the message of a file; None when it has disappeared, is no file or can not be opened."""
    if not path.is_file():
        return None
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST)
            changed = datetime.fromtimestamp(os.fstat(file.fileno()).st_mtime, UTC)
    except OSError:
        return None
    return intake(raw, received_at(path, raw, changed))


def received_at(path: Path, raw: bytes, changed: datetime) -> datetime:
    """When the mailbox got it: by the maildir's own mark, the last server's header, the author's date, or the file.

    The first of them that is neither to come nor more than a year old; else now (R-CLK-8).
    """
    return first_believable(_by_name(path), *by_headers(raw), changed)


def first_believable(*known: datetime | None) -> datetime:
    """The first that is neither to come nor more than a year old; else now (R-CLK-8)."""
    now = clock.now()
    return next((at for at in known if at is not None and now - _OLDEST <= at <= now), now)


def by_headers(raw: bytes) -> Iterator[datetime | None]:
    """When the last server got the message, then when its author says to have sent it; None where unreadable."""
    headers = _END_OF_HEADERS.split(raw[:_HEADERS].lstrip(), maxsplit=1)[0]
    if received := _RECEIVED.search(headers):
        yield _instant(received[1].rpartition(b";")[2])
    if date := _DATE.search(headers):
        yield _instant(date[1])


def _of_folder(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        here = Path(place)
        in_maildir = (
            here.name in _MAILDIR and (here.parent / "cur").is_dir() and (here.parent / "new").is_dir()
        )
        folders[:] = sorted(name for name in folders if name != "tmp")
        for name in sorted(names):
            if in_maildir or name.lower().endswith(".eml"):
                yield here / name


def _by_name(path: Path) -> datetime | None:
    """The second of delivery at the head of a maildir's file name."""
    match = _DELIVERED.match(path.name)
    if match is None or path.parent.name not in _MAILDIR:
        return None
    return datetime.fromtimestamp(int(match[1]), UTC)


def _instant(written: bytes) -> datetime | None:
    try:
        at = parsedate_to_datetime(b" ".join(written.split()).decode("ascii", "replace")[:100])
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    aware = at if at.tzinfo else at.replace(tzinfo=UTC)
    try:
        return aware.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
