"""Requests for an appointment through the real operations: calls, offers, absences, outcomes (R-RV, R-CLK-1)."""

from datetime import time, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from service.database import reading, transaction
from service.errors import GuardRefused, InvalidInput, NotPermitted
from service.models import AccessEntry, Accompaniment, AppointmentDetails, ClockRecord, Message, Ticket
from service.operations import accompaniments, acts
from service.operations.creation import create_ticket
from service.permissions import Actor
from service.queries import accompaniments as register
from tests.factories import REDON, World, seeded_world, today


@pytest.fixture
def world(db: str) -> World:
    """Somebody of each role."""
    with transaction() as session:
        return seeded_world(session)


def request(**changes: Any) -> dict[str, Any]:
    usual = {
        "matricule": "7654321",
        "last_name": "Exemple-Rendez-vous",
        "first_name": "Malo",
        "commune": REDON,
        "source": "cdas",
        "told_on": today(),
        "scope_event": "planned_separation",
        "has_children": True,
        "is_allocataire": True,
    }
    return {name: value for name, value in {**usual, **changes}.items() if value is not None}


def sent(actor: Actor, **changes: Any) -> str:
    reference, _ = create_ticket(actor, "appointment", request(**changes), str(uuid4()), submit=True)
    return reference


def ticket(reference: str) -> Ticket:
    with reading() as session:
        return session.scalars(select(Ticket).where(Ticket.reference == reference)).one()


def details(reference: str) -> AppointmentDetails:
    with reading() as session:
        return session.get_one(AppointmentDetails, ticket(reference).id)


def running(reference: str) -> list[tuple[str, int]]:
    with reading() as session:
        rows = session.scalars(
            select(ClockRecord).where(
                ClockRecord.ticket_id == ticket(reference).id, ClockRecord.stopped_at.is_(None)
            )
        )
        return sorted((row.name, row.run) for row in rows)


def meeting(world: World) -> dict[str, Any]:
    return {
        "meeting_on": today(),
        "meeting_time": time(14, 30),
        "place": "Permanence d’Exemple",
        "holder_id": world.caf_ts.account_id,
    }


def test_from_the_call_to_an_accompaniment_in_the_register(world: World) -> None:
    """R-RV, R-AC, R-CLK-1: every call, offer, refusal and absence is recorded; the outcome opens the register."""
    reference = sent(world.cdas_agent)
    desk, worker = world.caf_secretariat, world.caf_ts
    assert ticket(reference).next_step_unit_id == "caf-secretariat"
    assert running(reference) == [("call_back", 1), ("offer", 1)]
    acts.perform(desk, reference, "log_call", {"call_result": "no_answer"})
    assert running(reference) == [("offer", 1)]
    acts.perform(desk, reference, "log_call", {"call_result": "reached"})
    called = details(reference)
    assert (called.calls, called.calls_in_vain) == (2, 0)
    assert called.first_called_at is not None
    assert called.first_reached_at is not None
    acts.perform(desk, reference, "offer", meeting(world))
    assert running(reference) == []
    acts.perform(desk, reference, "refuse_offer", {"refused_because": "place"})
    assert running(reference) == [("offer", 2)]
    with pytest.raises(InvalidInput) as incomplete:
        acts.perform(desk, reference, "schedule", {"place": "Antenne d’Exemple"})
    assert set(incomplete.value.fields) == {"meeting_on", "meeting_time"}
    acts.perform(desk, reference, "schedule", meeting(world))
    assert ticket(reference).next_step_unit_id == "caf-social"
    acts.perform(worker, reference, "no_show", {"absence": "without_notice"})
    assert running(reference) == [("call_back", 2), ("offer", 3)]
    acts.perform(desk, reference, "schedule", meeting(world))
    acts.perform(worker, reference, "hold", {})
    opened = {"outcome": "accompaniment_opened", "event": "separation"}
    with pytest.raises(InvalidInput) as undated:
        acts.perform(worker, reference, "close", opened)
    assert list(undated.value.fields) == ["term_on"]
    acts.perform(worker, reference, "close", {**opened, "term_on": today() + timedelta(days=180)})
    closed, kept = ticket(reference), details(reference)
    assert (closed.state, kept.outcome, kept.held_on) == ("closed", "accompaniment_opened", today())
    assert (kept.offers, kept.offers_refused, kept.no_shows) == (1, 1, 1)
    with reading() as session:
        entry = register.open_for(session, "7654321")
    assert entry is not None
    assert (entry.worker_id, entry.ticket_id, entry.last_name) == (
        worker.account_id,
        closed.id,
        "Exemple-Rendez-vous",
    )
    with reading() as session:
        logged = select(AccessEntry.account_id).where(AccessEntry.act == "follow_open")
        assert session.scalars(logged).all() == [worker.account_id]


