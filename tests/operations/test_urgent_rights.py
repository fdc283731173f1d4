"""The first circuit through the real operations, on both databases, with a driven clock."""

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import DatabaseError

from service import clock, database
from service.database import reading, transaction
from service.errors import GuardRefused, InvalidInput, NotPermitted, NotVisible, StaleVersion, WrongState
from service.models import (
    ClockRecord,
    Draft,
    IdempotencyKey,
    JournalEntry,
    Message,
    OutboxMail,
    Person,
    PersonWord,
    Ticket,
    UrgentRightsDetails,
)
from service.operations import acts, calls, creation, drafts, opening, standing, urgent_rights
from service.operations.settings import change_setting
from service.operations.transitions import link_of
from service.permissions import Actor
from service.queries import tickets
from service.queries.reference import reference
from service.workflows import deadlines, journal
from tests.factories import World, a_draft, a_submission, a_submitted_ticket, seeded_world

PARIS = ZoneInfo("Europe/Paris")
PRESTATIONS = "caf-prestations"


class Hand:
    """The clock's hand, set by the test."""

    def __init__(self) -> None:
        self.instant = datetime(2026, 10, 23, 16, 30, tzinfo=PARIS)

    def at(self, day: int, hour: int, minute: int = 0, month: int = 10) -> None:
        self.instant = datetime(2026, month, day, hour, minute, tzinfo=PARIS)


@pytest.fixture
def hand() -> Iterator[Hand]:
    hand = Hand()
    with clock.driven(lambda: hand.instant):
        yield hand


@pytest.fixture
def world(db: str, hand: Hand) -> World:
    with transaction() as session:
        return seeded_world(session)


def row_of(ticket: Ticket) -> Ticket:
    with reading() as session:
        return session.get_one(Ticket, ticket.id)


def entries_of(ticket: Ticket) -> list[JournalEntry]:
    with reading() as session:
        query = select(JournalEntry).where(JournalEntry.ticket_id == ticket.id)
        return list(session.scalars(query.order_by(JournalEntry.sequence)))


def act(actor: Actor, ticket: Ticket, name: str, **given: Any) -> None:
    acts.perform(actor, ticket.reference, name, given)


def worked_example(world: World, hand: Hand) -> Ticket:
    hand.at(23, 16, 30)
    ticket = a_submitted_ticket(world.cdas_agent, line_open_reason=None)
    hand.at(26, 9)
    act(world.caf_secretariat, ticket, "assign", unit_id=PRESTATIONS)
    hand.at(26, 11)
    act(world.caf_agent, ticket, "take")
    hand.at(26, 11, 30)
    act(world.caf_agent, ticket, "ask", question="Quelle date de fin de contrat ?")
    hand.at(27, 10)
    act(world.cdas_agent, ticket, "reply", text="Le 30 septembre.")
    hand.at(27, 15)
    act(world.caf_agent, ticket, "answer", outcome="restored", text="Le droit est rétabli.")
    return ticket


def test_the_worked_example_comes_out_to_the_minute(world: World, hand: Hand) -> None:
    """R-CLK-1, R-CLK-2, R-CLK-5: across the October night, through the operations."""
    ticket = worked_example(world, hand)
    with reading() as session:
        kept = {
            record.name: record
            for record in session.scalars(select(ClockRecord).where(ClockRecord.ticket_id == ticket.id))
        }
        known = reference(session)
        steps = standing.steps_of(ticket.kind, standing.lines_of(session, ticket))
        ledger = deadlines.ledger(steps, known.hours_of, clock.now())
    assert (kept["triage"].business_seconds, kept["triage"].elapsed_seconds) == (3600, 65 * 3600 + 1800)
    assert kept["take"].business_seconds == 3 * 3600
    assert (kept["answer"].business_seconds, kept["answer"].waited_seconds) == (7 * 3600 + 1800, 6 * 3600)
    assert kept["answer"].within_target
    assert kept["answer"].target_at == datetime(2026, 10, 28, 15, 30, tzinfo=PARIS)
    assert ledger.lines == {
        "caf-secretariat": 3600,
        PRESTATIONS: 6 * 3600 + 1800,
        "cdas-redon": 6 * 3600,
    }
    assert (ledger.closed, ledger.elapsed) == (82 * 3600, 95 * 3600 + 1800)


