"""What the database says after a crash: how many rows of each kind, and whether a ticket is whole."""

from collections import Counter
from uuid import UUID

from sqlalchemy import func, select

from service.database import reading
from service.models import (
    Base,
    ClockRecord,
    Draft,
    IdempotencyKey,
    JournalEntry,
    OutboxMail,
    Person,
    Ticket,
    UrgentRightsDetails,
)
from service.operations.once import known_as
from service.operations.transitions import link_of
from service.workflows import journal

_LOGS = frozenset({"access_entry"})
"""Who read what is written before anything is shown, and stays whatever becomes of the request."""

SENT = {
    "ticket": 1,
    "urgent_rights": 1,
    "person": 1,
    "person_word": 4,
    "journal_entry": 2,
    "clock_record": 3,
    "outbox_mail": 1,
    "idempotency_key": 1,
}
"""The rows of one request that was sent, and no other."""

Rows = Counter[str]


def rows() -> Rows:
    """How many rows each table has."""
    with reading() as session:
        return Counter(
            {
                table.name: session.scalar(select(func.count()).select_from(table)) or 0
                for table in Base.metadata.sorted_tables
                if table.name not in _LOGS
            }
        )


def new_since(before: Rows) -> dict[str, int]:
    """The rows that were added, by table; a removed one counts below zero."""
    now = rows()
    return {name: now[name] - before[name] for name in now if now[name] != before[name]}


def entries_of(reference: str) -> list[JournalEntry]:
    """The journal of a ticket, whose chain must hold."""
    with reading() as session:
        query = select(JournalEntry).join(Ticket, Ticket.id == JournalEntry.ticket_id)
        entries = session.scalars(
            query.where(Ticket.reference == reference).order_by(JournalEntry.sequence)
        ).all()
    assert journal.first_break((link_of(entry), entry.hash) for entry in entries) is None
    return list(entries)


def expect_sent_whole(reference: str, account_id: UUID, key: str) -> None:
    """A request that was sent is there with everything it is made of, readable with our keys, once."""
    with reading() as session:
        ticket = session.scalars(select(Ticket).where(Ticket.reference == reference)).one()
        details = session.get_one(UrgentRightsDetails, ticket.id)
        person = session.get_one(Person, ticket.id)
        clocks = session.scalars(select(ClockRecord).where(ClockRecord.ticket_id == ticket.id)).all()
        mails = session.scalars(select(OutboxMail).where(OutboxMail.ticket_id == ticket.id)).all()
        kept = session.get_one(IdempotencyKey, (account_id, known_as(key)))
        assert session.get(Draft, ticket.id) is None
    assert (ticket.state, ticket.next_step_unit_id) == ("submitted", "caf-secretariat")
    assert ticket.submitted_at is not None
    assert ticket.next_deadline_at is not None
    assert (person.matricule, person.last_name) == ("1234567", "Exemple-Le Gall")
    assert (details.benefit, details.urgency_rule is not None) == ("rsa", True)
    assert details.description == "Plus de versement depuis le mois dernier, le frigo est vide."
    assert [entry.transition for entry in entries_of(reference)] == ["open", "submit"]
    running = {clock.name: (clock.started_at, clock.stopped_at) for clock in clocks}
    assert running == dict.fromkeys(("triage", "take", "answer"), (ticket.submitted_at, None))
    assert [(mail.unit_id, mail.event, mail.sent_at) for mail in mails] == [
        ("caf-secretariat", "submit", None)
    ]
    assert kept.made == reference