def test_unreachable_after_as_many_calls_as_the_setting_says(world: World) -> None:
    """R-RV: three (ours)."""
    reference = sent(world.cdas_agent)
    desk = world.caf_secretariat
    for _ in range(3):
        with pytest.raises(GuardRefused, match="pas encore"):
            acts.perform(desk, reference, "close", {"outcome": "unreachable"})
        acts.perform(desk, reference, "log_call", {"call_result": "voicemail"})
    acts.perform(desk, reference, "close", {"outcome": "unreachable"})
    assert ticket(reference).state == "closed"
    assert running(reference) == []


def test_out_of_scope_asks_why_and_does_not_block(world: World) -> None:
    """R-EL; a person who asks by telephone knows and agrees (R-DP-2), an objection stops all (R-DP-2)."""
    with pytest.raises(InvalidInput) as refused:
        sent(world.cdas_agent, scope_event="none")
    assert list(refused.value.fields) == ["out_of_scope_reason"]
    reference = sent(
        world.cdas_agent, scope_event="none", out_of_scope_reason="Un deuil dans la famille élargie."
    )
    assert details(reference).scope_in is False
    by_phone = sent(world.caf_secretariat, source="person_phone", told_on=None, scope_event=None)
    assert details(by_phone).agreed_on == today()
    assert ticket(by_phone).next_step_unit_id == "caf-secretariat"
    with pytest.raises(GuardRefused, match="opposée"):
        sent(world.cdas_agent, told_on=None, objected=True)
    where = {"redirect_to": "cdas", "redirect_cdas": "cdas-vitre", "detail": "Hors du périmètre."}
    acts.perform(world.caf_secretariat, reference, "redirect", where)
    with reading() as session:
        said = session.scalars(select(Message).where(Message.ticket_id == ticket(reference).id)).one()
        assert "Vitré" in (said.body or "")


def test_the_register_holds_a_person_once(world: World) -> None:
    """R-AC: a second worker is refused by name; a worker keeps only their own; dates are what they can be."""
    opening = {
        "matricule": "2223334",
        "last_name": "Essai-Registre",
        "first_name": "Maëlle",
        "event": "death_parent",
        "term_on": today() + timedelta(days=90),
    }
    identifier = accompaniments.open_(world.caf_ts, opening)
    with pytest.raises(InvalidInput) as twice:
        accompaniments.open_(world.caf_head, opening)
    assert world.caf_ts.name in twice.value.fields["matricule"][0]
    with pytest.raises(NotPermitted):
        accompaniments.open_(world.cdas_agent, opening)
    with pytest.raises(NotPermitted):
        accompaniments.open_(world.caf_ts, {**opening, "worker_id": world.caf_head.account_id})
    with pytest.raises(InvalidInput):
        accompaniments.renew(world.caf_ts, identifier, today())
    accompaniments.renew(world.caf_secretariat, identifier, today() + timedelta(days=200))
    accompaniments.close(world.caf_ts, identifier, {"closing_reason": "relay"})
    with pytest.raises(GuardRefused):
        accompaniments.renew(world.caf_ts, identifier, today() + timedelta(days=300))
    with reading() as session:
        assert register.open_for(session, "2223334") is None
        last = register.last_closed_for(session, "2223334")
        assert last is not None
        assert (last.renewals, last.closed_on, last.closing_reason) == (1, today(), "relay")
        listed = session.scalars(
            register.register(world.caf_head, register.Filters(closed=True), register.BY_CLOSING)
        ).all()
        assert [row.id for row in listed] == [identifier]
        assert session.scalars(select(Accompaniment).where(register.kept_by(world.cdas_agent))).all() == []


def test_an_absence_is_noted_before_the_day_only_if_it_was_announced(world: World) -> None:
    reference = sent(world.cdas_agent)
    to_come = meeting(world) | {"meeting_on": today() + timedelta(days=7)}
    acts.perform(world.caf_secretariat, reference, "schedule", to_come)
    with pytest.raises(InvalidInput) as early:
        acts.perform(world.caf_ts, reference, "no_show", {"absence": "without_notice"})
    assert set(early.value.fields) == {"absence"}
    assert ticket(reference).state == "scheduled"
    acts.perform(world.caf_ts, reference, "no_show", {"absence": "with_notice"})
    assert ticket(reference).state == "submitted"
