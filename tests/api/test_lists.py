"""Lists stay right while things move, and cost the same whatever they hold."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from sqlalchemy import select, text

from service import clock, database
from service.database import transaction
from service.models import Person, Ticket, UrgentRightsDetails
from service.permissions import Actor
from service.queries import keyset, lists
from service.queries.lists import LIVE_STATES, Filters
from service.workflows import reference as references
from tests.api.conftest import Caller, Hand, a_sent_ticket, fields_of
from tests.cost import statements
from tests.factories import World
from tests.plans import plan

Calling = Callable[[Actor | None], Caller]


def many_tickets(
    number: int, *, unit: str = "cdas-redon", closed: int = 0, owed_by: str = "caf-secretariat"
) -> None:
    """Rows of tickets without their journal: for lists only. Several share each deadline."""
    now = clock.now()
    with transaction() as session:
        rows = [
            Ticket(
                reference=references.new("UD"),
                kind="urgent_rights",
                state="cancelled" if index < closed else "submitted",
                version=2,
                channel="service",
                asking_unit_id=unit,
                triage_unit_id="caf-secretariat",
                next_step_unit_id=None if index < closed else owed_by,
                next_deadline_at=None if index < closed else now + timedelta(minutes=index // 3),
                next_deadline_of=None if index < closed else "triage",
                convention_version=1,
                opened_at=now,
                state_since=now,
                submitted_at=now,
                ended_at=now if index < closed else None,
                changed_at=now,
            )
            for index in range(number)
        ]
        session.add_all(rows)
        session.flush()
        session.add_all(
            UrgentRightsDetails(ticket_id=row.id, benefit="rsa", event="interruption") for row in rows
        )
        session.add_all(Person(ticket_id=row.id, matricule_index=row.id.bytes) for row in rows)


def analyzed() -> None:
    """Let the database know what it holds."""
    with database.engine().begin() as writing:
        writing.execute(text("ANALYZE"))


def walk(caller: Caller, path: str) -> list[dict[str, Any]]:
    """Every row, page after page."""
    seen, address = [], path
    while address:
        answer = caller.get(address)
        seen += answer.json["items"]
        address = answer.json["next"]
        assert ("Link" in answer.headers) is bool(address)
    return seen


def test_pages_give_every_row_once_in_order(caf: Caller) -> None:
    many_tickets(23, closed=7)
    rows = walk(caf, "/tickets?limit=4")
    assert len({row["reference"] for row in rows}) == len(rows) == 23
    deadlines = [row["next_deadline"]["at"] if row["next_deadline"] else "9" for row in rows]
    assert deadlines == sorted(deadlines)
    assert deadlines[-7:] == ["9"] * 7
    assert rows == caf.get("/tickets?limit=200").json["items"]


@pytest.mark.parametrize(
    ("state", "sort", "column"),
    [
        ("submitted", "sent", Ticket.submitted_at),
        ("submitted", "-sent", Ticket.submitted_at),
        ("submitted", "changed", Ticket.changed_at),
        ("cancelled", "ended", Ticket.ended_at),
        ("cancelled", "-ended", Ticket.ended_at),
        ("submitted", "-deadline", Ticket.next_deadline_at),
    ],
)
def test_an_order_is_asked_by_name_and_lasts_from_page_to_page(
    caf: Caller, state: str, sort: str, column: Any
) -> None:
    """The orders of the pages, from either end: each row once, whatever the page."""
    many_tickets(14, closed=7)
    with transaction() as session:
        for number, row in enumerate(session.scalars(select(Ticket).order_by(Ticket.id))):
            shift = timedelta(hours=number * 5 % 7)
            row.submitted_at, row.changed_at = row.submitted_at - shift, row.changed_at - shift
            row.ended_at = row.ended_at - shift if row.ended_at else None
        latest = sort in ("sent", "changed", "ended", "-deadline")
        order = (column.desc(), Ticket.id.desc()) if latest else (column, Ticket.id)
        expected = session.scalars(
            select(Ticket.reference).where(Ticket.state == state).order_by(*order)
        ).all()
    rows = walk(caf, f"/tickets?limit=3&state={state}&sort={sort}")
    assert [row["reference"] for row in rows] == expected


def test_a_place_says_nothing_in_another_order(caf: Caller) -> None:
    many_tickets(3)
    asked = "/tickets?limit=1&state=submitted"
    following = caf.get(f"{asked}&sort=changed").json["next"]
    assert caf.get(following.removeprefix("/api/v1")).status_code == 200
    cursor = dict(parse_qsl(urlsplit(following).query))["cursor"]
    for other in ("deadline", "-changed", "sent"):
        refused = caf.get(f"{asked}&sort={other}&cursor={cursor}")
        assert (refused.status_code, fields_of(refused)) == (422, {"cursor"})


@pytest.mark.parametrize(
    "asked", ["sort=name", "sort=sent", "state=cancelled&sort=sent", "state=draft&sort=changed"]
)
def test_an_order_that_is_not_offered_is_refused(caf: Caller, asked: str) -> None:
    """A name that no order has, and one that the archive is too long for."""
    answer = caf.get(f"/tickets?{asked}")
    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"
    assert "sort" in str(answer.json["errors"])


def test_a_filter_lasts_from_page_to_page(caf: Caller) -> None:
    many_tickets(9, closed=3)
    rows = walk(caf, "/tickets?limit=2&state=submitted&benefit=rsa&owed_by=caf-secretariat")
    assert len(rows) == 6
    assert {row["state"] for row in rows} == {"submitted"}


def test_what_arrives_meanwhile_neither_repeats_nor_hides_a_row(
    cdas: Caller, caf: Caller, hand: Hand
) -> None:
    many_tickets(10)
    first = caf.get("/tickets?limit=5").json
    gone = first["items"][0]["reference"]
    with transaction() as session:
        session.query(Ticket).filter_by(reference=gone).update(
            {
                "state": "cancelled",
                "next_step_unit_id": None,
                "next_deadline_at": None,
                "ended_at": clock.now(),
            }
        )
    hand.at(17, 9, 30)
    a_sent_ticket(cdas)
    rest = [row["reference"] for row in walk(caf, first["next"])]
    expected = {row["reference"] for row in first["items"]} | set(rest)
    assert len(expected) == 10 + (1 if len(rest) > 5 else 0)
    assert len(rest) == len(set(rest))
    assert gone == rest[-1]  # ended now: it stands at the end of the list


def test_counting_stops_at_a_thousand(caf: Caller) -> None:
    many_tickets(1000)
    page = caf.get("/tickets?limit=1").json
    assert (page["count"], page["more"]) == (1000, False)
    many_tickets(2)
    page = caf.get("/tickets?limit=1").json
    assert (page["count"], page["more"]) == (1000, True)


@pytest.mark.parametrize(
    "path",
    ["/tickets?limit=200", "/calls?limit=200", "messages", "notes", "attachments", "journal", "ledger"],
)
def test_the_number_of_statements_does_not_grow_with_the_rows(cdas: Caller, caf: Caller, path: str) -> None:
    reference = a_sent_ticket(cdas)
    if not path.startswith("/"):
        path = f"/tickets/{reference}/{path}"

    def grow() -> None:
        a_sent_ticket(cdas)
        call = {"started_at": "2026-11-17T08:00:00+01:00", "minutes": 2, "answered": False}
        cdas.post("/calls", call)
        cdas.post(f"/tickets/{reference}/messages", {"body": "Bonjour"})
        cdas.post(f"/tickets/{reference}/notes", {"body": "Bonjour"})
        cdas.upload(reference, "a.pdf", b"%PDF-1.7\n%%EOF\n")

    grow()
    cdas.get(path)
    with statements() as few:
        assert cdas.get(path).status_code == 200
    for _ in range(4):
        grow()
    caf.act(reference, "take")
    with statements() as many:
        assert cdas.get(path).status_code == 200
    assert len(many) == len(few)
    assert len(few) <= 12


def test_a_search_takes_as_many_statements_for_one_as_for_fifty(caf: Caller, cdas: Caller) -> None:
    a_sent_ticket(cdas)
    caf.post("/tickets/search", {"matricule": "1234567"})
    with statements() as few:
        caf.post("/tickets/search", {"matricule": "1234567"})
    for _ in range(5):
        a_sent_ticket(cdas)
    with statements() as many:
        assert caf.post("/tickets/search", {"matricule": "1234567"}).json["count"] == 6
    assert len(many) == len(few)


def test_the_queue_of_a_unit_is_read_from_its_index(world: World) -> None:
    many_tickets(50, closed=10)
    after = keyset.Place(clock.now() + timedelta(minutes=3), Ticket(reference="x").id)
    owed = plan(lists.queue(world.caf_agent, Filters(owed_by="caf-secretariat"), after).limit(51))
    assert "ix_ticket_owed" in owed
    assert "Sort" not in owed
    assert "TEMP B-TREE" not in owed


def test_what_is_under_way_is_read_from_its_own_indexes(world: World) -> None:
    """Whatever has ended: for the Caf in order, for a CDAS its own rows. SQLite takes several indexes, and sorts."""
    many_tickets(50, closed=10)
    caf, cdas = (
        lists.queue(actor, Filters(states=LIVE_STATES)).limit(51)
        for actor in (world.caf_agent, world.cdas_agent)
    )
    if database.engine().dialect.name == "sqlite":
        assert "SCAN ticket" not in plan(caf) + plan(cdas)
        return
    many_tickets(500, unit="cdas-combourg")
    analyzed()
    in_order, own = plan(caf), plan(cdas, several_indexes=True)
    assert "Index Scan using ix_ticket_queue" in in_order
    assert "Sort" not in in_order
    assert "ix_ticket_asked" in own, own


def test_the_numbers_on_the_tabs_are_counted_in_indexes_alone(world: World) -> None:
    """On PostgreSQL, where an index carries what rights ask of a row: a thousand are counted, and none is read."""
    many_tickets(50, closed=10)
    views = {
        "ix_ticket_owed": Filters(states=LIVE_STATES, owed_by_one_of=("caf-secretariat", "caf-prestations")),
        "ix_ticket_queue": Filters(states=LIVE_STATES),
        "ix_ticket_draft": Filters(states=("draft",)),
    }
    for index, filters in views.items():
        counted = plan(lists.bare(world.caf_agent, filters).limit(keyset.COUNT_LIMIT))
        if database.engine().dialect.name == "sqlite":
            assert "SCAN ticket" not in counted
        else:
            assert f"Index Only Scan using {index}" in counted


@pytest.mark.parametrize("states", [(), ("submitted",)])
def test_the_list_of_a_cdas_is_read_from_its_index(world: World, states: tuple[str, ...]) -> None:
    many_tickets(50, closed=10)
    asked = plan(lists.queue(world.cdas_agent, Filters(states=states)).limit(51), several_indexes=True)
    assert "Seq Scan on ticket" not in asked
    assert "SCAN ticket" not in asked
    # With a state and a few rows, PostgreSQL may find the index of the states as good.
    assert "ix_ticket_asking" in asked or (states and "Bitmap Index Scan on ix_ticket_kind" in asked)
