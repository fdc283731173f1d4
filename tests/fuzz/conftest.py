"""The small world on the test's own database; and silence, since a line for each of many calls tells nothing."""

import logging
from collections.abc import Iterator

import pytest
import structlog

from service import logs
from service.database import transaction
from tests.factories import World, seeded_world


@pytest.fixture
def world(db: str) -> World:
    """Somebody of each role."""
    with transaction() as session:
        return seeded_world(session)


@pytest.fixture(autouse=True)
def _silence() -> Iterator[None]:
    root = logging.getLogger()
    before = (list(root.handlers), root.level)
    logs.configure(demonstration=False, level="CRITICAL")
    yield
    root.handlers[:], root.level = before
    structlog.reset_defaults()
