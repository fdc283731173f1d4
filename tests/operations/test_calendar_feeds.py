"""The private address of a calendar, on both databases."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from service.database import transaction
from service.operations import calendar_feeds
from tests.factories import World, seeded_world


@pytest.fixture
def world(db: str) -> World:
    with transaction() as session:
        return seeded_world(session)


def test_of_renewals_at_one_instant_one_address_opens(world: World) -> None:
    """Somebody with two windows, or a finger that clicks twice: nobody gets an error, and one address is left."""
    for _ in range(5):
        with ThreadPoolExecutor(8) as hands:
            secrets = list(hands.map(calendar_feeds.renew, [world.cdas_agent] * 8))
        opened = [calendar_feeds.owner(secret) for secret in secrets]
        assert [one.account_id for one in opened if one] == [world.cdas_agent.account_id]
