"""A unit closes down: what keeps it open, and where goes on what would lead to a service that has closed."""

from datetime import timedelta

import pytest

from service import clock
from service.database import reading, transaction
from service.errors import GuardRefused
from service.models import Ticket, Unit
from service.operations import acts, revision
from service.operations.directory import close_unit
from service.queries.directory import closings, held_by
from service.workflows.registry import WORKFLOWS
from tests.factories import World, a_submitted_ticket, a_unit_beside, a_unit_replaced, seeded_world, today
from tests.operations.conftest import Hand
from tests.operations.test_undoing_social import in_state

_OWED_BY_NOBODY = [
    (kind, state.code)
    for kind, workflow in WORKFLOWS.items()
    for state in workflow.states
    if state.code in workflow.live_states and state.owes is None
]


@pytest.fixture
def world(db: str, hand: Hand) -> World:
    with transaction() as session:
        return seeded_world(session)


def row_of(ticket: Ticket) -> Ticket:
    with reading() as session:
        return session.get_one(Ticket, ticket.id)


def test_some_states_are_owed_by_nobody_for_now() -> None:
    assert {("co_intervention", "active"), ("rights_meeting", "held")} <= set(_OWED_BY_NOBODY)


@pytest.mark.parametrize(("kind", "state"), _OWED_BY_NOBODY)
def test_a_step_that_nobody_owes_yet_keeps_both_sides_open(
    world: World, hand: Hand, kind: str, state: str
) -> None:
    ticket = row_of(in_state(world, hand, kind, state))
    assert ticket.next_step_unit_id is None
    for unit in (ticket.asking_unit_id, ticket.assigned_unit_id or ""):
        with reading() as session:
            assert held_by(session, unit, clock.now()).awaited == 1, unit
        with pytest.raises(GuardRefused, match="a part à 1 autre demande en cours"):
            close_unit(world.admin, unit, today())


def test_a_day_to_come_is_written_down_and_what_is_left_is_told(world: World) -> None:
    a_submitted_ticket(world.cdas_agent)
    close_unit(world.admin, "cdas-redon", today() + timedelta(days=9))
    with reading() as session:
        (told,) = closings(session, clock.now())
    assert (told.day, told.words) == (today() + timedelta(days=9), "a part à 1 autre demande en cours")
    with pytest.raises(GuardRefused, match="a part à 1 autre demande"):
        close_unit(world.admin, "cdas-redon", today())


def test_a_second_reading_goes_to_the_secretariat_that_stays(world: World) -> None:
    """R-UD-8: what has ended keeps nothing open, and comes back where somebody is."""
    ticket = a_submitted_ticket(world.cdas_agent)
    refused = {"reason": "not_urgent", "sentence": "Pas une urgence.", "turn_to": "Le CDAS."}
    acts.perform(world.caf_agent, ticket.reference, "reject", refused)
    a_unit_replaced(world, "caf-secretariat")
    assert row_of(ticket).triage_unit_id == "caf-secretariat", "the past keeps its name"
    acts.perform(world.cdas_agent, ticket.reference, "contest", {"reason": "Le loyer est dû."})
    again = row_of(ticket)
    assert (again.state, again.next_step_unit_id) == ("submitted", "caf-secretariat-new")


def test_what_is_reopened_goes_to_the_service_that_stays(world: World) -> None:
    ticket = a_submitted_ticket(world.cdas_agent)
    acts.perform(world.caf_agent, ticket.reference, "take", {})
    acts.perform(world.caf_agent, ticket.reference, "answer", {"outcome": "restored", "text": "Rétabli."})
    acts.perform(world.cdas_agent, ticket.reference, "acknowledge", {})
    a_unit_replaced(world, "caf-prestations")
    acts.perform(world.cdas_agent, ticket.reference, "reopen", {"reason": "De nouveau interrompu."})
    again = row_of(ticket)
    assert (again.state, again.assigned_unit_id) == ("assigned", "caf-prestations-new")
    assert again.holder_id is None, "nobody there has it in hand yet"
    assert again.next_step_unit_id == "caf-prestations-new"


def test_an_absence_at_an_appointment_goes_to_the_secretariat_that_stays(world: World, hand: Hand) -> None:
    ticket = in_state(world, hand, "appointment", "scheduled")
    a_unit_replaced(world, row_of(ticket).triage_unit_id)
    acts.perform(world.caf_head, ticket.reference, "no_show", {"absence": "without_notice"})
    again = row_of(ticket)
    assert (again.state, again.next_step_unit_id) == ("submitted", "caf-secretariat-new")


def test_who_is_still_counted_in_a_closed_service_ends_what_they_hold(world: World, hand: Hand) -> None:
    """A day to come closes over it; the worker's account has not been moved yet."""
    ticket = in_state(world, hand, "appointment", "scheduled")
    a_unit_beside("caf-social")
    with transaction() as session:
        session.get_one(Unit, "caf-social").closed_on = today()
        revision.bump(session)
    acts.perform(world.caf_ts, ticket.reference, "hold", {})
    held = row_of(ticket)
    assert (held.assigned_unit_id, held.holder_id) == ("caf-social", world.caf_ts.account_id)
    acts.perform(world.caf_ts, ticket.reference, "close", {"outcome": "information_only"})
    assert row_of(ticket).state == "closed"
