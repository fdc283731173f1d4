"""The only source of time. Whole seconds, so that every duration is exact on every database."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

Source = Callable[[], datetime]


def _system() -> datetime:
    return datetime.now(UTC)


_source: Source = _system


def now() -> datetime:
    """The present instant, aware, UTC, without fraction of a second."""
    return _source().astimezone(UTC).replace(microsecond=0)


@contextmanager
def driven(source: Source) -> Iterator[None]:
    """Let `source` tell the time of the whole process, for the demonstration's past and for tests."""
    global _source
    before, _source = _source, source
    try:
        yield
    finally:
        _source = before
