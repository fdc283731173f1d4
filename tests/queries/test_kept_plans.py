"""The plans that PostgreSQL keeps for the statements of lists."""

import pytest
from sqlalchemy import select

from service import database
from service.database import reading, transaction
from service.models import Unit
from service.permissions import UnitKind
from service.queries import lists
from service.queries.lists import FINAL_STATES, LIVE_STATES, Filters
from service.routes.pages.views.queue_address import ORDERS
from tests.api.test_lists import analyzed, many_tickets
from tests.factories import World, seeded_world
from tests.plans import kept_plan


@pytest.fixture
def world(db: str) -> World:
    """The small world."""
    with transaction() as session:
        return seeded_world(session)


def test_the_plan_that_postgresql_keeps_for_a_list_in_any_order_reads_its_first_rows_only(
    world: World,
) -> None:
    """On PostgreSQL, which plans a statement that comes again for any values: most of what is open awaits the Caf."""
    if database.engine().dialect.name == "sqlite":
        pytest.skip("SQLite plans each statement for its values alone")
    many_tickets(5000, closed=2500)
    with reading() as session:
        cdas = session.scalars(select(Unit.code).where(Unit.kind == UnitKind.CDAS)).all()
    for unit in cdas:
        many_tickets(50, unit=unit, owed_by=unit)
    analyzed()
    of_the_caf = Filters(
        states=LIVE_STATES, owed_by_one_of=("caf-prestations", "caf-secretariat", "caf-social")
    )
    rare = Filters(kind="handover", states=FINAL_STATES)
    for filters in (of_the_caf, Filters(states=LIVE_STATES), Filters(states=FINAL_STATES), rare):
        for order in (lists.BY_END,) if filters.ended else ORDERS.values():
            for way in (order, order.turned()):
                kept = kept_plan(lists.queue(world.caf_agent, filters, order=way).limit(51))
                assert "Sort" not in kept, kept
