"""`auto_close`: ten open days of the CDAS after the answer, no sooner, once, and marked (R-CLK-1)."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from service.database import reading, transaction
from service.jobs import auto_close
from service.jobs.registry import JOBS
from service.jobs.turn import enrol, turn
from service.models import (
    Calendar,
    ClockRecord,
    Closure,
    JournalEntry,
    OutboxMail,
    Revision,
    Ticket,
    UrgentRightsDetails,
)
from service.operations.acts import perform
from service.operations.settings import change_setting
from service.operations.transitions import link_of
from service.workflows import journal
from tests.factories import World, a_submitted_ticket
from tests.jobs.hand import PARIS, Hand

CLOSING = tuple(job for job in JOBS if job.name == "auto_close")
BEFORE_ARMISTICE = datetime(2026, 11, 10, 17, tzinfo=PARIS)
"""The end of the tenth open day after 27 October 2026."""


def an_answered_ticket(world: World) -> Ticket:
    ticket = a_submitted_ticket(world.cdas_agent)
    perform(world.caf_agent, ticket.reference, "take", {})
    perform(
        world.caf_agent, ticket.reference, "answer", {"outcome": "restored", "text": "Le droit est rétabli."}
    )
    return ticket


def row_of(ticket: Ticket) -> Ticket:
    with reading() as session:
        return session.get_one(Ticket, ticket.id)


def entries_of(ticket: Ticket) -> list[JournalEntry]:
    with reading() as session:
        query = select(JournalEntry).where(JournalEntry.ticket_id == ticket.id)
        return list(session.scalars(query.order_by(JournalEntry.sequence)))


def run() -> int:
    with transaction() as session:
        return auto_close.run(session)


def test_r_clk_1_the_due_ones_are_closed_to_the_second_and_no_other(world: World, hand: Hand) -> None:
    due = an_answered_ticket(world)
    hand.at(10, 28, 9)
    later, in_hand = an_answered_ticket(world), a_submitted_ticket(world.cdas_agent)
    hand.instant = BEFORE_ARMISTICE - timedelta(seconds=1)
    assert run() == 0
    hand.instant = BEFORE_ARMISTICE
    assert [run(), run()] == [1, 0]
    closed = row_of(due)
    assert (closed.state, closed.ended_at, closed.next_step_unit_id) == ("closed", hand.instant, None)
    assert closed.next_deadline_at is None
    assert [row_of(ticket).state for ticket in (later, in_hand)] == ["answered", "submitted"]
    # 11 November is nobody's day.
    hand.instant = datetime(2026, 11, 12, 17, tzinfo=PARIS)
    assert [run(), run()] == [1, 0]
    assert row_of(later).state == "closed"


def test_it_is_marked_automatic_told_and_written_once(world: World, hand: Hand) -> None:
    ticket = an_answered_ticket(world)
    hand.instant = BEFORE_ARMISTICE
    run()
    run()
    entries = entries_of(ticket)
    assert [entry.transition for entry in entries] == ["open", "submit", "take", "answer", "auto_close"]
    last = entries[-1]
    assert (last.actor_id, last.from_state, last.to_state) == (None, "answered", "closed")
    assert journal.first_break((link_of(entry), entry.hash) for entry in entries) is None
    with reading() as session:
        assert session.get_one(UrgentRightsDetails, ticket.id).closed_automatically
        closing = session.get_one(ClockRecord, (ticket.id, "closing", 1))
        told = session.scalars(select(OutboxMail.unit_id).where(OutboxMail.event == "auto_close")).all()
    assert closing.stopped_at == hand.instant
    assert told == ["cdas-redon"]


def test_who_acknowledged_in_time_is_not_closed_twice(world: World, hand: Hand) -> None:
    ticket = an_answered_ticket(world)
    hand.at(11, 3, 10)
    perform(world.cdas_agent, ticket.reference, "acknowledge", {"usefulness": 4})
    hand.instant = BEFORE_ARMISTICE
    assert run() == 0
    with reading() as session:
        assert not session.get_one(UrgentRightsDetails, ticket.id).closed_automatically


def test_a_closing_of_the_cdas_entered_meanwhile_moves_the_day(world: World, hand: Hand) -> None:
    """R-CAL-2: the days on which the CDAS is closed are not counted, and the job does not fail on them."""
    ticket = an_answered_ticket(world)
    hand.at(11, 2, 9)
    with transaction() as session:
        code = session.scalars(select(Calendar.code).where(Calendar.code == "services")).one()
        start = datetime(2026, 11, 5, 8, tzinfo=PARIS)
        session.add(
            Closure(
                calendar_code=code,
                starts_at=start,
                ends_at=start + timedelta(hours=12),
                opens=False,
                reason="inventaire",
            )
        )
        session.execute(update(Revision).values(number=Revision.number + 1))
    hand.instant = BEFORE_ARMISTICE
    assert run() == 0
    moved = row_of(ticket)
    assert (moved.state, moved.next_deadline_at) == ("answered", datetime(2026, 11, 12, 17, tzinfo=PARIS))
    hand.instant = datetime(2026, 11, 12, 17, tzinfo=PARIS)
    assert run() == 1


def test_a_longer_delay_decided_meanwhile_is_kept_to(world: World, hand: Hand) -> None:
    ticket = an_answered_ticket(world)
    change_setting(world.admin, "auto_close_days", "11")
    hand.instant = BEFORE_ARMISTICE
    assert run() == 0
    hand.instant = datetime(2026, 11, 12, 17, tzinfo=PARIS)
    assert run() == 1
    assert row_of(ticket).state == "closed"


def test_a_ticket_that_can_not_be_closed_does_not_keep_the_others_open(world: World, hand: Hand) -> None:
    broken, sound = an_answered_ticket(world), an_answered_ticket(world)
    with transaction() as session:
        session.execute(
            update(Ticket)
            .where(Ticket.id == broken.id)
            .values(asking_unit_id=None, next_deadline_at=datetime(2026, 11, 1, tzinfo=UTC))
        )
    hand.instant = BEFORE_ARMISTICE
    assert [run(), run()] == [1, 0]
    assert [row_of(ticket).state for ticket in (broken, sound)] == ["answered", "closed"]
    assert len(entries_of(broken)) == 4


def test_a_great_many_are_closed_over_several_slots(
    world: World, hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(auto_close, "AT_ONCE", 2)
    for _ in range(3):
        an_answered_ticket(world)
    enrol()
    hand.instant = BEFORE_ARMISTICE
    assert turn(CLOSING) == 1
    with reading() as session:
        assert session.scalar(select(func.count()).where(Ticket.state == "closed")) == 2
    hand.instant += timedelta(minutes=10)
    assert turn(CLOSING) == 1
    with reading() as session:
        assert session.scalar(select(func.count()).where(Ticket.state == "closed")) == 3
