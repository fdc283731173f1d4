"""`clean_drafts`: what was never sent goes with all it holds after `draft_days`; the rest stays (R-DP-6)."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import ForeignKey, func, select

from service.database import reading, transaction
from service.errors import GuardRefused
from service.jobs import clean_drafts
from service.models import (
    ArchiveOpening,
    Base,
    Call,
    Draft,
    EliminationLine,
    JournalEntry,
    OutboxMail,
    Ticket,
    TicketLink,
    UrgentRightsDetails,
)
from service.operations import conversation, opening, urgent_rights
from service.operations.acts import perform
from service.operations.settings import change_setting
from tests.factories import World, a_draft, a_submitted_ticket
from tests.jobs.hand import Hand

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
THIRTY_DAYS = timedelta(days=30)
OF_ITS_OWN = {
    UrgentRightsDetails.__table__.c.duplicate_of_id,
    *(TicketLink.__table__.c[end.key] for end in clean_drafts.LINKED),
    ArchiveOpening.__table__.c.ticket_id,
    EliminationLine.__table__.c.ticket_id,
}
"""Names a ticket that was sent, or is deleted by either of its ends."""


def run() -> int:
    with transaction() as session:
        return clean_drafts.run(session)


def tickets() -> set[str]:
    with reading() as session:
        return set(session.scalars(select(Ticket.reference)))


def rows_that_name(*gone: Ticket) -> dict[str, int]:
    """How many rows of each table still name these tickets."""
    found = {}
    with reading() as session:
        for table in Base.metadata.sorted_tables:
            for column in (c for c in table.columns if c.name == "ticket_id" and c.foreign_keys):
                query = select(func.count()).select_from(table)
                count = session.scalar(query.where(column.in_([ticket.id for ticket in gone])))
                found[table.name] = count or 0
    return {name: count for name, count in found.items() if count}


def a_full_draft(world: World) -> Ticket:
    with transaction() as session:
        ticket = urgent_rights.open_draft(session, world.cdas_agent)
        opening.keep_form(session, ticket, {"description": "à moitié", "matricule": "12 34"})
    conversation.attach(world.cdas_agent, ticket.reference, "courrier.pdf", PDF, f"file-{ticket.reference}")
    conversation.write_note(
        world.cdas_agent, ticket.reference, "À rappeler lundi.", f"note-{ticket.reference}"
    )
    return ticket


def test_r_dp_6_an_abandoned_draft_goes_with_all_it_holds(world: World, hand: Hand) -> None:
    sent = a_submitted_ticket(world.cdas_agent)
    conversation.attach(world.cdas_agent, sent.reference, "courrier.pdf", PDF, "file")
    before = rows_that_name(sent)
    draft = a_full_draft(world)
    hand.instant += THIRTY_DAYS - timedelta(seconds=1)
    assert run() == 0
    hand.instant += timedelta(seconds=1)
    assert [run(), run()] == [1, 0]
    assert tickets() == {sent.reference}
    assert rows_that_name(draft) == {}
    assert rows_that_name(sent) == before


def test_a_draft_that_somebody_still_writes_stays(world: World, hand: Hand) -> None:
    touched, left = a_full_draft(world), a_full_draft(world)
    hand.instant += timedelta(days=20)
    with transaction() as session:
        opening.keep_form(session, session.get_one(Ticket, touched.id), {"description": "presque"})
    hand.instant += timedelta(days=10)
    assert run() == 1
    assert tickets() == {touched.reference}
    assert rows_that_name(left) == {}
    with reading() as session:
        assert session.get(Draft, touched.id) is not None


def test_a_draft_cancelled_before_it_was_sent_goes_too_and_nobody_was_told(world: World, hand: Hand) -> None:
    draft = a_full_draft(world)
    perform(world.cdas_agent, draft.reference, "cancel", {"reason": "Erreur de personne."})
    with reading() as session:
        assert session.scalars(select(OutboxMail)).all() == []
    hand.instant += THIRTY_DAYS
    assert run() == 1
    assert tickets() == set()
    assert rows_that_name(draft) == {}


def test_a_message_can_not_be_written_on_a_draft(world: World, hand: Hand) -> None:
    """Nobody would read it, and the Caf would be told of a draft."""
    draft = a_draft(world.cdas_agent)
    with pytest.raises(GuardRefused):
        conversation.write_message(world.cdas_agent, draft.reference, "Bonjour", "message")
    assert "message" not in rows_that_name(draft)


def test_what_was_sent_stays_whatever_became_of_it(world: World, hand: Hand) -> None:
    cancelled, rejected = a_submitted_ticket(world.cdas_agent), a_submitted_ticket(world.cdas_agent)
    perform(world.cdas_agent, cancelled.reference, "cancel", {"reason": "Réglé."})
    perform(
        world.caf_agent,
        rejected.reference,
        "reject",
        {"reason": "wrong_service", "sentence": "Pas nous.", "turn_to": "La CPAM."},
    )
    before = rows_that_name(cancelled, rejected)
    hand.instant += timedelta(days=400)
    assert run() == 0
    assert rows_that_name(cancelled, rejected) == before


def test_the_setting_decides(world: World, hand: Hand) -> None:
    change_setting(world.admin, "draft_days", "7")
    a_draft(world.cdas_agent)
    hand.instant += timedelta(days=6)
    assert run() == 0
    hand.instant += timedelta(days=1)
    assert run() == 1
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(JournalEntry)) == 0


def test_a_call_made_into_a_draft_outlives_it(world: World, hand: Hand) -> None:
    draft = a_draft(world.cdas_agent)
    with transaction() as session:
        call = Call(
            cdas_code="cdas-redon",
            started_at=hand.instant,
            minutes=1,
            answered=False,
            ticket_id=draft.id,
            recorded_at=hand.instant,
            recorded_by=world.cdas_agent.account_id,
            recorded_unit_id="cdas-redon",
        )
        session.add(call)
    hand.instant += THIRTY_DAYS
    assert run() == 1
    with reading() as session:
        assert session.get_one(Call, call.id).ticket_id is None


@pytest.mark.parametrize("table", Base.metadata.sorted_tables, ids=lambda table: str(table.name))
def test_every_table_that_names_a_ticket_says_what_becomes_of_it(table: Any) -> None:
    """A new one is placed in `HELD` or in `LET_GO`, or the job would fail on it for ever."""
    placed = {row.__table__ for row in (*clean_drafts.HELD, *clean_drafts.LET_GO)}
    keys: list[ForeignKey] = [key for key in table.foreign_keys if key.references(Ticket.__table__)]
    assert all(table in placed or key.parent in OF_ITS_OWN for key in keys)
    assert not placed - set(Base.metadata.sorted_tables)
