"""« Concertations » of a CDAS: planned, filled, moved, printed, cancelled (R-CI-3, R-CI-4)."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from service import clock
from service.database import reading
from service.models import CoInterventionDetails, Concertation, Message, Ticket
from service.operations import acts
from service.operations.creation import create_ticket
from tests.factories import REDON, World, today
from tests.pages.conftest import Visitor

PARIS = ZoneInfo("Europe/Paris")


class Hand:
    """The clock's hand, set by the test."""

    instant = datetime(2026, 10, 26, 10, tzinfo=PARIS)


@pytest.fixture(autouse=True)
def hand() -> Iterator[Hand]:
    hand = Hand()
    with clock.driven(lambda: hand.instant):
        yield hand


def asked(world: World, key: str, **changes: Any) -> str:
    given = {
        "last_name": "Exemple-Morin",
        "first_name": "Démo",
        "commune": REDON,
        "told_on": today(),
        "regime": "ordinary",
        "need": "complexity",
        "need_detail": "Dettes de loyer et séparation.",
        "asking_opinion_on": today(),
        "asking_participants": "Essai Caf Ts",
        "asking_opinion": "Favorable.",
        **changes,
    }
    return create_ticket(world.caf_ts, "co_intervention", given, key, submit=True)[0]


def told(reference: str) -> tuple[str, Any, list[str | None]]:
    with reading() as session:
        ticket = session.scalars(select(Ticket).where(Ticket.reference == reference)).one()
        details = session.get_one(CoInterventionDetails, ticket.id)
        messages = session.scalars(select(Message).where(Message.ticket_id == ticket.id))
        return ticket.state, details.concertation_on, [message.body for message in messages]


def session_on(day: str) -> Concertation:
    with reading() as session:
        return session.scalars(
            select(Concertation).where(Concertation.held_on == datetime.fromisoformat(day).date())
        ).one()


def test_a_cdas_plans_fills_moves_prints_and_cancels(
    world: World, logged_in: Callable[..., Visitor], hand: Hand
) -> None:
    """R-CI-3, R-CI-4: the agenda goes with its session, or waits for a date again; no name but on the ticket."""
    first, second = asked(world, "une"), asked(world, "deux")
    head, agent = logged_in("cdas_head"), logged_in("cdas_agent")
    elsewhere = logged_in("cdas_head_elsewhere")

    # Two requests wait; an agent who is not named for concertation sees neither, and can not plan.
    page = head.get("/concertations").text
    assert first in page
    assert second in page
    assert "Exemple" not in page
    assert first not in agent.get("/concertations").text
    assert agent.post("/concertations", {"held_on": "2026-11-05"}).status_code == 403
    assert logged_in("caf_ts").get("/concertations").status_code == 403

    # Planned once for a day; refused in the past.
    assert head.post("/concertations", {"held_on": "2026-10-25"}).status_code == 422
    planned = head.post(
        "/concertations", {"held_on": "2026-11-05", "starts_at": "09:30", "place": "Salle Démo"}
    )
    assert planned.status_code == 303
    address = planned.location
    again = head.post("/concertations", {"held_on": "2026-11-05"})
    assert again.status_code == 422
    assert "déjà prévue ce jour-là" in again.text
    assert elsewhere.get(address).status_code == 404

    # One is put on the agenda from here, the other from its own page.
    assert head.post(f"{address}/inscrire", {"reference": first}).status_code == 303
    acts.perform(world.cdas_head, second, "forward", {"concertation_on": session_on("2026-11-05").held_on})
    assert told(first)[:2] == told(second)[:2] == ("forwarded", session_on("2026-11-05").held_on)
    sheet = head.get(address).text
    assert first not in head.get("/concertations").text
    assert sheet.index(first) < sheet.index(second)
    assert "Enregistrer l’avis" not in sheet
    assert sheet.count("Avis à noter à partir du 5 novembre 2026") == 2
    assert 'type="time"' in head.get("/concertations").text

    # The printed agenda: references and initials.
    paper = head.get(f"{address}/ordre-du-jour").text
    assert first in paper
    assert "D. E." in paper
    assert "Exemple" not in paper
    assert first not in agent.get(f"{address}/ordre-du-jour").text

    # Another day: both go with it, each with an entry of its own.
    moved = head.post(address, {"held_on": "2026-11-12", "starts_at": "10:00", "place": "Salle Démo"})
    assert moved.status_code == 303
    assert "Les 2 situations inscrites changent de date" in head.get(address).text
    assert told(first)[1] == told(second)[1] == session_on("2026-11-12").held_on

    # On the day, the opinion is recorded from the session, its date begun with the session's.
    hand.instant = datetime(2026, 11, 12, 10, 30, tzinfo=PARIS)
    head = logged_in("cdas_head")
    assert f"/demandes/{first}/actions/record_opinion?exchange_on=2026-11-12" in head.get(address).text
    opinion = {
        "exchange_on": session_on("2026-11-12").held_on,
        "participants": "Essai Cdas Head",
        "cdas_professional": "Essai Cdas Agent",
        "opinion": "favourable",
    }
    acts.perform(world.cdas_head, first, "record_opinion", opinion)

    # Cancelled: what has its opinion keeps it, the other waits again, and says so.
    assert head.post(f"{address}/annuler").status_code == 303
    assert "revient dans «\u00a0À inscrire\u00a0»" in head.get(address).text
    assert told(first)[0] == "validated"
    state, day, messages = told(second)
    assert (state, day, len(messages)) == ("forwarded", None, 1)
    page = head.get("/concertations").text
    assert second in page
    assert first not in page
    late = head.post(address, {"held_on": "2026-11-19"})
    assert late.status_code == 409
    assert "Cette concertation est annulée" in late.text
