"""`auto_close`: answered tickets whose acknowledgement delay has passed (Setting `auto_close_days`)."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from service import clock
from service.models import Ticket
from service.operations.acts import EFFECTS
from service.operations.transitions import fire

AT_ONCE = 100


def run(session: Session) -> int:
    """Close the oldest ones, `AT_ONCE` at most; the next slot takes the rest."""
    due = session.scalars(
        select(Ticket)
        .where(
            Ticket.kind == "urgent_rights", Ticket.state == "answered", Ticket.next_deadline_at <= clock.now()
        )
        .order_by(Ticket.next_deadline_at, Ticket.id)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()
    for ticket in due:
        fire(session, ticket, "auto_close", None, {}, EFFECTS[ticket.kind]["auto_close"])
    return len(due)
