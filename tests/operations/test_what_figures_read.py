"""What indicators read after payloads are gone is kept when it happens, on both databases."""

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from service import clock, database, migrate
from service.database import reading, transaction
from service.models import JournalEntry, Ticket, UrgentRightsDetails
from service.operations import acts
from service.operations.transitions import link_of
from service.permissions import Actor
from service.workflows import journal
from tests.factories import World, a_submitted_ticket, seeded_world

PARIS = ZoneInfo("Europe/Paris")
ANSWER = {"outcome": "restored", "text": "Le droit est rétabli."}
REFUSAL = {"reason": "not_urgent", "sentence": "Hors définition.", "turn_to": "L’accueil de la Caf."}


class Hand:
    def __init__(self) -> None:
        self.instant = datetime(2026, 10, 5, 9, 0, tzinfo=PARIS)

    def later(self, **time: int) -> None:
        self.instant += timedelta(**time)


@pytest.fixture
def hand() -> Iterator[Hand]:
    hand = Hand()
    with clock.driven(lambda: hand.instant):
        yield hand


@pytest.fixture
def world(db: str, hand: Hand) -> World:
    with transaction() as session:
        return seeded_world(session)


def act(actor: Actor, ticket: Ticket, name: str, **given: Any) -> None:
    acts.perform(actor, ticket.reference, name, given)


def details_of(ticket: Ticket) -> UrgentRightsDetails:
    with reading() as session:
        return session.get_one(UrgentRightsDetails, ticket.id)


def codes_of(ticket: Ticket) -> dict[str, dict[str, Any] | None]:
    with reading() as session:
        entry = JournalEntry
        rows = session.execute(select(entry.transition, entry.codes).where(entry.ticket_id == ticket.id))
        return {row.transition: row.codes for row in rows}


def closed(world: World, hand: Hand, ticket: Ticket) -> None:
    act(world.caf_agent, ticket, "take")
    act(world.caf_agent, ticket, "answer", **ANSWER)
    hand.later(hours=1)
    act(world.cdas_agent, ticket, "acknowledge", usefulness=4)


def test_the_journal_keeps_the_outcome_and_the_mark_beside_the_sealed_payload(world: World, hand: Hand):
    """R-DP-6: figures read the journal without its payload."""
    ticket = a_submitted_ticket(world.cdas_agent)
    closed(world, hand, ticket)
    codes = codes_of(ticket)
    assert codes["answer"] == {"outcome": "restored", "kept_benefit": "rsa", "kept_event": "interruption"}
    assert codes["acknowledge"] == {"usefulness": 4}
    assert codes["take"] is None


def test_each_answer_keeps_its_own_outcome(world: World, hand: Hand):
    """A ticket reopened later does not change what the month of its first answer says."""
    ticket = a_submitted_ticket(world.cdas_agent)
    closed(world, hand, ticket)
    hand.later(days=2)
    act(world.cdas_agent, ticket, "reopen", reason="De nouveau rien.")
    given = {"outcome": "payment_scheduled", "outcome_on": date(2026, 10, 9), "kept_benefit": "aah"}
    act(world.caf_agent, ticket, "answer", **given, text="Paiement vendredi.")
    with reading() as session:
        query = select(JournalEntry.codes).where(
            JournalEntry.ticket_id == ticket.id, JournalEntry.transition == "answer"
        )
        first, second = session.scalars(query.order_by(JournalEntry.sequence))
    assert (first["outcome"], first["kept_benefit"], "outcome_on" in first) == ("restored", "rsa", False)
    assert second == {**given, "outcome_on": "2026-10-09", "kept_event": "interruption"}


