"""A loaded demonstration and what two of them are compared by: everything people would see, no ciphertext."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service import database, demonstration, sealing
from service.database import reading
from service.models import (
    Account,
    Attachment,
    Call,
    ClockRecord,
    IncomingMail,
    InternalNote,
    JournalEntry,
    Message,
    Person,
    Ticket,
    UrgentRightsDetails,
)
from tests import settings

LAST_DAY = date(2026, 11, 20)
SINCE = date(2026, 9, 1)


def load(path: Path, *, today: date = LAST_DAY, since: date = SINCE, tickets: int = 60, **how: Any) -> Path:
    """Load a small demonstration with the keys of the tests."""
    use_keys()
    demonstration.load(path, today, since=since, tickets=tickets, **how)
    database.engine().dispose()
    return path


def use_keys() -> None:
    """The process opens and seals with the keys of the tests."""
    config = settings.config()
    sealing.configure(sealing.KeyRing(config.encryption_keys, config.blind_index_key))


@contextmanager
def opened(path: Path) -> Iterator[Session]:
    """Read a loaded demonstration."""
    use_keys()
    engine = database.configure(f"sqlite:///{path}")
    try:
        with reading() as session:
            yield session
    finally:
        engine.dispose()


def told(session: Session) -> dict[str, list[tuple[Any, ...]]]:
    """What people would see, by kind, in an order that does not depend on identifiers."""
    who: dict[Any, str | None] = {row.id: row.email for row in session.scalars(select(Account))}
    who[None] = None
    tickets = {row.id: row for row in session.scalars(select(Ticket))}
    reference = {None: None, **{key: row.reference for key, row in tickets.items()}}
    found: dict[str, list[tuple[Any, ...]]] = {
        "accounts": [(a.email, a.name, a.created_at) for a in session.scalars(select(Account))],
        "tickets": [
            (
                t.reference,
                t.state,
                t.version,
                t.channel,
                t.asking_unit_id,
                who[t.holder_id],
                who[t.author_id],
                t.opened_at,
                t.submitted_at,
                t.state_since,
                t.ended_at,
                t.next_deadline_of,
                t.next_deadline_at,
            )
            for t in tickets.values()
        ],
        "persons": [
            (
                reference[p.ticket_id],
                p.matricule,
                p.last_name,
                p.first_name,
                p.birth_date,
                p.commune_insee,
            )
            for p in session.scalars(select(Person))
        ],
        "details": [
            (reference[d.ticket_id], d.benefit, d.event, d.description, d.outcome, d.rejection_reason)
            for d in session.scalars(select(UrgentRightsDetails))
        ],
        "journal": [
            (
                reference[e.ticket_id],
                e.sequence,
                e.transition,
                e.from_state,
                e.to_state,
                who[e.actor_id],
                e.actor_unit_id,
                e.next_step_unit_id,
                e.happened_at,
                e.recorded_at,
            )
            for e in session.scalars(select(JournalEntry))
        ],
        "clocks": [
            (
                reference[c.ticket_id],
                c.name,
                c.run,
                c.started_at,
                c.stopped_at,
                c.target_at,
                c.business_seconds,
            )
            for c in session.scalars(select(ClockRecord))
        ],
        "messages": [
            (reference[m.ticket_id], m.written_at, who[m.author_id], m.body)
            for m in session.scalars(select(Message))
        ],
        "notes": [
            (reference[n.ticket_id], n.written_at, who[n.author_id], n.body)
            for n in session.scalars(select(InternalNote))
        ],
        "files": [
            (reference[f.ticket_id], f.joined_at, f.filename, f.sha256)
            for f in session.scalars(select(Attachment))
        ],
        "calls": [
            (c.cdas_code, c.started_at, c.minutes, c.answered, c.matricule, reference[c.ticket_id])
            for c in session.scalars(select(Call))
        ],
        "mails": [(m.fate, m.received_at, m.subject, m.text) for m in session.scalars(select(IncomingMail))],
    }
    return {name: sorted(rows, key=repr) for name, rows in found.items()}
