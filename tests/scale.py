"""How much the randomised tests try: little on each change, a lot at night (`make nightly`)."""

import os

from hypothesis import HealthCheck, settings

NIGHTLY = os.environ.get("RELAIS_TEST_SCALE") == "nightly"


def count(usual: int, nightly: int) -> int:
    """The number of rounds, rows or histories for this run."""
    return nightly if NIGHTLY else usual


# No deadline: a slow example on a busy machine is not wrong. No folder of past examples: a failing one is
# printed with the line that plays it again.
for name, examples in (("usual", 60), ("nightly", 3000)):
    settings.register_profile(
        name,
        max_examples=examples,
        deadline=None,
        database=None,
        print_blob=True,
        suppress_health_check=[HealthCheck.too_slow],
    )


def load_profile() -> None:
    """Give Hypothesis the counts of this run."""
    settings.load_profile("nightly" if NIGHTLY else "usual")
