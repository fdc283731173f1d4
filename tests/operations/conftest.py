"""The hand of a driven clock, for tests of what lasts so long and no longer."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from service import clock


class Hand:
    """The clock's hand."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 17, 9, tzinfo=UTC)

    def on(self, **step: float) -> None:
        self.at += timedelta(**step)


@pytest.fixture
def hand() -> Iterator[Hand]:
    moving = Hand()
    with clock.driven(lambda: moving.at):
        yield moving
