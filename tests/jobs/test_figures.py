"""The pack of the month that is over: published once, on the first open day, revised when facts come late (R-GO-1)."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from service.database import reading, transaction
from service.jobs import figures as jobs
from service.models import MonthFigures, PutForward, SharedDocument, Ticket
from service.operations import acts, calls, meeting_records, meetings, put_forward
from service.permissions import Actor
from service.queries.documents import documents, edition, published
from service.statistics.document import KEPT_BACK, SMALL, Document, Hidden, Share
from service.statistics.periods import Month
from service.statistics.publishing import keep_month, publish_pack
from tests.factories import World, a_submitted_ticket
from tests.jobs.editions import cell, read_edition
from tests.jobs.hand import PARIS, Hand

OCTOBER = Month(2026, 10)


def nothing() -> None:
    """The lease of a job that is short."""


def act(actor: Actor, ticket: Ticket, name: str, **given: Any) -> None:
    acts.perform(actor, ticket.reference, name, given)


def published_pack(revision: int | None = None) -> Document:
    return read_edition(OCTOBER.key, revision)


def answered(world: World, hand: Hand) -> Ticket:
    """One urgent right of October, answered the same day."""
    hand.at(10, 27, 9)
    ticket = a_submitted_ticket(world.cdas_agent)
    hand.at(10, 27, 10)
    act(world.caf_agent, ticket, "take")
    hand.at(10, 27, 11)
    act(world.caf_agent, ticket, "answer", outcome="restored", text="Le droit est rétabli.")
    return ticket


def test_it_is_published_once_from_the_first_open_day_on(world: World, hand: Hand) -> None:
    answered(world, hand)
    hand.at(11, 1, 5, 50)  # a Sunday, All Saints' Day
    assert jobs.publish_last_month(nothing) == 0
    hand.at(11, 2, 5, 50)
    assert jobs.publish_last_month(nothing) == 1
    assert jobs.publish_last_month(nothing) == 0
    hand.at(11, 20, 5, 50)
    assert jobs.publish_last_month(nothing) == 0
    pack = published_pack()
    assert pack.title == "Réunion technique – octobre 2026"
    assert cell(pack, "I-1", "I-1.channel", "service", "n") == 1
    assert cell(pack, "I-5", "I-5.clock", "urgent_rights.answer", "within") == Share(1, 1)


def test_a_stopped_scheduler_catches_up_later_in_the_month(world: World, hand: Hand) -> None:
    answered(world, hand)
    hand.at(11, 18, 5, 50)
    assert jobs.publish_last_month(nothing) == 1


def test_a_month_without_a_ticket_has_its_pack(world: World, hand: Hand) -> None:
    hand.at(11, 2, 5, 50)
    assert jobs.publish_last_month(nothing) == 1
    pack = published_pack()
    assert cell(pack, "I-1", "I-1.channel", "total", "n") == 0
    assert cell(pack, "I-5", "I-5.clock", "urgent_rights.answer", "median") is None


def test_one_ticket_in_a_cdas_is_not_told(world: World, hand: Hand) -> None:
    """Masking: « 1–4 » for the CDAS, and another one kept back, since the sum of both is shown."""
    answered(world, hand)
    for number in range(6):
        a_submitted_ticket(world.cdas_agent_elsewhere, matricule=f"100000{number}")
    hand.at(11, 2, 5, 50)
    jobs.publish_last_month(nothing)
    rows = published_pack().section("0").table("0.unit").column("n")
    hidden = {key: shown for key, shown in rows.items() if isinstance(shown, Hidden)}
    assert hidden == {"cdas-redon": SMALL, world.cdas_agent_elsewhere.unit_id: KEPT_BACK}
    assert rows["total"] == 7


def test_a_call_recorded_late_makes_a_revision_that_says_what_moved(world: World, hand: Hand) -> None:
    """R-CLK-8: the call counts in October, when it happened; the first edition stays as it was."""
    answered(world, hand)
    hand.at(11, 2, 5, 50)
    jobs.publish_last_month(nothing)
    assert publish_pack(OCTOBER) is None  # nothing changed
    hand.at(11, 16, 9)
    began = datetime(2026, 10, 29, 10, tzinfo=PARIS)
    given = {"started_at": began, "minutes": 5, "answered": True, "benefit": "rsa", "event": "interruption"}
    calls.record_call(world.cdas_agent, given, "k" * 32)
    made = publish_pack(OCTOBER)
    assert made is not None
    assert made.revision == 2
    first, second = published_pack(1), published_pack()
    assert cell(first, "I-1", "I-1.channel", "phone", "n") == 0
    assert cell(second, "I-1", "I-1.channel", "phone", "n") == 1
    moved = second.section("revision").table("revision.moved")
    assert any("ligne directe" in row.label and row.cells == (0, 1) for row in moved.rows)
    assert not any("CDAS" in row.label and "Redon" in row.label for row in moved.rows)


def test_a_reopening_in_a_later_month_leaves_the_earlier_one_as_it_was(world: World, hand: Hand) -> None:
    ticket = answered(world, hand)
    hand.at(10, 28, 9)
    act(world.cdas_agent, ticket, "acknowledge", usefulness=4)
    hand.at(11, 2, 5, 50)
    before = keep_month(OCTOBER)
    hand.at(11, 10, 9)
    act(world.cdas_agent, ticket, "reopen", reason="De nouveau rien.")
    act(world.caf_agent, ticket, "answer", outcome="not_due", text="Pas de droit.")
    assert keep_month(OCTOBER) == before
    assert keep_month(Month(2026, 11))["I-9.repeated"]["reopened"]["n"] == 1


def test_what_does_not_reconcile_is_not_published_and_says_why(world: World, hand: Hand) -> None:
    """R-IND-I-15: a ticket that moved without its journal."""
    ticket = answered(world, hand)
    with transaction() as session:
        moved = update(Ticket).where(Ticket.id == ticket.id).values(next_step_unit_id="cdas-vitre")
        session.execute(moved)
    hand.at(11, 2, 5, 50)
    assert jobs.publish_last_month(nothing) == 0
    with reading() as session:
        (row,) = documents(session)
        assert row.problem is not None
        assert "Vitré" in row.problem
        assert not published(session, "monthly_pack", OCTOBER.key)
    with transaction() as session:
        mended = update(Ticket).where(Ticket.id == ticket.id).values(next_step_unit_id="cdas-redon")
        session.execute(mended)
    hand.at(11, 3, 5, 50)
    assert jobs.publish_last_month(nothing) == 1
    with reading() as session:
        (row,) = documents(session)
        assert (row.revision, row.problem) == (1, None)


def test_a_revision_that_does_not_reconcile_makes_the_next_one_forget_nothing(
    world: World, hand: Hand
) -> None:
    """R-IND-I-15: what people hold is what the next revision is compared with."""
    ticket = answered(world, hand)
    hand.at(11, 2, 5, 50)
    jobs.publish_last_month(nothing)
    for unit, kept_back in (("cdas-vitre", True), ("cdas-redon", False)):
        with transaction() as session:
            session.execute(update(Ticket).where(Ticket.id == ticket.id).values(next_step_unit_id=unit))
        if not kept_back:
            hand.at(10, 30, 11)
            late = answered(world, hand)
            assert late.reference != ticket.reference
        hand.at(11, 4, 9)
        row = publish_pack(OCTOBER)
        assert row is not None
        assert ((row.problem is not None), row.revision) == (kept_back, 2)
    pack = published_pack()
    assert pack.revision == 2
    moved = pack.section("revision").tables[0].rows
    assert moved, "told beside the first edition"


def test_a_month_kept_while_it_ran_is_not_what_the_next_packs_look_back_at(world: World, hand: Hand) -> None:
    """R-IND: the scheduler stood still from the 27th on; in December the whole of October is beside November."""
    answered(world, hand)
    jobs.keep_running_month(nothing)
    answered(world, hand)
    hand.at(11, 12, 9)
    a_submitted_ticket(world.cdas_agent)
    hand.at(12, 1, 5, 50)
    november = Month(2026, 11)
    publish_pack(november)
    pack = read_edition(november.key)
    assert cell(pack, "I-1", "I-1.channel", "service", "n@before") == 2


def test_the_running_month_is_kept_for_every_scope(world: World, hand: Hand) -> None:
    answered(world, hand)
    assert jobs.keep_running_month(nothing) == 1
    hand.instant += timedelta(minutes=15)
    jobs.keep_running_month(nothing)
    with reading() as session:
        rows = session.scalars(select(MonthFigures).order_by(MonthFigures.scope)).all()
    assert {row.scope for row in rows} == {
        "all",
        "benefit:rsa",
        "cdas:cdas-redon",
        "channel:service",
        "kind:urgent_rights",
    }
    assert all(row.month == OCTOBER.key and not row.settled for row in rows)
    assert {row.computed_at for row in rows} == {hand.instant}


def test_what_the_meeting_discusses_is_in_the_pack_and_freezes_with_it(world: World, hand: Hand) -> None:
    """R-GO-1: by reference, without a name; when this alone has changed since, there is nothing to revise."""
    ticket = answered(world, hand)
    hand.at(10, 28, 9)
    given = {"kind": "monthly", "about_on": date(2026, 9, 1), "held_on": date(2026, 10, 28)}
    earlier = meetings.plan(world.steering, {**given, "starts_at": "10:00", "place": "Salle"})
    meetings.hold(world.steering, earlier)
    action = {"sort": "action", "said": "Écrire", "owner": "unit:cdas-redon", "due_on": date(2026, 10, 30)}
    meeting_records.record(world.steering, earlier, action)
    put_forward.put_forward(world.cdas_head, ticket.reference, "Le délai peut-il être dit plus tôt ?")
    hand.at(11, 2, 5, 50)
    jobs.publish_last_month(nothing)
    pack = published_pack()
    row = pack.section("situations").tables[0].rows[0]
    assert (row.label, row.cells[2], row.cells[-1]) == (
        ticket.reference,
        4,
        "Le délai peut-il être dit plus tôt ?",
    )
    assert pack.section("left_open").table("meeting.actions").rows[0].cells[2] == "en retard de 3 jours"
    assert pack.section("quality").sentence.startswith("Rien ne manque")
    hand.at(11, 3, 9)
    with reading() as session:
        put_id = session.scalars(select(PutForward.id)).one()
    put_forward.withdraw(world.cdas_head, ticket.reference, put_id)
    assert publish_pack(OCTOBER) is None


def test_the_same_facts_give_the_same_text(world: World, hand: Hand) -> None:
    answered(world, hand)
    hand.at(11, 2, 5, 50)
    jobs.publish_last_month(nothing)
    with transaction() as session:
        first = edition(session, OCTOBER.key)
        text = first.body
        session.delete(session.get_one(SharedDocument, first.id))
    again = publish_pack(OCTOBER)
    assert again is not None
    assert again.body == text


@pytest.mark.parametrize("word", ["Exemple", "Le Gall", "Éloïse", "1234567", "frigo"])
def test_nothing_of_a_person_is_in_it(world: World, hand: Hand, word: str) -> None:
    """R-DP-1: canaries of the person and of what was written."""
    ticket = answered(world, hand)
    hand.at(11, 2, 5, 50)
    made = publish_pack(OCTOBER)
    assert made is not None
    assert word not in (made.body or "")
    assert ticket.reference not in (made.body or "")
