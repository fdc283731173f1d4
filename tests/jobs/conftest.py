"""A driven clock and a small world for the jobs."""

from collections.abc import Iterator

import pytest

from service import clock
from service.database import transaction
from tests.factories import World, seeded_world
from tests.jobs.hand import Hand


@pytest.fixture
def hand() -> Iterator[Hand]:
    hand = Hand()
    with clock.driven(hand):
        yield hand


@pytest.fixture
def world(db: str, hand: Hand) -> World:
    with transaction() as session:
        return seeded_world(session)
