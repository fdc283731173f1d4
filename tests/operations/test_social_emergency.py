"""Urgent social situations through the real operations: routes, counts, linked tickets, codes only (R-US)."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from service.database import reading, transaction
from service.errors import GuardRefused, InvalidInput, NotVisible
from service.models import (
    Accompaniment,
    Account,
    JournalEntry,
    Message,
    OutboxMail,
    Participant,
    SocialEmergencyDetails,
    Ticket,
    TicketLink,
)
from service.operations import absences, accompaniments, acts, kept_out
from service.operations.consultation import consult
from service.operations.creation import create_ticket
from service.permissions import Actor
from tests.factories import REDON, World, seeded_world, today

PERSON = {"matricule": "1234567", "last_name": "Exemple-Urgence", "first_name": "Nolwenn", "commune": REDON}


@pytest.fixture
def world(db: str) -> World:
    """Somebody of each role."""
    with transaction() as session:
        return seeded_world(session)


def emergency(**changes: Any) -> dict[str, Any]:
    usual = {
        **PERSON,
        "told_on": today(),
        "motives": ["food"],
        "vulnerabilities": ["isolation"],
        "who_accompanies": "nobody",
    }
    return {name: value for name, value in {**usual, **changes}.items() if value is not None}


SEPARATED = {"scope_event": "planned_separation", "has_children": True, "is_allocataire": True}


def sent(actor: Actor, **changes: Any) -> str:
    reference, _ = create_ticket(actor, "social_emergency", emergency(**changes), str(uuid4()), submit=True)
    return reference


def ticket(reference: str) -> Ticket:
    with reading() as session:
        return session.scalars(select(Ticket).where(Ticket.reference == reference)).one()


def details(reference: str) -> SocialEmergencyDetails:
    with reading() as session:
        return session.get_one(SocialEmergencyDetails, ticket(reference).id)


def made_from(reference: str, why: str) -> Ticket | None:
    with reading() as session:
        return session.scalar(
            select(Ticket)
            .join(TicketLink, TicketLink.to_id == Ticket.id)
            .where(TicketLink.from_id == ticket(reference).id, TicketLink.why == why)
        )


def follow(world: World, worker: Actor | None = None) -> None:
    opening: Mapping[str, Any] = {
        "matricule": PERSON["matricule"],
        "last_name": PERSON["last_name"],
        "first_name": PERSON["first_name"],
        "event": "separation",
        "term_on": today() + timedelta(days=180),
        "worker_id": (worker or world.caf_ts).account_id,
    }
    accompaniments.open_(world.caf_secretariat, opening)


def test_nobody_follows_the_cdas_answers_and_an_appointment_leaves(world: World) -> None:
    """R-US-4: the emergency stays, the linked request goes to the Caf secretariat; R-US-5 counts nothing."""
    reference = sent(world.cdas_agent, **SEPARATED, answer_given=["food_help"], answered_on=today())
    kept = ticket(reference)
    assert (kept.assigned_unit_id, kept.next_step_unit_id) == ("cdas-redon", "cdas-redon")
    appointment = made_from(reference, "appointment_of_emergency")
    assert appointment is not None
    assert (appointment.kind, appointment.state) == ("appointment", "submitted")
    assert (appointment.asking_unit_id, appointment.next_step_unit_id) == ("cdas-redon", "caf-secretariat")
    assert details(reference).unaccompanied_sent is False
    acts.perform(world.cdas_agent, reference, "take", {})
    acts.perform(world.cdas_agent, reference, "handle", {"treatments": ["received"], "handled_on": today()})
    acts.perform(world.cdas_agent, reference, "close", {})
    closed = ticket(reference)
    assert (closed.state, closed.next_step_unit_id) == ("closed", None)
    assert details(reference).treatments == ["received"]


def test_outside_the_scope_no_appointment_is_made(world: World) -> None:
    """R-US-4 with R-EL."""
    reference = sent(world.cdas_agent, scope_event="none")
    assert made_from(reference, "appointment_of_emergency") is None
    assert details(reference).scope_in is False


def test_the_worker_of_the_register_treats_it_first(world: World) -> None:
    """R-US-3 with R-AC: « personne » is corrected by the register; the secretariat organises when they are away."""
    follow(world)
    reference = sent(world.cdas_agent)
    present = ticket(reference)
    assert (present.assigned_unit_id, present.holder_id) == ("caf-social", world.caf_ts.account_id)
    absences.note(world.caf_ts, world.caf_ts.account_id, today(), today())
    away = ticket(sent(world.cdas_agent))
    assert (away.next_step_unit_id, away.holder_id) == ("caf-secretariat", None)
    acts.perform(world.caf_secretariat, away.reference, "reassign", {"holder_id": world.caf_head.account_id})
    handed = ticket(away.reference)
    assert (handed.next_step_unit_id, handed.holder_id) == ("caf-social", world.caf_head.account_id)


def test_r_dp_1_a_worker_kept_out_of_the_family_is_not_given_its_emergency(world: World) -> None:
    """Invariant 8: the secretariat organises it, whoever the register says, without a word of why."""
    first = sent(world.cdas_agent, **SEPARATED, send_to="caf_secretariat", against_route_reason="agreed")
    kept_out.declare(world.caf_head, first, world.caf_ts.account_id)
    follow(world, world.caf_head)
    with transaction() as session:  # as a register from before may still say
        session.scalars(select(Accompaniment)).one().worker_id = world.caf_ts.account_id
    second = ticket(sent(world.cdas_agent))
    assert (second.assigned_unit_id, second.holder_id) == ("caf-secretariat", None)
    with pytest.raises(NotVisible):
        consult(world.caf_ts, second.reference)
    with reading() as session:
        assert not session.scalars(select(Message).where(Message.ticket_id == second.id)).all()
        entries = session.scalars(select(JournalEntry).where(JournalEntry.ticket_id == second.id)).all()
    assert not any("holder" in json.loads(entry.payload or "{}") for entry in entries)


def test_r_dp_1_who_is_kept_out_of_an_emergency_is_kept_out_of_what_is_made_from_it(world: World) -> None:
    """Without a matricule, too, and though they wrote the first one."""
    away = {"send_to": "caf_secretariat", "against_route_reason": "agreed"}
    first = sent(world.cdas_agent, **SEPARATED, **away, matricule=None)
    kept_out.declare(world.cdas_head, first, world.cdas_agent.account_id)
    redirect = {"redirect_to": "cdas", "redirect_cdas": "cdas-redon", "redirect_reason": "not_followed"}
    acts.perform(world.caf_secretariat, first, "redirect", redirect)
    second = made_from(first, "redirected")
    assert second is not None
    assert consult(world.cdas_head, second.reference) == second.id
    with pytest.raises(NotVisible):
        consult(world.cdas_agent, second.reference)
    with reading() as session:
        assert not session.scalars(select(Participant).where(Participant.ticket_id == second.id)).all()


def test_what_is_being_treated_is_confided_to_who_can_go_on_with_it(world: World) -> None:
    """Somebody who is away is refused, and who treats it goes on."""
    reference = sent(world.cdas_agent, **SEPARATED)
    acts.perform(world.cdas_agent, reference, "take", {})
    other = {"holder_id": world.other_cdas_agent.account_id}
    absences.note(world.other_cdas_agent, world.other_cdas_agent.account_id, today(), today())
    with pytest.raises(InvalidInput) as refused:
        acts.perform(world.cdas_agent, reference, "reassign", other)
    assert list(refused.value.fields) == ["holder_id"]
    assert ticket(reference).holder_id == world.cdas_agent.account_id


def test_a_cdas_that_does_not_exist_is_refused_as_who_accompanies(world: World) -> None:
    away = {"send_to": "caf_secretariat", "against_route_reason": "agreed"}
    with pytest.raises(InvalidInput) as unknown:
        sent(world.cdas_agent, who_accompanies="cdas_other", referent_cdas="nulle-part", **away)
    assert list(unknown.value.fields) == ["referent_cdas"]


def test_against_the_route_with_a_reason_and_counted_unless_treated(world: World) -> None:
    """R-US-5: nobody follows, no treatment noted; sending against the route asks why."""
    against = {"send_to": "caf_secretariat"}
    with pytest.raises(InvalidInput) as refused:
        sent(world.cdas_agent, **against)
    assert list(refused.value.fields) == ["against_route_reason"]
    counted = sent(world.cdas_agent, **against, against_route_reason="agreed")
    assert ticket(counted).next_step_unit_id == "caf-secretariat"
    assert details(counted).unaccompanied_sent is True
    treated = sent(
        world.cdas_agent,
        **against,
        against_route_reason="agreed",
        answer_given=["received"],
        answered_on=today(),
    )
    assert details(treated).unaccompanied_sent is False


def test_redirected_makes_one_linked_emergency_there(world: World) -> None:
    """R-US-3: the CDAS that asked finds it at home; the appointment is not asked for twice (R-US-4)."""
    reference = sent(world.cdas_agent, **SEPARATED, send_to="caf_secretariat", against_route_reason="agreed")
    redirect = {"redirect_to": "cdas", "redirect_cdas": "cdas-redon", "redirect_reason": "not_followed"}
    acts.perform(world.caf_secretariat, reference, "redirect", redirect)
    assert ticket(reference).state == "redirected"
    there = made_from(reference, "redirected")
    assert there is not None
    assert (there.asking_unit_id, there.next_step_unit_id) == ("cdas-redon", "cdas-redon")
    assert made_from(there.reference, "appointment_of_emergency") is None
    with pytest.raises(InvalidInput, match="à corriger"):
        acts.perform(world.cdas_agent, there.reference, "redirect", redirect)


def test_the_caf_sends_to_the_cdas_of_the_home(world: World) -> None:
    """§4, direction Caf → CDAS: somebody in urgency at the Caf whom nobody accompanies."""
    received = ticket(sent(world.caf_ts))
    assert (received.asking_unit_id, received.next_step_unit_id) == ("caf-social", "cdas-redon")
    elsewhere = ticket(sent(world.caf_lead, who_accompanies="cdas_other", referent_cdas="cdas-vitre"))
    assert (elsewhere.asking_unit_id, elsewhere.next_step_unit_id) == ("caf-prestations", "cdas-vitre")
    with pytest.raises(InvalidInput) as unknown:
        sent(world.caf_ts, receiving_cdas="nulle-part")
    assert list(unknown.value.fields) == ["receiving_cdas"]


def test_with_child_protection_only_codes_are_kept(world: World) -> None:
    """R-US-1: sent without a text, and none is taken by an act."""
    coded = {"motives": ["child_protection"], "told_on": None, "not_told_code": "danger"}
    with pytest.raises(InvalidInput) as refused:
        sent(world.cdas_agent, **coded, description="Un récit des faits.")
    assert list(refused.value.fields) == ["description"]
    reference = sent(world.cdas_agent, **coded)
    assert details(reference).facts() == {"coded_only": True}
    handled = {"treatments": ["child_services"], "handled_on": today()}
    with pytest.raises(GuardRefused):
        acts.perform(world.cdas_agent, reference, "handle", {**handled, "detail": "Un récit des faits."})
    acts.perform(world.cdas_agent, reference, "handle", handled)
    with reading() as session:
        assert session.scalars(select(Message).where(Message.ticket_id == ticket(reference).id)).all() == []


def test_an_objection_stops_it_but_for_a_danger_that_the_head_is_told_of(world: World) -> None:
    """R-DP-2, R-DP-5: the mails never say the motive."""
    objected = {"objected": True, "told_on": None, "motives": ["domestic_violence"]}
    with pytest.raises(GuardRefused, match="opposée"):
        sent(world.cdas_agent, **objected)
    reference = sent(world.cdas_agent, **objected, **SEPARATED, danger=True, danger_reason="violence")
    assert made_from(reference, "appointment_of_emergency") is None
    with reading() as session:
        head = session.get_one(Account, world.cdas_head.account_id)
        mails = session.scalars(select(OutboxMail).where(OutboxMail.ticket_id == ticket(reference).id)).all()
    told = [mail for mail in mails if mail.event == "against_objection"]
    assert [mail.recipient for mail in told] == [head.email]
    assert not [mail for mail in mails if "violence" in f"{mail.subject} {mail.body}".casefold()]


def test_an_unknown_worker_is_refused_even_when_the_register_knows_who_follows(world: World) -> None:
    follow(world)
    with pytest.raises(InvalidInput) as unknown:
        sent(world.cdas_agent, who_accompanies="caf_worker", referent_worker=uuid4())
    assert set(unknown.value.fields) == {"referent_worker"}
