"""Co-intervention through the real operations, in both directions, on both databases (R-CI)."""

import json
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from service import clock
from service.database import reading, transaction
from service.errors import GuardRefused, InvalidInput, NotPermitted, StaleVersion, WrongState
from service.models import (
    ClockRecord,
    CoInterventionDetails,
    Draft,
    JournalEntry,
    Message,
    Ticket,
    TicketLink,
)
from service.operations import drafts
from service.operations.acts import perform
from service.operations.creation import create_ticket
from service.permissions import Actor
from tests.factories import REDON, World, seeded_world

PARIS = ZoneInfo("Europe/Paris")
DAY = date(2026, 10, 26)


class Hand:
    """The clock's hand, set by the test."""

    def __init__(self) -> None:
        self.instant = datetime(2026, 10, 26, 9, tzinfo=PARIS)

    def at(self, month: int, day: int, hour: int = 10) -> None:
        self.instant = datetime(2026, month, day, hour, tzinfo=PARIS)


@pytest.fixture
def hand() -> Iterator[Hand]:
    hand = Hand()
    with clock.driven(lambda: hand.instant):
        yield hand


@pytest.fixture
def world(db: str, hand: Hand) -> World:
    with transaction() as session:
        return seeded_world(session)


def given(**changes: Any) -> dict[str, Any]:
    usual = {
        "matricule": "1234567",
        "last_name": "Exemple-Le Gall",
        "first_name": "Éloïse",
        "commune": REDON,
        "told_on": DAY,
        "regime": "ordinary",
        "need": "complementary_skills",
        "need_detail": "Un budget à reprendre et une séparation à traverser.",
        "asking_opinion_on": DAY,
        "asking_participants": "Équipe Démo",
        "asking_opinion": "Utile : la famille le demande.",
        "cdas_professional": "Camille Exemple",
        "scope_event": "separation",
        "scope_event_on": date(2026, 3, 2),
        "has_children": True,
        "is_allocataire": True,
    }
    return {name: value for name, value in {**usual, **changes}.items() if value is not None}


def sent(actor: Actor, **changes: Any) -> str:
    return create_ticket(actor, "co_intervention", given(**changes), str(uuid4()), submit=True)[0]


def row(reference: str) -> Ticket:
    with reading() as session:
        return session.scalars(select(Ticket).where(Ticket.reference == reference)).one()


def details(reference: str) -> CoInterventionDetails:
    with reading() as session:
        return session.get_one(CoInterventionDetails, row(reference).id)


def messages(reference: str) -> list[str]:
    with reading() as session:
        found = session.scalars(
            select(Message).where(Message.ticket_id == row(reference).id).order_by(Message.id)
        )
        return [message.body or "" for message in found]


def runs(reference: str) -> dict[str, list[bool]]:
    """By clock: whether each of its runs has stopped."""
    with reading() as session:
        found: dict[str, list[bool]] = {}
        query = select(ClockRecord).where(ClockRecord.ticket_id == row(reference).id)
        for record in session.scalars(query.order_by(ClockRecord.name, ClockRecord.run)):
            found.setdefault(record.name, []).append(record.stopped_at is not None)
        return found


def wrong(actor: Actor, **changes: Any) -> set[str]:
    with pytest.raises(InvalidInput) as refused:
        sent(actor, **changes)
    return set(refused.value.fields)


def test_a_request_of_a_cdas_goes_from_the_secretariat_to_the_end_and_its_relay(
    world: World, hand: Hand
) -> None:
    """R-CI-3, R-CI-4, R-CI-5, R-CI-6, R-CLK-1: the relay that follows waits as a draft of the side that gives."""
    reference = sent(world.cdas_agent)
    assert (row(reference).state, row(reference).next_step_unit_id) == ("submitted", "caf-secretariat")
    assert details(reference).scope_in is True
    hand.at(10, 27)
    with pytest.raises(InvalidInput):
        perform(world.caf_secretariat, reference, "forward", {})
    perform(world.caf_secretariat, reference, "forward", {"holder_id": world.caf_ts.account_id})
    perform(world.caf_secretariat, reference, "forward", {"holder_id": world.caf_head.account_id})
    perform(world.caf_secretariat, reference, "forward", {"holder_id": world.caf_ts.account_id})
    assert runs(reference) == {"forwarding": [True], "first_exchange": [False], "validation": [False]}
    hand.at(10, 29)
    opinion = {"exchange_on": date(2026, 10, 28), "participants": "Démo Deux", "opinion": "favourable"}
    with pytest.raises(NotPermitted):
        perform(world.cdas_agent, reference, "record_opinion", opinion)
    with pytest.raises(InvalidInput) as refused:
        perform(world.caf_ts, reference, "record_opinion", {**opinion, "exchange_on": date(2026, 10, 30)})
    assert set(refused.value.fields) == {"exchange_on"}
    perform(world.caf_ts, reference, "record_opinion", opinion)
    with pytest.raises(WrongState):
        perform(world.caf_ts, reference, "record_opinion", opinion)
    assert row(reference).state == "validated"
    assert all(all(stopped) for stopped in runs(reference).values())
    start = {
        "cdas_scope": "Le logement.",
        "caf_scope": "La séparation.",
        "family_talk_on": date(2026, 10, 29),
        "review_on": date(2026, 12, 15),
    }
    perform(world.cdas_agent, reference, "start", start)
    assert (row(reference).state, row(reference).next_step_unit_id) == ("active", None)
    hand.at(12, 15)
    review = {"reviewed_on": date(2026, 12, 15), "text": "Le bail est signé.", "review_on": date(2027, 2, 1)}
    perform(world.caf_ts, reference, "review", review)
    perform(world.cdas_agent, reference, "end", {"outcome": "relay_to_cdas"})
    assert row(reference).state == "ended"
    assert messages(reference) == ["Le bail est signé."]
    with reading() as session:
        link = session.scalars(select(TicketLink).where(TicketLink.from_id == row(reference).id)).one()
        relay, draft = session.get_one(Ticket, link.to_id), session.get_one(Draft, link.to_id)
        form = json.loads(draft.form or "")
    assert (relay.kind, relay.state, relay.asking_unit_id) == ("handover", "draft", "caf-social")
    assert relay.author_id == world.caf_ts.account_id
    assert (form["last_name"], form["commune"], form["receiving_unit"]) == (
        "Exemple-Le Gall",
        REDON,
        "cdas-redon",
    )
    assert "agreed_on" not in form


