"""A small seed of the benchmark, and what its tests share."""

from collections.abc import Iterator

import pytest

from bench.seeding import fill
from bench.staff import Staff
from service import database
from service.sealing import KeyRing

SEEDED = 400


@pytest.fixture
def staff(postgresql_url: str, key_ring: KeyRing) -> Iterator[Staff]:
    """The process works on a small seed; gives the people who work there."""
    yield fill(postgresql_url, SEEDED, lambda done: None)
    database.engine().dispose()
