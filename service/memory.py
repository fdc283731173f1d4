"""Python's memory, for work that holds hundreds of thousands of rows at once."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_searching() -> Iterator[None]:
    """Make many rows without the search for cycles, which looks at all of them again and again: rows make none.

    For the whole process, as long as it lasts: seconds, and nothing that goes on by itself.
    """
    searched = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if searched:
            gc.enable()
