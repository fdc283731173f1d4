"""Drafts untouched for the Setting `draft_days` are deleted with all they hold (R-DP-6)."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from service import clock
from service.models import (
    DETAILS,
    Accompaniment,
    Attachment,
    Call,
    ClockRecord,
    ConcertationItem,
    DigestLine,
    Draft,
    IncomingMail,
    InternalNote,
    JournalEntry,
    KeptOut,
    MeetingLine,
    Message,
    OutboxMail,
    OutOfScopeOpening,
    Participant,
    Person,
    PersonWord,
    PhoneShown,
    PutForward,
    Rectification,
    Reminder,
    Ticket,
    TicketLink,
)
from service.operations.family_links import pass_on
from service.queries.reference import reference

AT_ONCE = 200

HELD: Sequence[Any] = (
    Draft,
    Attachment,
    InternalNote,
    Message,
    Rectification,
    PersonWord,
    Person,
    Participant,
    *DETAILS.values(),
    ConcertationItem,
    MeetingLine,
    PutForward,
    DigestLine,
    Reminder,
    KeptOut,
    OutOfScopeOpening,
    PhoneShown,
    ClockRecord,
    JournalEntry,
)
"""What goes with a draft, each by its `ticket_id`."""

LINKED = (TicketLink.from_id, TicketLink.to_id)
"""A link goes with either of its ends."""

LET_GO = (Accompaniment, Call, IncomingMail, OutboxMail)
"""What stays, and no longer names the draft: a fact of its own."""


def run(session: Session) -> int:
    """Delete the abandoned drafts, and those cancelled before they were sent, `AT_ONCE` at most."""
    days = reference(session).settings.number("draft_days")
    limit = clock.now() - timedelta(days=days)
    old = session.scalars(
        select(Ticket.id)
        .outerjoin(Draft, Draft.ticket_id == Ticket.id)
        .where(
            Ticket.submitted_at.is_(None),
            Ticket.state.in_(("draft", "cancelled")),
            Ticket.changed_at <= limit,
            or_(Draft.saved_at.is_(None), Draft.saved_at <= limit),
        )
        .order_by(Ticket.changed_at, Ticket.id)
        .limit(AT_ONCE)
        .with_for_update(of=Ticket, skip_locked=True)
    ).all()
    _delete(session, list(old))
    return len(old)


def _delete(session: Session, tickets: list[UUID]) -> None:
    pass_on(session, tickets)
    for free in LET_GO:
        session.execute(update(free).where(free.ticket_id.in_(tickets)).values(ticket_id=None))
    session.execute(delete(TicketLink).where(or_(*(end.in_(tickets) for end in LINKED))))
    for held in HELD:
        session.execute(delete(held).where(held.ticket_id.in_(tickets)))
    session.execute(delete(Ticket).where(Ticket.id.in_(tickets)))
