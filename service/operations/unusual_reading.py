"""The weekly list of unusual readings: worked out from the log of readings, for heads and the audit."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import CompoundSelect, delete, select, union
from sqlalchemy.orm import Session

from service.models import (
    AccessEntry,
    Account,
    InternalNote,
    JournalEntry,
    Message,
    Person,
    PersonWord,
    Ticket,
    UnusualRead,
)
from service.permissions import OUT_OF_LISTS
from service.sealing import ring
from service.workflows import names
from service.workflows.french import PARIS
from service.workflows.unusual_reading import Read, signs

KEPT_WEEKS = 52

Pair = tuple[UUID, UUID]
"""An account and a ticket."""


def list_week(session: Session, monday: date) -> int:
    """Work out the signs of the week that begins that Monday, in the caller's transaction; how many. Twice is once."""
    start, end = (datetime.combine(day, time(), PARIS) for day in (monday, monday + timedelta(days=7)))
    oldest = monday - timedelta(weeks=KEPT_WEEKS)
    session.execute(delete(UnusualRead).where((UnusualRead.week == monday) | (UnusualRead.week < oldest)))
    found = signs(_reads(session, start, end))
    session.add_all(
        UnusualRead(
            week=monday,
            account_id=one.account_id,
            unit_id=one.unit_id,
            sign=one.sign,
            day=one.day,
            ticket_id=one.ticket_id,
            tickets=one.tickets,
        )
        for one in found
    )
    return len(found)


def _reads(session: Session, start: datetime, end: datetime) -> Iterable[Read]:
    entry = AccessEntry
    rows = session.execute(
        select(entry.account_id, entry.unit_id, entry.ticket_id, entry.at, entry.refused, Ticket.ended_at)
        .join(Ticket, Ticket.id == entry.ticket_id)
        .where(entry.at >= start, entry.at < end, Ticket.kind.not_in(OUT_OF_LISTS))
        .order_by(entry.at, entry.id)
    ).all()
    same, acted = (
        _same_name(session, {(row.account_id, row.ticket_id) for row in rows}),
        _acted(session, start, end),
    )
    for row in rows:
        pair = (row.account_id, row.ticket_id)
        yield Read(
            account_id=row.account_id,
            unit_id=row.unit_id,
            ticket_id=row.ticket_id,
            at=row.at.astimezone(PARIS),
            refused=row.refused,
            ended_at=row.ended_at,
            same_name=pair in same,
            acted=pair in acted,
        )


def _same_name(session: Session, pairs: set[Pair]) -> set[Pair]:
    """Where the person's whole last name is the reader's: by blind index first, so that few names are opened."""
    readers = {account for account, _ in pairs}
    query = select(Account.id, Account.name).where(Account.id.in_(readers))
    borne = {account_id: set(names.words(name)) for account_id, name in session.execute(query)}
    alike = _last_names(session, {word for words in borne.values() for word in words})
    return {(account, ticket) for account, ticket in pairs if alike.get(ticket, {""}) <= borne[account]}


def _last_names(session: Session, words: set[str]) -> Mapping[UUID, set[str]]:
    """The words of the last name of each person whose name holds one of these words."""
    indexes = [ring().blind_index("name", word) for word in words]
    bearers = select(PersonWord.ticket_id).where(PersonWord.word_index.in_(indexes))
    people = session.scalars(select(Person).where(Person.ticket_id.in_(bearers)))
    return {person.ticket_id: set(names.words(person.last_name or "")) or {""} for person in people}


def _acted(session: Session, start: datetime, end: datetime) -> set[Pair]:
    acts: CompoundSelect[Any] = union(
        select(JournalEntry.actor_id, JournalEntry.ticket_id).where(
            JournalEntry.recorded_at >= start, JournalEntry.recorded_at < end
        ),
        select(Message.author_id, Message.ticket_id).where(
            Message.written_at >= start, Message.written_at < end
        ),
        select(InternalNote.author_id, InternalNote.ticket_id).where(
            InternalNote.written_at >= start, InternalNote.written_at < end
        ),
    )
    return {(account, ticket) for account, ticket in session.execute(acts)}
