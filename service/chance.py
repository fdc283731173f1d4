"""Chance in what people see, the symbols of a reference: hard to guess, unless the demonstration drives it."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Choose = Callable[[str], str]

_choose: Choose = secrets.choice


def choose(symbols: str) -> str:
    """One of the symbols, none more likely than another."""
    return _choose(symbols)


@contextmanager
def driven(source: Choose) -> Iterator[None]:
    """Let `source` choose for the whole process, for a demonstration that is the same each time."""
    global _choose
    before, _choose = _choose, source
    try:
        yield
    finally:
        _choose = before
