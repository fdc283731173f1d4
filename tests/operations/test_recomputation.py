"""Deadlines computed anew after a change of hours: what is open moves, what is past stays (R-CAL-1, R-CLK-7)."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from service import clock
from service.database import reading, transaction
from service.jobs.registry import JOBS
from service.jobs.turn import enrol, turn
from service.models import ClockRecord, Closure, Ticket
from service.operations import recomputation
from service.operations.acts import perform
from service.operations.revision import bump
from service.queries.reference import reference
from tests.factories import World, a_submitted_ticket, seeded_world

MORNING = datetime(2026, 10, 27, 9, tzinfo=UTC)


@pytest.fixture
def world(db: str) -> World:
    with transaction() as session:
        return seeded_world(session)


def closed_that_tuesday(calendar: str = "services") -> None:
    with transaction() as session:
        session.add(
            Closure(
                id=uuid4(),
                calendar_code=calendar,
                starts_at=datetime(2026, 10, 27, 10, tzinfo=UTC),
                ends_at=datetime(2026, 10, 28, 22, tzinfo=UTC),
                opens=False,
                reason="Coupure d’électricité",
            )
        )
        bump(session)


def stored(reference_of: str) -> tuple[datetime | None, list[ClockRecord]]:
    with reading() as session:
        ticket = session.scalars(select(Ticket).where(Ticket.reference == reference_of)).one()
        records = session.scalars(
            select(ClockRecord).where(ClockRecord.ticket_id == ticket.id).order_by(ClockRecord.name)
        ).all()
        return ticket.next_deadline_at, list(records)


def test_r_cal_1_a_closing_entered_later_moves_open_deadlines_and_no_past_figure(world: World) -> None:
    with clock.driven(lambda: MORNING):
        waiting, done = a_submitted_ticket(world.cdas_agent), a_submitted_ticket(world.cdas_agent)
        perform(world.caf_agent, done.reference, "take", {})
        before, past = stored(waiting.reference)[0], stored(done.reference)[1]
        closed_that_tuesday()
        assert stored(waiting.reference)[0] == before
        assert recomputation.recompute() == 2
        after, _ = stored(waiting.reference)
        assert before is not None
        assert after is not None
        # Four business hours from 10:00 end at 15:00; closed from 11:00 on, three of them are left to Thursday.
        assert (before, after) == (
            datetime(2026, 10, 27, 14, tzinfo=UTC),
            datetime(2026, 10, 29, 10, 30, tzinfo=UTC),
        )
        stopped = {record.name: record for record in stored(done.reference)[1] if record.stopped_at}
        for record in past:
            if record.stopped_at is not None:
                now = stopped[record.name]
                assert (now.target_at, now.business_seconds) == (record.target_at, record.business_seconds)
        assert stopped
        assert recomputation.recompute() == 0


def test_what_somebody_acted_upon_meanwhile_is_left_to_that_act(world: World) -> None:
    with clock.driven(lambda: MORNING):
        ticket = a_submitted_ticket(world.cdas_agent)
        closed_that_tuesday()
        with reading() as session:
            moves = list(recomputation.moved(session))
        perform(world.caf_agent, ticket.reference, "take", {})
        right = stored(ticket.reference)[0]
        with transaction() as session:
            recomputation.keep(session, moves)
        assert stored(ticket.reference)[0] == right


def test_a_target_that_an_act_moved_meanwhile_is_left_to_that_act_too(world: World) -> None:
    """R-CLK-2: the wait of two hours moved it; the hours that were read before know nothing of the wait."""
    with clock.driven(lambda: MORNING):
        ticket = a_submitted_ticket(world.cdas_agent)
        perform(world.caf_agent, ticket.reference, "take", {})
        closed_that_tuesday()
        with reading() as session:
            moves = list(recomputation.moved(session))
        assert any(move.targets for move in moves)
        perform(world.caf_agent, ticket.reference, "ask", {"question": "Quelle date ?"})
    with clock.driven(lambda: MORNING + timedelta(days=2, hours=2)):
        perform(world.cdas_agent, ticket.reference, "reply", {"text": "Le 3."})
        right = {record.name: record.target_at for record in stored(ticket.reference)[1]}
        with transaction() as session:
            recomputation.keep(session, moves)
        assert {record.name: record.target_at for record in stored(ticket.reference)[1]} == right


def test_it_tells_what_other_hours_would_do_and_changes_nothing(world: World) -> None:
    with clock.driven(lambda: MORNING):
        ticket = a_submitted_ticket(world.cdas_agent)
        before = stored(ticket.reference)[0]
        with reading() as session:
            known = reference(session)
            hours = {**known.hours, "services": known.hours["line"]}
            other = type(known)(known.revision, known.units, hours, known.settings, known.versions)
            moves = list(recomputation.moved(session, other))
        assert [move.ticket_id for move in moves] == [ticket.id]
        assert stored(ticket.reference)[0] == before


def test_a_change_of_hours_asks_for_it_at_the_next_turn(world: World) -> None:
    with clock.driven(lambda: MORNING):
        ticket = a_submitted_ticket(world.cdas_agent)
        before = stored(ticket.reference)[0]
        jobs = tuple(job for job in JOBS if job.name == recomputation.JOB)
        enrol(jobs)
        closed_that_tuesday()
        assert turn(jobs) == 0
        with transaction() as session:
            recomputation.ask(session)
        assert turn(jobs) == 1
        assert stored(ticket.reference)[0] != before