def test_an_unfavourable_opinion_of_the_concertation_declines(world: World, hand: Hand) -> None:
    """R-CI-4, Caf → CDAS: the journal, the clocks and the state say declined."""
    reference = sent(world.caf_ts, scope_event=None, cdas_professional=None)
    assert row(reference).next_step_unit_id == "cdas-redon"
    perform(world.cdas_head, reference, "forward", {"concertation_on": date(2026, 11, 3)})
    hand.at(11, 3)
    opinion = {
        "exchange_on": date(2026, 11, 3),
        "participants": "Équipe Démo",
        "cdas_professional": "Camille Exemple",
        "opinion": "unfavourable",
    }
    with pytest.raises(InvalidInput):
        perform(world.cdas_head, reference, "record_opinion", opinion)
    perform(
        world.cdas_head, reference, "record_opinion", {**opinion, "opinion_reason": "Un seul suivi suffit."}
    )
    assert row(reference).state == "declined"
    assert row(reference).ended_at is not None
    assert all(all(stopped) for stopped in runs(reference).values())
    assert messages(reference) == ["Un seul suivi suffit."]
    with reading() as session:
        query = select(JournalEntry).where(JournalEntry.ticket_id == row(reference).id)
        last = session.scalars(query.order_by(JournalEntry.sequence.desc())).first()
    assert last is not None
    assert (last.transition, last.to_state) == ("record_opinion", "declined")


def test_a_refusal_names_the_state_as_the_direction_of_the_request_does(world: World) -> None:
    """What the Caf asks a CDAS is to be put on the agenda of a concertation, not to be passed on."""
    reference = sent(world.caf_ts, scope_event=None, cdas_professional=None)
    with pytest.raises(StaleVersion, match="À inscrire en concertation"):
        perform(world.cdas_head, reference, "forward", {"concertation_on": date(2026, 11, 3)}, version=1)
    with pytest.raises(WrongState, match="À inscrire en concertation"):
        drafts.read(world.caf_ts, reference)


def test_r_ci_2_under_child_protection_the_exchange_validates_and_only_the_part_of_the_caf_ends(
    world: World, hand: Hand
) -> None:
    bare = {"need": None, "asking_opinion_on": None, "asking_opinion": None, "asking_participants": None}
    reference = sent(world.cdas_agent, regime="child_protection", **bare)
    perform(world.caf_secretariat, reference, "forward", {"holder_id": world.caf_ts.account_id})
    exchange = {"exchange_on": DAY, "participants": "Équipe Démo"}
    with pytest.raises(GuardRefused):
        perform(world.caf_ts, reference, "record_opinion", {**exchange, "opinion": "favourable"})
    perform(world.caf_ts, reference, "record_opinion", exchange)
    assert row(reference).state == "validated"
    start = {"cdas_scope": "Les enfants.", "caf_scope": "Le budget.", "family_talk_on": DAY, "review_on": DAY}
    perform(world.caf_ts, reference, "start", start)
    with pytest.raises(GuardRefused):
        perform(world.cdas_agent, reference, "end", {"outcome": "relay_to_caf"})
    perform(world.caf_ts, reference, "end", {"outcome": "objectives_met"})
    assert details(reference).caf_part_only is True
    assert "L’intervention du CDAS continue" in messages(reference)[-1]


def test_what_is_not_sent_and_why(world: World) -> None:
    """R-EL asks for a reason and does not block; R-CI-4, R-DP-2."""
    assert wrong(world.cdas_agent, scope_event="none") == {"out_of_scope_reason"}
    assert row(
        sent(world.cdas_agent, scope_event="none", out_of_scope_reason="Déjà connus de la Caf.")
    ).submitted_at
    assert wrong(world.cdas_agent, asking_opinion_on=None, told_on=None) == {"asking_opinion_on", "ground"}
    assert wrong(world.caf_ts, receiving_unit="caf-prestations") == {"receiving_unit"}
    with pytest.raises(GuardRefused):
        sent(world.cdas_agent, objected=True)
    with pytest.raises(NotPermitted):
        sent(world.caf_agent)


def test_declined_it_says_why_and_where_to_turn_and_a_draft_is_cancelled_with_its_text(world: World) -> None:
    reference = sent(world.cdas_agent)
    decline = {"decline_reason": "out_of_scope", "sentence": "Hors périmètre.", "turn_to": "Le CDAS."}
    perform(world.caf_secretariat, reference, "decline", decline)
    assert messages(reference) == ["Hors périmètre.\n\nOù s’adresser : Le CDAS."]
    draft = create_ticket(
        world.cdas_agent, "co_intervention", {}, str(uuid4()), submit=False, form={"last_name": "Essai"}
    )[0]
    perform(world.cdas_agent, draft, "cancel", {"reason": "Saisi par erreur."})
    assert (row(draft).state, messages(draft)) == ("cancelled", [])
    with reading() as session:
        assert session.get(Draft, row(draft).id) is None