def test_the_journal_chains_and_replays_to_the_stored_state(world: World, hand: Hand) -> None:
    """Closing property, and the chain still verifies after payloads were erased."""
    ticket = worked_example(world, hand)
    entries = entries_of(ticket)
    assert [entry.transition for entry in entries] == [
        "open", "submit", "assign", "take", "ask", "reply", "answer",
    ]  # fmt: skip
    for before, after in pairwise(entries):
        assert after.from_state == before.to_state
    assert entries[-1].to_state == row_of(ticket).state == "answered"
    assert journal.first_break((link_of(entry), entry.hash) for entry in entries) is None
    with transaction() as session:
        session.execute(update(JournalEntry).values(payload_sealed=None, payload_salt=None))
    erased = entries_of(ticket)
    assert journal.first_break((link_of(entry), entry.hash) for entry in erased) is None
    assert standing.steps_of(ticket.kind, entries)  # type: ignore[arg-type]


def test_the_chain_names_the_first_entry_that_was_changed(world: World, hand: Hand) -> None:
    entries = entries_of(worked_example(world, hand))
    entries[3].happened_at -= timedelta(minutes=10)
    assert journal.first_break((link_of(entry), entry.hash) for entry in entries) == 4
    assert journal.first_break((link_of(entry), entry.hash) for entry in [*entries[:2], *entries[3:]]) == 3


@pytest.mark.parametrize("column", ["hash", "happened_at", "to_state"])
def test_the_database_itself_refuses_to_change_the_journal(world: World, hand: Hand, column: str) -> None:
    a_submitted_ticket(world.cdas_agent)
    value: Any = {"hash": b"0" * 32, "happened_at": clock.now() - timedelta(days=2), "to_state": "closed"}[
        column
    ]
    with pytest.raises(DatabaseError, match="append-only"), transaction() as session:
        session.execute(update(JournalEntry).values({column: value}))
    with pytest.raises(DatabaseError, match="append-only"), transaction() as session:
        session.execute(delete(JournalEntry))


def test_the_person_is_sealed_and_found_by_matricule_and_words(world: World, hand: Hand) -> None:
    ticket = a_submitted_ticket(world.cdas_agent, last_name="Exemple-Gauthier", first_name="Noé ☀️")
    with reading() as session:
        person = session.get_one(Person, ticket.id)
        assert person.last_name == "Exemple-Gauthier"
        for blob in (person.last_name_sealed, person.matricule_sealed):
            assert blob is not None
            assert b"Gauthier" not in blob
            assert b"1234567" not in blob
        assert session.scalar(tickets.of_matricule(world.cdas_agent, "1234567")) is not None
        assert session.scalar(tickets.of_name(world.cdas_agent, "noe GAUTHIER")) is not None
        assert session.scalar(tickets.of_name(world.cdas_agent, "gauth")) is None
        assert session.scalar(tickets.of_name(world.cdas_agent_elsewhere, "gauthier")) is None
        count = session.scalar(
            select(func.count()).select_from(PersonWord).where(PersonWord.ticket_id == ticket.id)
        )
    assert count == 3


def test_a_sealed_value_moved_to_another_row_no_longer_opens(world: World, hand: Hand) -> None:
    first, second = a_submitted_ticket(world.cdas_agent), a_submitted_ticket(world.cdas_agent)
    with reading() as session:
        one, other = session.get_one(Person, first.id), session.get_one(Person, second.id)
        other.last_name_sealed = one.last_name_sealed
        with pytest.raises(Exception, match=r"person\.last_name"):
            _ = other.last_name


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"matricule": None}, "matricule"),
        ({"benefit": None}, "benefit"),
        ({"description": None}, "description"),
        ({"cdap_consulted_on": None}, "cdap_consulted_on"),
        ({"cdap_missing": None}, "cdap_missing"),
        ({"told_on": None}, "ground"),
        ({"last_payment_on": date(2027, 1, 1)}, "last_payment_on"),
        ({"last_payment_on": date(1989, 12, 31)}, "last_payment_on"),
        ({"cdap_consulted_on": date(2027, 1, 1)}, "cdap_consulted_on"),
        ({"description": "Son numéro : 2 84 05 35 238 001 83"}, "description"),
    ],
)
def test_what_keeps_a_request_from_leaving_is_said_beside_its_field(
    world: World, hand: Hand, changes: dict[str, Any], field: str
) -> None:
    """R-UD-4, R-DP-2, R-DP-7; the draft stays a draft."""
    with pytest.raises(InvalidInput) as refused:
        a_submitted_ticket(world.cdas_agent, **changes)
    assert field in refused.value.fields
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(Ticket)) == 0


