"""What moved since somebody read it: the marks of a list, and what is new on the requests that concern them.

What moves is an act of the journal, a shared message or a joined file, of somebody else; an internal note never is
(R-DP-3). What was read is in the log of readings (R-DP-4), as far as it is kept.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from enum import StrEnum
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import Session, load_only

from service.models import (
    AccessEntry,
    Account,
    Attachment,
    InternalNote,
    JournalEntry,
    LoginSession,
    Message,
    Ticket,
    Unit,
)
from service.permissions import CDAS_ROLES, Actor, Role
from service.queries import tickets
from service.queries.keyset import COUNT_LIMIT, Counted, Order, Place
from service.queries.readers import Asked, as_read_by, sort_of
from service.queries.reference import Reference
from service.workflows.french import PARIS, local_day
from service.workflows.retention import first_kept

RECENT = timedelta(days=30)
"""How far back what is new is looked for, unless the last visit is older."""


class Mark(StrEnum):
    """What a listed request has that its reader has not seen: it was never opened, or it moved since."""

    NEW = "new"
    MOVED = "moved"


class Visit(NamedTuple):
    """When the reader last said that they knew of everything, and when their visit before this one ended."""

    seen_at: datetime | None
    last_at: datetime | None


class Move(NamedTuple):
    """A sort of rows by which a request moves: when they were there to be read, and by whom they are."""

    row: Any
    at: Any
    who: Any
    unit: Any
    besides: ColumnElement[bool]
    shown: tuple[Any, ...] = ()

    def by_others(self, actor: Actor) -> ColumnElement[bool]:
        """What somebody else did, or Relais itself."""
        return and_(or_(self.who.is_(None), self.who != actor.account_id), self.besides)


ACTS = Move(
    JournalEntry,
    JournalEntry.recorded_at,
    JournalEntry.actor_id,
    JournalEntry.actor_unit_id,
    JournalEntry.transition != "open",  # that a draft was begun concerns nobody
)
MESSAGES = Move(
    Message,
    Message.recorded_at,
    Message.author_id,
    Message.unit_id,
    Message.sequence.is_(None),  # what was written with an act is that act
    (Message.author_id, Message.institution, Message.written_at),
)
FILES = Move(
    Attachment,
    Attachment.joined_at,
    Attachment.author_id,
    Attachment.unit_id,
    true(),
    (Attachment.author_id, Attachment.unit_id),
)
_MOVES = (ACTS, MESSAGES, FILES)


BY_MOVE = Order(JournalEntry.recorded_at, Ticket.id, descending=True)
"""The request that moved last first, by whatever sort of move."""


def marks(
    session: Session, actor: Actor, listed: Sequence[Ticket], known: Reference, now: datetime
) -> Mapping[UUID, Mark]:
    """The marks of the listed requests, in one statement that reads each by its keys; none for what has none.

    What ended without the reader is not « new » for ever, and of what moved before the log of readings begins nobody
    knows whether it was read.
    """
    if not listed:
        return {}
    begins = _log_begins(known, now)
    rows = session.execute(*marked(actor, [ticket.id for ticket in listed]))
    by_id = {ticket.id: ticket for ticket in listed}
    found = {row[0]: _mark(actor, by_id[row[0]], row, begins) for row in rows}
    return {ticket_id: mark for ticket_id, mark in found.items() if mark is not None}


def marked(actor: Actor, ticket_ids: Sequence[UUID]) -> Asked[Any]:
    """What the marks of these requests are made of: when they were read, when each sort of move was there last."""
    return Asked(_marked(sort_of(actor)), as_read_by(actor, tickets=ticket_ids))


@cache
def _marked(reader: Actor) -> Select[Any]:
    return select(
        Ticket.id,
        _read_at(reader).label("read_at"),
        *(
            select(func.max(one.at))
            .where(one.row.ticket_id == Ticket.id, one.by_others(reader))
            .scalar_subquery()
            for one in _MOVES
        ),
        select(Account.news_seen_at).where(Account.id == reader.account_id).scalar_subquery(),
    ).where(Ticket.id.in_(bindparam("tickets", expanding=True)))


def visit(session: Session, actor: Actor, session_id: UUID | None) -> Visit:
    """What is known of the reader's visits: the sessions that stand, and what they read before this one began."""
    began = select(LoginSession.created_at).where(LoginSession.id == session_id).scalar_subquery()
    other, entry = LoginSession, AccessEntry
    seen_at, *ends = session.execute(
        select(
            Account.news_seen_at,
            select(func.max(other.last_seen_at))
            .where(other.account_id == actor.account_id, other.id != session_id, other.last_seen_at < began)
            .scalar_subquery(),
            select(func.max(entry.at))
            .where(entry.account_id == actor.account_id, entry.at < began)
            .scalar_subquery(),
        ).where(Account.id == actor.account_id)
    ).one()
    return Visit(seen_at, max(filter(None, ends), default=None))


