"""The small world, on the test's own database."""

import pytest

from service.database import transaction
from tests.factories import World, seeded_world


@pytest.fixture
def world(db: str) -> World:
    """Somebody of each role."""
    with transaction() as session:
        return seeded_world(session)
