"""`back_up`: each night the whole database becomes one encrypted file, proved by restoring it."""

from collections.abc import Callable

from service.backup import nightly


def run(renew: Callable[[], None]) -> int:
    """Make it where the environment says; nothing when it names no folder, which « Santé » tells."""
    return nightly.back_up(renew)
