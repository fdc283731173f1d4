"""Drafts untouched for the Setting `draft_days` are deleted with all they hold."""

from datetime import timedelta

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from service import clock
from service.models import ClockRecord, Draft, JournalEntry, Ticket
from service.queries.reference import reference

AT_ONCE = 200


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
    for table in (Draft, JournalEntry, ClockRecord):
        session.execute(delete(table).where(table.ticket_id.in_(old)))
    session.execute(delete(Ticket).where(Ticket.id.in_(old)))
    return len(old)