def test_the_ground_kept_is_the_one_declared_unless_the_caf_says_otherwise(world: World, hand: Hand):
    """R-UD-8: ground declared and ground kept are both stored, at an answer and at a refusal."""
    as_declared, requalified, refused = (
        a_submitted_ticket(world.cdas_agent, matricule=number) for number in ("1000001", "1000002", "1000003")
    )
    for ticket, more in ((as_declared, {}), (requalified, {"kept_event": "strong_decrease"})):
        act(world.caf_agent, ticket, "take")
        act(world.caf_agent, ticket, "answer", **ANSWER, **more)
    act(world.caf_secretariat, refused, "reject", **REFUSAL, kept_benefit="apl")
    declared = details_of(as_declared)
    assert (declared.kept_benefit, declared.kept_event) == (declared.benefit, declared.event)
    assert details_of(requalified).kept_event == "strong_decrease"
    assert details_of(requalified).event == "interruption"
    assert details_of(refused).kept_benefit == "apl"
    assert codes_of(refused)["reject"] == {
        "reason": "not_urgent",
        "kept_benefit": "apl",
        "kept_event": "interruption",
    }


@pytest.mark.parametrize(
    ("days", "changes", "linked"),
    [
        (30, {}, True),
        (31, {}, False),
        (5, {"benefit": "aah"}, False),
        (5, {"matricule": "7654321"}, False),
    ],
)
def test_a_new_request_for_the_same_person_and_benefit_is_linked_to_the_one_closed_before(
    world: World, hand: Hand, days: int, changes: dict[str, Any], linked: bool
):
    """R-IND-I-9: within 30 days of closing, the same matricule and benefit."""
    first = a_submitted_ticket(world.cdas_agent)
    closed(world, hand, first)
    hand.later(days=days)
    today = hand.instant.date()
    second = a_submitted_ticket(world.other_cdas_agent, told_on=today, cdap_consulted_on=today, **changes)
    assert details_of(second).repeats_id == (first.id if linked else None)


def test_a_request_still_open_is_not_repeated(world: World, hand: Hand):
    """R-IND-I-9: the first one has to be closed."""
    a_submitted_ticket(world.cdas_agent)
    hand.later(days=1)
    assert details_of(a_submitted_ticket(world.cdas_agent, told_on=date(2026, 10, 6))).repeats_id is None


def test_entries_written_before_keep_their_codes_and_the_details_go_to_the_last_answer(
    world: World, hand: Hand, database_url: str
):
    """R-DP-6: the migration, there and back; the chain verifies as it did, and codes can not be altered after it."""
    ticket = a_submitted_ticket(world.cdas_agent)
    act(world.caf_agent, ticket, "take")
    given = {
        "outcome": "payment_scheduled",
        "outcome_on": date(2026, 12, 24),
        "kept_event": "strong_decrease",
    }
    act(world.caf_agent, ticket, "answer", **given, text="Paiement avant Noël.")
    act(world.cdas_agent, ticket, "acknowledge", usefulness=4)
    after = stored(database_url, "codes")
    assert json.loads(after["answer"]) == {**given, "outcome_on": "2026-12-24", "kept_benefit": "rsa"}
    assert json.loads(after["acknowledge"]) == {"usefulness": 4}
    database.engine().dispose()
    migrate.downgrade(database_url, before_codes(database_url))
    assert stored(database_url, "code") == {"answer": "payment_scheduled", "acknowledge": "4"}
    migrate.upgrade(database_url)
    assert stored(database_url, "codes") == after
    with reading() as session:
        query = select(JournalEntry).where(JournalEntry.ticket_id == ticket.id)
        entries = session.scalars(query.order_by(JournalEntry.sequence))
        assert journal.first_break((link_of(entry), entry.hash) for entry in entries) is None
    with pytest.raises(DBAPIError), transaction() as session:
        session.execute(
            text("UPDATE journal_entry SET codes = NULL, payload_sealed = NULL, payload_salt = NULL")
        )


def before_codes(url: str) -> str:
    """The revision before the one that gave acts their codes."""
    scripts = ScriptDirectory.from_config(migrate.settings(url)).walk_revisions()
    return str(next(one.down_revision for one in scripts if "codes_of_each_act" in one.path))


def stored(url: str, column: str) -> dict[str, str]:
    engine = create_engine(url, poolclass=NullPool)
    query = f"SELECT transition, {column} FROM journal_entry WHERE {column} IS NOT NULL"
    with engine.connect() as connection:
        return {row[0]: row[1] for row in connection.execute(text(query))}