def since(of: Visit, known: Reference, now: datetime) -> datetime:
    """From when on something is news: a month, or since the last visit; never what was said to be known."""
    recent, begins = now - RECENT, _log_begins(known, now)
    return max(min(recent, of.last_at or recent), of.seen_at or begins, begins)


def requests(actor: Actor, start: datetime, place: Place | None = None) -> Select[Any]:
    """The requests that concern the actor and moved after `start` and after they were read, the last moved first.

    Each with the instant at which it last moved, and that at which it was read.
    """
    moved = union_all(
        *(
            select(one.row.ticket_id.label("ticket_id"), one.at.label("at")).where(
                one.at > start, one.by_others(actor)
            )
            for one in _MOVES
        )
    ).subquery()
    last = select(moved.c.ticket_id, func.max(moved.c.at).label("at")).group_by(moved.c.ticket_id).subquery()
    read_at = _read_at(actor)
    query = (
        select(Ticket, last.c.at, read_at.label("read_at"))
        .join(last, last.c.ticket_id == Ticket.id)
        .where(tickets.listed_to(actor), _concerns(actor), or_(read_at.is_(None), read_at < last.c.at))
    )
    return replace(BY_MOVE, key=last.c.at).rows(query, place)


def counted(
    session: Session, actor: Actor, start: datetime, visited_at: datetime | None
) -> tuple[Counted, Counted]:
    """How many requests `requests` gives, and how many of them moved after the last visit.

    In one statement.
    """
    rows = requests(actor, start).order_by(None).limit(COUNT_LIMIT + 1).subquery()
    lately = func.count().filter(rows.c.at > (visited_at or start))
    whole, since_then = session.execute(select(func.count(), lately).select_from(rows)).one()
    return Counted(whole), Counted(since_then)


def moves(actor: Actor, of: Move, ticket_ids: Iterable[UUID], start: datetime) -> Select[Any, str, str]:
    """What others did to these requests after `start`, of one sort, with the names of who did it and of their unit.

    That a message was written or a file joined, not what they say: that is read on the request, and logged.
    """
    query: Select[Any, str, str] = select(of.row, Account.name, Unit.name)
    if of.shown:
        query = query.options(load_only(of.row.ticket_id, of.at, *of.shown, raiseload=True))
    return (
        query.outerjoin(Account, Account.id == of.who)
        .outerjoin(Unit, Unit.code == of.unit)
        .where(of.row.ticket_id.in_(ticket_ids), of.at > start, of.by_others(actor))
        .order_by(of.at, of.row.ticket_id)
    )


def _read_at(actor: Actor) -> ScalarSelect[Any]:
    """When the actor last read the request."""
    entry = AccessEntry
    return (
        select(func.max(entry.at))
        .where(
            entry.ticket_id == Ticket.id,
            entry.account_id == actor.account_id,
            entry.act == "read",
            entry.refused.is_(False),
        )
        .scalar_subquery()
    )


def _concerns(actor: Actor) -> ColumnElement[bool]:
    """Held or asked by the actor, asked by their CDAS, owed by the secretariat that is theirs; or they wrote there."""
    me = actor.account_id
    wrote = [
        exists().where(row.ticket_id == Ticket.id, row.author_id == me) for row in (Message, InternalNote)
    ]
    found = [Ticket.holder_id == me, Ticket.author_id == me, *wrote]
    if actor.role in CDAS_ROLES:
        found.append(Ticket.asking_unit_id == actor.unit_id)
    if actor.role is Role.CAF_SECRETARIAT:
        found.append(Ticket.next_step_unit_id == actor.unit_id)
    return or_(*found)


def _log_begins(known: Reference, now: datetime) -> datetime:
    """Since when the log of readings is whole (`access_log_months`)."""
    day = first_kept(local_day(now), known.settings.number("access_log_months"))
    return datetime.combine(day, time(), PARIS)


def _mark(actor: Actor, ticket: Ticket, row: Sequence[Any], log_begins: datetime) -> Mark | None:
    _, read_at, *moved, seen_at = row
    moved_at = max(filter(None, moved), default=None)
    if moved_at is None or moved_at <= max(log_begins, seen_at or log_begins):
        return None
    known_at = read_at or (ticket.submitted_at if ticket.author_id == actor.account_id else None)
    if known_at is not None:
        return Mark.MOVED if moved_at > known_at else None
    return None if ticket.ended_at is not None else Mark.NEW