def test_r_ud_1_what_is_not_urgent_is_led_elsewhere(world: World, hand: Hand) -> None:
    with pytest.raises(GuardRefused) as refused:
        a_submitted_ticket(world.cdas_agent, benefit="apl", last_payment_on=date(2026, 7, 24))
    assert "Caf" in refused.value.advice
    assert a_submitted_ticket(world.cdas_agent, benefit="apl", last_payment_on=date(2026, 7, 23))


def test_r_ud_3_an_open_line_asks_why_not_the_line(world: World, hand: Hand) -> None:
    hand.at(4, 10, month=11)
    with pytest.raises(InvalidInput) as refused:
        a_submitted_ticket(world.cdas_agent, line_open_reason=None)
    assert list(refused.value.fields) == ["line_open_reason"]
    ticket = a_submitted_ticket(world.cdas_agent, line_open_reason="no_answer")
    with reading() as session:
        assert session.get_one(UrgentRightsDetails, ticket.id).line_was_open


def test_r_dp_2_an_objection_stops_the_sending(world: World, hand: Hand) -> None:
    with pytest.raises(GuardRefused) as refused:
        a_submitted_ticket(world.cdas_agent, told_on=None, objected=True)
    assert refused.value.rule == "R-DP-2"


def test_r_ud_8_a_refusal_is_read_again_by_somebody_else(world: World, hand: Hand) -> None:
    """R-CLK-1: `contest` starts new clocks, the first ones stay."""
    ticket = a_submitted_ticket(world.cdas_agent)
    hand.at(26, 9)
    act(world.caf_agent, ticket, "reject", reason="visible_in_cdap", sentence="Visible.", turn_to="CDAP")
    hand.at(26, 10)
    act(world.cdas_agent, ticket, "contest", reason="Rien n’y figure.")
    with pytest.raises(GuardRefused):
        act(world.caf_agent, ticket, "take")
    with pytest.raises(InvalidInput):
        act(
            world.caf_secretariat,
            ticket,
            "assign",
            unit_id=PRESTATIONS,
            holder_id=world.caf_agent.account_id,
        )
    act(world.other_caf_agent, ticket, "take")
    act(world.other_caf_agent, ticket, "answer", outcome="restored", text="Rétabli.")
    with reading() as session:
        query = select(ClockRecord.name, ClockRecord.run).where(ClockRecord.ticket_id == ticket.id)
        runs = {tuple(row) for row in session.execute(query)}
    assert runs >= {("triage", 1), ("triage", 2), ("take", 2), ("answer", 1), ("answer", 2), ("closing", 1)}


def test_a_stale_version_keeps_nothing_and_says_the_new_state(world: World, hand: Hand) -> None:
    ticket = a_submitted_ticket(world.cdas_agent)
    seen = row_of(ticket).version
    act(world.caf_agent, ticket, "take")
    with pytest.raises(StaleVersion, match="En cours"):
        acts.perform(
            world.caf_secretariat, ticket.reference, "assign", {"unit_id": PRESTATIONS}, version=seen
        )
    assert [entry.transition for entry in entries_of(ticket)] == ["open", "submit", "take"]


def test_r_dp_1_nobody_acts_on_what_they_may_not_see(world: World, hand: Hand) -> None:
    ticket, draft = a_submitted_ticket(world.cdas_agent), a_draft(world.cdas_agent)
    for actor in (world.cdas_agent_elsewhere, world.caf_ts, world.admin, world.steering, world.auditor):
        with pytest.raises(NotVisible):
            act(actor, ticket, "take")
    with pytest.raises(NotVisible):
        act(world.caf_secretariat, draft, "cancel", reason="x")
    with pytest.raises(NotPermitted):
        act(world.caf_secretariat, ticket, "take")
    with pytest.raises(WrongState) as refused:
        act(world.caf_agent, ticket, "ask", question="?")
    assert "take" in refused.value.allowed
    with pytest.raises(NotPermitted):
        a_draft(world.caf_agent)


