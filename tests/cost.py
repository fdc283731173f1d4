"""What a page costs: how often it asks the database, and how much it makes a browser fetch."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import event

from service import database


@contextmanager
def statements() -> Iterator[list[str]]:
    """The statements that this process sends meanwhile, on whatever thread."""
    sent: list[str] = []

    def note(*happened: Any) -> None:
        sent.append(happened[2])

    engine = database.engine()
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def weight(page: bytes) -> int:
    """Octets, compressed, of a page with the styles, scripts, sign and fonts of every page."""
    return len(gzip.compress(page)) + _shared()


@cache
def _shared() -> int:
    static = Path(__file__).parents[1] / "service/static"
    names = ("relais.css", "relais.js", "references.js", "shortcuts.js", "idle.js", "favicon.svg")
    texts = (static / name for name in names)
    fonts = (static / "fonts").glob("*.woff2")
    return sum(len(gzip.compress(one.read_bytes())) for one in texts) + sum(
        one.stat().st_size for one in fonts
    )
