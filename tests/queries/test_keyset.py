"""Pages of every list: whatever the order, each row once, the same ones both ways, read from where they begin."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Select

from service import clock, database
from service.database import reading, transaction
from service.models import Accompaniment, Ticket
from service.models.base import new_id
from service.permissions import Role
from service.queries import accompaniments, accounts, calls, incoming, keyset, lists, webhooks
from service.queries.keyset import Order, Place
from service.queries.lists import LIVE_STATES, Filters
from tests.api.test_lists import analyzed, many_tickets
from tests.factories import World, an_account, seeded_world
from tests.plans import plan

PAGE = 4
EVERYTHING = accompaniments.Filters()


@pytest.fixture
def world(db: str) -> World:
    """The small world."""
    with transaction() as session:
        return seeded_world(session)


def turned(
    query: Callable[[Place | None], Select[*tuple[Any, ...]]], edge: Callable[[Any], tuple[Any, Any]]
) -> tuple[list[list[Any]], list[list[Any]]]:
    """The identifiers of each page, forwards from the beginning, then backwards from the last page."""
    ways: list[list[list[Any]]] = []
    place, back = None, False
    for back in (False, True):
        pages = []
        while True:
            with reading() as session:
                found = session.execute(query(place).limit(PAGE + 1)).all()
            page = keyset.page(found, PAGE, place, edge)
            pages.append([edge(row)[1] for row in page.rows])
            beyond = page.previous if back else page.next
            if beyond is None:
                break
            place = beyond
        ways.append(pages)
    return ways[0], ways[1]


def tickets_in_every_state_of_ties() -> None:
    """Thirteen requests, of which some have no deadline, three share each instant."""
    many_tickets(13, closed=3)
    now = clock.now()
    with transaction() as session:
        for place, ticket in enumerate(session.query(Ticket).order_by(Ticket.id)):
            ticket.submitted_at = now - timedelta(hours=place % 5)
            ticket.changed_at = now - timedelta(hours=place * 7 % 4)
            ticket.version += 1


@pytest.mark.parametrize("turn", [False, True], ids=["as named", "from the other end"])
@pytest.mark.parametrize("order", [lists.BY_DEADLINE, lists.BY_SENDING, lists.BY_CHANGE])
def test_every_page_of_requests_is_found_again_on_the_way_back(
    world: World, order: Order, turn: bool
) -> None:
    tickets_in_every_state_of_ties()
    order = order.turned() if turn else order
    forwards, backwards = turned(
        lambda place: lists.queue(world.caf_agent, Filters(), place, order), lambda row: order.edge(row[0])
    )
    assert [len(page) for page in forwards] == [4, 4, 4, 1]
    assert len({row for page in forwards for row in page}) == 13
    assert backwards[::-1] == forwards
    with reading() as session:
        whole = session.scalars(lists.queue(world.caf_agent, Filters(), order=order)).all()
    assert [row for page in forwards for row in page] == [ticket.id for ticket in whole]


@pytest.mark.parametrize(
    "order", [accompaniments.BY_TERM, accompaniments.BY_OPENING, accompaniments.BY_EVENT]
)
def test_days_and_rows_without_one_come_each_once(world: World, order: Order) -> None:
    """Accompaniments: by days, one of which may not be known."""
    day = date(2026, 3, 1)
    with transaction() as session:
        for number in range(10):
            session.add(
                Accompaniment(
                    id=new_id(),
                    matricule=f"{7000000 + number}",
                    last_name="Exemple",
                    first_name="Rozenn",
                    matricule_index=bytes([number]),
                    event="death_parent",
                    event_on=None if number % 3 == 0 else day - timedelta(days=number % 2),
                    worker_id=world.caf_ts.account_id,
                    opened_on=day + timedelta(days=number % 4),
                    term_on=day + timedelta(days=90 + number // 3),
                )
            )
    for way in (order, order.turned()):
        forwards, backwards = turned(
            partial(accompaniments.register, world.caf_head, EVERYTHING, way), lambda row: order.edge(row[0])
        )
        assert len({row for page in forwards for row in page}) == sum(map(len, forwards)) == 10
        assert backwards[::-1] == forwards


def test_a_name_orders_a_list_and_stands_in_no_place(world: World) -> None:
    """Accounts: of one name, several; a place says the account alone."""
    with transaction() as session:
        for number in range(9):
            name = "Démo-Homonyme" if number % 2 else f"Démo-{number}"
            an_account(session, "cdas-redon", Role.CDAS_AGENT, email=f"n{number}@test.example", name=name)
    for way in (accounts.BY_NAME, accounts.BY_NAME.turned()):
        assert way.said("Démo-Homonyme") is None
        forwards, backwards = turned(
            partial(accounts.listed, world.cdas_head, accounts.Filters(), way),
            lambda row: (None, row[0].account_id),
        )
        assert len({row for page in forwards for row in page}) == sum(map(len, forwards)) == 12
        assert backwards[::-1] == forwards


@pytest.mark.parametrize(
    ("order", "index"), [(lists.BY_SENDING, "ix_ticket_sent"), (lists.BY_CHANGE, "ix_ticket_changed")]
)
def test_a_later_page_is_read_from_where_it_begins(world: World, order: Order, index: str) -> None:
    """In both directions, and from either end of the order: what stands before it is not read."""
    many_tickets(600, closed=300)
    analyzed()
    place = Place(clock.now(), Ticket(reference="x").id)
    for way in (order, order.turned()):
        for back in (False, True):
            query = lists.queue(world.caf_agent, Filters(states=LIVE_STATES), place._replace(back=back), way)
            found = plan(query.limit(51))
            assert index in found, found
            assert "Sort" not in found
            assert "TEMP B-TREE FOR ORDER BY" not in found
            on_postgresql = database.engine().dialect.name == "postgresql"
            assert ("Index Cond: (ROW(" if on_postgresql else f"SEARCH ticket USING INDEX {index}") in found


def the_plan_of(world: World, name: str, place: Place) -> str:
    """How a page in the midst of a list is found."""
    query: Select[*tuple[Any, ...]] = {
        "calls": lambda: calls.calls(world.caf_agent, place),
        "messages": lambda: incoming.listed(world.caf_secretariat, "waiting", place=place),
        "qualified messages": lambda: incoming.listed(
            world.caf_secretariat, "qualified", incoming.BY_QUALIFICATION, place
        ),
        "webhook deliveries": lambda: webhooks.deliveries(place=place),
    }[name]()
    return plan(query.limit(51))


@pytest.mark.parametrize(
    ("name", "index"),
    [
        ("calls", "ix_call_started_at"),
        ("messages", "ix_incoming_mail_fate"),
        ("qualified messages", "ix_incoming_mail_qualified"),
        ("webhook deliveries", "ix_webhook_delivery_created_at"),
    ],
)
def test_the_long_lists_are_read_from_an_index(world: World, name: str, index: str) -> None:
    """From where their page begins, whatever they hold."""
    place = Place(clock.now(), Ticket(reference="x").id)
    for back in (False, True):
        found = the_plan_of(world, name, place._replace(back=back))
        on_postgresql = database.engine().dialect.name == "postgresql"
        assert re.search(rf"using {index} on|USING INDEX {index} \(", found), found
        assert ("Index Cond" if on_postgresql else "SEARCH") in found
