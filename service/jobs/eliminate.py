"""`eliminate`: the lists that the administration asked to run, with their visa and both approvals (R-DP-6)."""

from collections.abc import Callable

from service import database
from service.operations.eliminations import run_asked


def run(renew: Callable[[], None]) -> int:
    """Run them, and let the database forget the bytes of what went."""
    return run_asked(renew, database.compact)
