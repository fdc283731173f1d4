"""What a page asks of the database does not grow with what it shows."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from bench.scenarios import a_request, to_take
from bench.staff import PASSWORD, Staff, code_of, email_of
from service.app import create_app
from service.database import reading
from service.models import JournalEntry, Ticket
from service.operations import tokens
from service.permissions import Actor
from tests import settings
from tests.cost import statements

pytestmark = pytest.mark.postgresql

MOST_OF_A_LIST, MOST_OF_A_TICKET = 5, 8
MOST_OF_A_NEW_ONE, MOST_OF_AN_ACT = 20, 13


@pytest.fixture
def reader(staff: Staff, postgresql_url: str) -> Callable[[Actor], FlaskClient]:
    """Somebody's browser, logged in."""
    app = create_app(settings.config(postgresql_url))

    def log_in(actor: Actor) -> FlaskClient:
        browser = app.test_client()
        token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/connexion").text)
        assert token is not None
        form = {"csrf_token": token[1], "email": email_of(actor), "password": PASSWORD}
        asked = re.search(r'name="csrf_token" value="([^"]+)"', browser.post("/connexion", data=form).text)
        assert asked is not None
        given = {"csrf_token": asked[1], "code": code_of(actor)}
        assert browser.post("/connexion/code", data=given).status_code == 303
        browser.get("/demandes")  # what is read once for every request has been read
        return browser

    return log_in


def test_a_list_of_fifty_costs_what_a_list_of_few_costs(
    staff: Staff, reader: Callable[[Actor], FlaskClient]
) -> None:
    browser, counted = reader(staff.agents[0]), []
    for view in ("caf", "cdas", "cours"):
        with statements() as sent:
            page = browser.get(f"/demandes?vue={view}")
        counted.append((page.text.count('<th scope="row">'), len(sent)))
    rows = [number for number, _ in counted]
    assert max(rows) == 50 > min(rows) > 0
    assert {number for _, number in counted} == {counted[0][1]}
    assert counted[0][1] <= MOST_OF_A_LIST


def test_a_long_history_costs_what_a_short_one_costs(
    staff: Staff, reader: Callable[[Actor], FlaskClient]
) -> None:
    length = func.count(JournalEntry.sequence)
    with reading() as session:
        sent_tickets = (
            select(Ticket.reference, length)
            .join(JournalEntry, JournalEntry.ticket_id == Ticket.id)
            .where(Ticket.submitted_at.is_not(None))
            .group_by(Ticket.reference)
            .order_by(length, Ticket.reference)
        )
        lengths = session.execute(sent_tickets).all()
    browser, counted = reader(staff.agents[0]), []
    for reference, _ in (*lengths[:5], *lengths[-5:]):
        with statements() as sent:
            assert browser.get(f"/demandes/{reference}").status_code == 200
        counted.append(len(sent))
    assert lengths[-1][1] >= 3 * lengths[0][1]
    # What stands beside a ticket, and whom its history names, is asked for where there is any.
    assert max(counted) - min(counted) <= 2
    assert max(counted) <= MOST_OF_A_TICKET


def test_an_act_through_the_api_asks_for_each_thing_once(staff: Staff, postgresql_url: str) -> None:
    """A request that is made and sent, and one that is taken: written, logged as read, and given back."""
    program = create_app(settings.config(postgresql_url)).test_client()
    asking, caf = (
        {"Authorization": f"Bearer {tokens.create(actor, 'essai')}"}
        for actor in (staff.everybody_of_the_cdas[0], staff.agents[0])
    )
    for round_ in ("first", "second"):  # what is read once for every request is read by the first
        key = {"Idempotency-Key": f"{round_}-request-of-this-test"}
        with statements() as making:
            made = program.post("/api/v1/tickets", json=a_request(), headers=asking | key)
        assert made.status_code == 201
        reference, version = next(to_take())
        with statements() as taking:
            address = f"/api/v1/tickets/{reference}/actions/take"
            taken = program.post(address, json={}, headers=caf | {"If-Match": f'"{version}"'})
        assert taken.status_code == 200
    assert len(making) <= MOST_OF_A_NEW_ONE
    assert len(taking) <= MOST_OF_AN_ACT
