"""The relay through the real operations: agreement, exchanges, two confirmations, responsibility (R-PR)."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from service import clock
from service.database import reading, transaction
from service.errors import GuardRefused, InvalidInput, NotPermitted
from service.models import ClockRecord, HandoverDetails, Message, Ticket
from service.operations.acts import perform
from service.operations.creation import create_ticket
from service.permissions import Actor
from tests.factories import REDON, World, seeded_world

PARIS = ZoneInfo("Europe/Paris")
DAY = date(2026, 10, 26)


@pytest.fixture
def world(db: str) -> Iterator[World]:
    with clock.driven(lambda: datetime(2026, 10, 26, 9, tzinfo=PARIS)):
        with transaction() as session:
            world = seeded_world(session)
        yield world


def given(**changes: Any) -> dict[str, Any]:
    usual = {
        "matricule": "1234567",
        "last_name": "Exemple-Le Gall",
        "first_name": "Éloïse",
        "commune": REDON,
        "agreed_on": DAY,
        "agreement_collected_by": "Camille Exemple",
        "regime": "ordinary",
        "relay_case": "closing_talk",
        "known_to_receiver": "few",
        "communication": "oral",
        "communicated_on": DAY,
        "communicated_by": "Camille Exemple",
        "communicated_to": "Dominique Démo",
        "communication_content": "Situation présentée au téléphone.",
        "scope_event": "separation",
        "scope_event_on": date(2026, 3, 2),
        "has_children": True,
        "is_allocataire": True,
    }
    return {name: value for name, value in {**usual, **changes}.items() if value is not None}


def sent(actor: Actor, **changes: Any) -> str:
    return create_ticket(actor, "handover", given(**changes), str(uuid4()), submit=True)[0]


def row(reference: str) -> Ticket:
    with reading() as session:
        return session.scalars(select(Ticket).where(Ticket.reference == reference)).one()


def details(reference: str) -> HandoverDetails:
    with reading() as session:
        return session.get_one(HandoverDetails, row(reference).id)


def test_r_pr_6_the_giver_stays_responsible_until_both_have_confirmed(world: World) -> None:
    reference = sent(world.cdas_agent)
    perform(world.caf_secretariat, reference, "forward", {"holder_id": world.caf_ts.account_id})
    exchange = {"exchange_on": DAY, "participants": "Démo Deux", "joint_meeting": True}
    perform(world.cdas_agent, reference, "record_exchange", exchange)
    perform(
        world.caf_ts, reference, "plan_meeting", {"meeting_on": date(2026, 11, 9), "meeting_place": "Redon"}
    )
    with pytest.raises(InvalidInput):
        perform(world.caf_ts, reference, "accept", {"holder_id": world.cdas_agent.account_id})
    perform(world.caf_ts, reference, "accept", {"holder_id": world.caf_ts.account_id})
    assert (row(reference).next_step_unit_id, row(reference).responsible_unit_id) == (
        "caf-social",
        "cdas-redon",
    )
    perform(world.caf_ts, reference, "confirm", {})
    assert (row(reference).state, row(reference).next_step_unit_id) == ("accepted", "cdas-redon")
    assert row(reference).responsible_unit_id == "cdas-redon"
    with pytest.raises(GuardRefused):
        perform(world.caf_ts, reference, "confirm", {})
    perform(world.cdas_agent, reference, "confirm", {})
    done = row(reference)
    assert (done.state, done.responsible_unit_id, done.next_step_unit_id) == ("completed", "caf-social", None)
    with reading() as session:
        records = session.scalars(select(ClockRecord).where(ClockRecord.ticket_id == done.id)).all()
    assert {record.name for record in records if record.stopped_at} == {
        "forwarding",
        "first_exchange",
        "validation",
    }


def test_r_pr_1_and_5_what_never_leaves_and_what_leaves_with_a_warning(world: World) -> None:
    with pytest.raises(InvalidInput) as refused:
        sent(world.cdas_agent, agreed_on=None, told_on=DAY)
    assert set(refused.value.fields) == {"ground"}
    with pytest.raises(GuardRefused) as instead:
        sent(world.cdas_agent, regime="child_protection")
    assert instead.value.code == "co_intervention_instead"
    assert details(sent(world.cdas_agent, regime="rsa")).rsa_part_kept is True
    to_cdas = sent(world.caf_ts, regime="child_protection", scope_event=None)
    assert (row(to_cdas).assigned_unit_id, details(to_cdas).rsa_part_kept) == ("cdas-redon", False)
    perform(world.cdas_head, to_cdas, "forward", {"concertation_on": date(2026, 11, 3)})
    assert row(to_cdas).responsible_unit_id == "caf-social"


def test_r_pr_1_withdrawn_the_agreement_stops_it_on_either_side(world: World) -> None:
    reference = sent(world.cdas_agent)
    perform(world.caf_secretariat, reference, "forward", {"holder_id": world.caf_ts.account_id})
    with pytest.raises(NotPermitted):
        perform(world.caf_ts, reference, "cancel", {"cancel_reason": "other", "reason": "Trop de travail."})
    perform(world.caf_ts, reference, "cancel", {"cancel_reason": "withdrawn"})
    assert (row(reference).state, row(reference).responsible_unit_id) == ("cancelled", "cdas-redon")
    assert details(reference).cancel_reason == "withdrawn"
    with reading() as session:
        message = session.scalars(select(Message).where(Message.ticket_id == row(reference).id)).one()
        assert message.body == "La personne retire son accord."