def test_r_dp_5_the_mails_say_nothing_of_the_person(world: World, hand: Hand) -> None:
    ticket = worked_example(world, hand)
    with reading() as session:
        mails = list(session.scalars(select(OutboxMail).order_by(OutboxMail.id)))
    assert [mail.unit_id for mail in mails] == [
        "caf-secretariat", PRESTATIONS, "cdas-redon", "cdas-redon", PRESTATIONS, "cdas-redon",
    ]  # fmt: skip
    told = json.dumps([mail.subject + mail.body for mail in mails], ensure_ascii=False)
    assert ticket.reference in told
    for secret in ("Exemple", "Éloïse", "1234567", "contrat", "septembre", "rsa", "RSA"):
        assert secret not in told


def test_r_clk_7_a_ticket_keeps_the_version_it_was_opened_under(world: World, hand: Hand) -> None:
    before = a_submitted_ticket(world.cdas_agent)
    due = row_of(before).next_deadline_at
    assert change_setting(world.admin, "target_triage", "1 heure")
    assert not change_setting(world.admin, "target_triage", "1 heure")
    after = a_submitted_ticket(world.cdas_agent)
    act(world.caf_secretariat, before, "complete", first_name="Zoé")
    assert row_of(before).next_deadline_at == due
    later = row_of(after).next_deadline_at
    assert later is not None
    assert due is not None
    assert later < due
    with pytest.raises(NotPermitted):
        change_setting(world.steering, "target_triage", "2 heures")


def test_r_clk_8_an_act_happens_before_it_is_recorded_never_before_the_last_one(
    world: World, hand: Hand
) -> None:
    ticket = a_submitted_ticket(world.cdas_agent)
    hand.at(26, 12)
    earlier = datetime(2026, 10, 26, 9, tzinfo=PARIS)
    acts.perform(world.caf_agent, ticket.reference, "take", {}, happened_at=earlier)
    entry = entries_of(ticket)[-1]
    assert (entry.happened_at, entry.recorded_at) == (earlier, hand.instant)
    for wrong in (earlier - timedelta(hours=1), hand.instant + timedelta(seconds=1)):
        with pytest.raises(InvalidInput):
            acts.perform(world.caf_agent, ticket.reference, "ask", {"question": "?"}, happened_at=wrong)


def test_a_draft_is_kept_as_typed_and_goes_when_sent(world: World, hand: Hand) -> None:
    with transaction() as session:
        ticket = urgent_rights.open_draft(session, world.cdas_agent)
        opening.keep_form(session, ticket, {"matricule": "12 34", "description": "à moitié"})
        assert opening.form_of(session, ticket)["matricule"] == "12 34"
        urgent_rights.send(session, ticket, world.cdas_agent, a_submission())
        session.flush()
        assert session.get(Draft, ticket.id) is None


def test_a_call_answered_with_its_outcome_is_an_answered_ticket(world: World, hand: Hand) -> None:
    """R-UD-3, R-CLK-1: only the réponse clock, from the start of the call to its end; recorded late (R-CLK-8)."""
    hand.at(5, 11, month=11)
    given = {
        "cdas": "cdas-redon",
        "matricule": "7654321",
        "benefit": "aah",
        "event": "interruption",
        "started_at": datetime(2026, 11, 5, 10, tzinfo=PARIS),
        "minutes": 12,
        "answered": True,
        "outcome": "restored",
    }
    made, new = calls.record_call(world.caf_agent, given, "key-1")
    again, second = calls.record_call(world.caf_agent, given, "key-1")
    assert (made, new, second) == (again, True, False)
    with reading() as session:
        ticket = session.scalars(select(Ticket)).one()
        runs = {r.name: r for r in session.scalars(select(ClockRecord))}
    assert (ticket.state, ticket.channel, ticket.asking_unit_id) == ("answered", "phone", "cdas-redon")
    assert set(runs) == {"answer", "closing"}
    assert runs["answer"].business_seconds == 12 * 60


