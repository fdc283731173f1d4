"""`appointment`: who is unreachable, which outcome fits, a worker's own appointments, clocks (R-RV, R-CLK-1)."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from service.errors import GuardRefused
from service.permissions import Actor, Institution, Role, UnitKind
from service.schemas.appointment import ACTS
from service.workflows.appointment import APPOINTMENT, OUTCOMES
from service.workflows.judging import judge, possible
from service.workflows.machine import Standing, clock_positions

WORKER = Actor(uuid4(), "Démo", Institution.CAF, "caf-social", UnitKind.CAF_SOCIAL, Role.CAF_TS)
DESK = Actor(
    uuid4(), "Démo", Institution.CAF, "caf-secretariat", UnitKind.CAF_SECRETARIAT, Role.CAF_SECRETARIAT
)
UNREACHABLE = {"unreachable": True}


def standing(state: str, **changes: Any) -> Standing:
    usual: dict[str, Any] = {
        "kind": "appointment",
        "state": state,
        "asking_unit_id": "cdas-redon",
        "asking_unit_kind": UnitKind.CDAS,
        "assigned_unit_id": "caf-social",
        "triage_unit_id": "caf-secretariat",
        "triage_unit_kind": UnitKind.CAF_SECRETARIAT,
        "holder_id": WORKER.account_id,
        "now": datetime(2026, 10, 26, 10, tzinfo=UTC),
    }
    return Standing(**{**usual, **changes})


def offered(actor: Actor, state: str, **changes: Any) -> set[str]:
    return {row.name for row in possible(APPOINTMENT, standing(state, **changes), actor)}


def test_a_request_is_closed_without_appointment_only_when_the_person_is_unreachable() -> None:
    """R-RV, and by the secretariat."""
    assert "close" not in offered(DESK, "submitted")
    assert "close" in offered(DESK, "submitted", facts=UNREACHABLE)
    assert "close" not in offered(WORKER, "submitted", facts=UNREACHABLE)


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_the_outcome_fits_the_state(outcome: str) -> None:
    """R-RV: nobody was unreachable at an appointment that was held, nor informed at one that was not."""
    unreachable = outcome == "unreachable"
    for state, fits in (("submitted", unreachable), ("held", not unreachable)):
        where = standing(state, facts=UNREACHABLE)
        if fits:
            assert judge(APPOINTMENT, "close", where, DESK, {"outcome": outcome}).target == "closed"
            continue
        with pytest.raises(GuardRefused):
            judge(APPOINTMENT, "close", where, DESK, {"outcome": outcome})


def test_a_worker_notes_only_the_appointments_that_they_hold() -> None:
    assert offered(WORKER, "scheduled") == {"hold", "no_show", "reassign"}
    assert offered(WORKER, "scheduled", holder_id=uuid4()) == set()
    assert offered(DESK, "scheduled", holder_id=uuid4()) == {"hold", "no_show", "cancel", "reassign"}


def test_a_refused_offer_opens_one_clock_and_an_absence_both() -> None:
    """R-CLK-1: a new offer clock, or a new pair; none runs once something is offered or fixed."""
    running = {(state, clocks) for state, clocks, _ in clock_positions(APPOINTMENT)}
    both, offer = frozenset({"call_back", "offer"}), frozenset({"offer"})
    assert {clocks for state, clocks in running if state == "submitted"} == {both, offer}
    assert {clocks for state, clocks in running if state not in ("submitted",)} == {frozenset()}
    assert APPOINTMENT.transition("no_show").starts == ("call_back", "offer")
    assert APPOINTMENT.transition("refuse_offer").starts == ("offer",)


def test_every_form_asks_what_its_row_asks() -> None:
    for name, schema in ACTS.items():
        assert set(schema().fields) == set(APPOINTMENT.transition(name).asks), name
