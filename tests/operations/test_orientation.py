"""Fiches d’orientation through the real operations: advised, sent, received, judged (R-OR)."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from service.database import reading, transaction
from service.errors import InvalidInput, NotPermitted, NotVisible
from service.models import ClockRecord, Message, OrientationDetails, OutboxMail, Ticket
from service.operations import acts
from service.operations.creation import create_ticket
from service.permissions import Actor
from tests.factories import REDON, RENNES, World, seeded_world, today


@pytest.fixture
def world(db: str) -> World:
    with transaction() as session:
        return seeded_world(session)


def a_fiche(**changes: Any) -> dict[str, Any]:
    usual = {
        "last_name": "Exemple-Morin",
        "first_name": "Démo",
        "commune": REDON,
        "told_on": today(),
        "reason": "droits_caf",
        "accompanied_by": "nobody",
        "to_service": "prestations",
    }
    return {name: value for name, value in {**usual, **changes}.items() if value is not None}


def sent(actor: Actor, key: str = "fiche", **changes: Any) -> str:
    return create_ticket(actor, "orientation", a_fiche(**changes), key, submit=True)[0]


def found(reference: str) -> tuple[Ticket, OrientationDetails]:
    with reading() as session:
        ticket = session.scalars(select(Ticket).where(Ticket.reference == reference)).one()
        return ticket, session.get_one(OrientationDetails, ticket.id)


def test_a_fiche_is_advised_sent_received_and_judged(world: World) -> None:
    """R-OR-1, R-OR-3, R-CLK-1: one clock, from sending to the judgement, which the sender reads."""
    reference = sent(world.cdas_agent)
    ticket, details = found(reference)
    assert (ticket.state, ticket.next_step_unit_id) == ("sent", "caf-prestations")
    assert ticket.responsible_unit_id == "cdas-redon"
    assert (details.advised_service, details.advised_rule, details.advice_followed) == (
        "prestations",
        "R-OR-1",
        True,
    )

    acts.perform(world.caf_agent, reference, "receive", {})
    judged = {"judgement": "unjustified", "judgement_reason": "L’information est visible dans CDAP."}
    acts.perform(world.caf_agent, reference, "judge", judged)

    ticket, details = found(reference)
    assert (ticket.state, ticket.holder_id, details.judgement) == (
        "judged",
        world.caf_agent.account_id,
        "unjustified",
    )
    with reading() as session:
        record = session.scalars(select(ClockRecord).where(ClockRecord.ticket_id == ticket.id)).one()
        assert record.name == "feedback"
        assert record.stopped_at is not None
        bodies = [message.body for message in session.scalars(select(Message))]
        assert bodies == ["L’information est visible dans CDAP."]
        mails = session.scalars(select(OutboxMail)).all()
        assert {mail.unit_id for mail in mails} == {"caf-prestations", "cdas-redon"}
        assert not any("Exemple" in mail.body for mail in mails)


def test_against_the_advice_a_reason_is_kept_and_the_secretariat_sees_what_comes_to_the_social_service(
    world: World,
) -> None:
    """R-OR-1, R-EL: no event of the scope points to the CDAS; the sender may still choose, saying why."""
    elsewhere = {"reason": "accompagnement", "scope_event": "none", "to_service": "caf_social"}
    with pytest.raises(InvalidInput) as refused:
        sent(world.cdas_agent, **elsewhere)
    assert set(refused.value.fields) == {"reason_not_followed"}

    reference = sent(world.cdas_agent, **elsewhere, reason_not_followed="La famille le demande.")
    ticket, details = found(reference)
    assert (ticket.triage_unit_id, ticket.assigned_unit_id) == ("caf-secretariat", "caf-social")
    assert (details.advised_service, details.advice_followed) == ("cdas", False)
    assert details.scope_in is False

    acts.perform(world.caf_secretariat, reference, "reassign", {"holder_id": world.caf_ts.account_id})
    acts.perform(world.caf_ts, reference, "receive", {})
    assert found(reference)[0].holder_id == world.caf_ts.account_id


def test_bad_fiches_and_other_hands_are_refused(world: World) -> None:
    """R-OR-1, R-OR-2, R-DP-2, R-DP-7: the field says why; only the receiving service answers."""
    for bad, field in (
        ({"told_on": None}, "ground"),
        ({"accompanied_by": "external"}, "accompanied_by_name"),
        ({"scope_event": "separation", "scope_event_on": today() + timedelta(days=1)}, "scope_event_on"),
        ({"to_service": "cdas", "receiving_unit": "cdas-redon"}, "receiving_unit"),
        ({"to_service": "cdas", "receiving_unit": "caf-social"}, "receiving_unit"),
        ({"to_service": "cdas", "commune": RENNES}, "receiving_unit"),
        ({"accompanied_by_name": "Madame 2 85 05 35 238 001 35"}, "accompanied_by_name"),
    ):
        with pytest.raises(InvalidInput) as refused:
            sent(world.cdas_agent, **bad)
        assert field in refused.value.fields, bad
    reference = sent(world.cdas_agent)
    with pytest.raises(NotPermitted):
        acts.perform(world.cdas_agent, reference, "receive", {})
    with pytest.raises(NotVisible):
        acts.perform(world.cdas_agent_elsewhere, reference, "receive", {})
    assert found(reference)[0].state == "sent"