def test_an_unanswered_call_is_a_record_and_no_ticket(world: World, hand: Hand) -> None:
    given = {"started_at": hand.instant - timedelta(minutes=5), "minutes": 1, "answered": False}
    calls.record_call(world.cdas_agent, given, "key-2")
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(Ticket)) == 0
    with pytest.raises(InvalidInput):
        calls.record_call(world.cdas_agent, {**given, "cdas": "cdas-vitre"}, "key-3")
    with pytest.raises(NotPermitted):
        calls.record_call(world.steering, given, "key-4")


def test_messages_of_acts_stand_at_their_place_in_the_journal(world: World, hand: Hand) -> None:
    ticket = worked_example(world, hand)
    with reading() as session:
        query = select(Message).where(Message.ticket_id == ticket.id).order_by(Message.sequence)
        written = {message.sequence: message.body for message in session.scalars(query)}
    assert written == {
        5: "Quelle date de fin de contrat ?",
        6: "Le 30 septembre.",
        7: "Le droit est rétabli.",
    }


def test_neither_replace_nor_truncate_gets_round_the_append_only_tables(world: World, hand: Hand) -> None:
    a_submitted_ticket(world.cdas_agent)
    sqlite = database.engine().dialect.name == "sqlite"
    way_round = (
        "INSERT OR REPLACE INTO journal_entry SELECT * FROM journal_entry"
        if sqlite
        else "TRUNCATE journal_entry"
    )
    with pytest.raises(DatabaseError, match="append-only"), transaction() as session:
        session.execute(text(way_round))


def test_r_dp_1_a_request_does_not_move_to_another_cdas(world: World, hand: Hand) -> None:
    ticket = a_submitted_ticket(world.cdas_agent)
    with pytest.raises(InvalidInput):
        act(world.caf_secretariat, ticket, "complete", asking_unit="cdas-vitre")
    act(world.caf_secretariat, ticket, "complete", asking_unit="cdas-redon")
    assert row_of(ticket).asking_unit_id == "cdas-redon"


@pytest.mark.parametrize("typed", ["NIR 2 84 05 35 238 001 83", "1\x0185\x010535238005\x0100", "x" * 13_000])
def test_r_dp_7_a_draft_keeps_no_nir_and_no_book(world: World, hand: Hand, typed: str) -> None:
    if typed.startswith("1"):
        typed = f"1\x0185\x010535238005{97 - 1850535238005 % 97:02d}"
    with pytest.raises(InvalidInput):
        creation.create_ticket(
            world.cdas_agent, "urgent_rights", {}, "key-nir", submit=False, form={"description": typed}
        )


def test_a_request_made_here_leaves_now(world: World, hand: Hand) -> None:
    """R-CLK-8: only what left by another road may be noted later."""
    earlier = hand.instant - timedelta(days=3)
    with pytest.raises(InvalidInput) as refused:
        creation.create_ticket(
            world.cdas_agent, "urgent_rights", a_submission(), "k1", submit=True, happened_at=earlier
        )
    assert list(refused.value.fields) == ["happened_at"]


def test_an_idempotency_row_says_nothing_without_the_key(world: World, hand: Hand) -> None:
    creation.create_ticket(world.cdas_agent, "urgent_rights", a_submission(), "285053523800183", submit=True)
    with reading() as session:
        row = session.scalars(select(IdempotencyKey)).one()
    assert "285053523800183" not in row.key
    assert len(row.body_digest) == 16


def test_r_dp_7_the_key_of_the_page_is_never_taken_for_a_number(world: World) -> None:
    """A key of the page is drawn by lot; nobody typed the thirteen digits that it may hold."""
    kept_as = creation.create_ticket(
        world.cdas_agent, "urgent_rights", {}, "k-page", submit=False, form={"description": "à moitié"}
    )
    seen = drafts.read(world.cdas_agent, kept_as[0]).mark
    key = "f1850535238005ab" + "c" * 16
    drafts.save(world.cdas_agent, kept_as[0], {"description": "presque"}, page_key=key, seen=seen)
    assert drafts.read(world.cdas_agent, kept_as[0]).form == {"description": "presque"}
