"""`auto_close`: answered tickets whose acknowledgement delay has passed (Setting `auto_close_days`)."""

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from service import clock, logs
from service.errors import Refusal
from service.models import Ticket
from service.operations import standing
from service.operations.effects import EFFECTS
from service.operations.transitions import fire
from service.queries.reference import reference

AT_ONCE = 100
log = logs.logger(__name__)


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
    return sum(_close(session, ticket) for ticket in due)


def _close(session: Session, ticket: Ticket) -> bool:
    """Whether the ticket was closed; one that can not be does not keep the others open."""
    limit = standing.limits_of(ticket, reference(session)).get("auto_close")
    if limit is not None and limit > clock.now():
        # A closing of the CDAS was entered, or the Setting changed, after the answer.
        ticket.next_deadline_at = limit
        return False
    try:
        with session.begin_nested():
            fire(session, ticket, "auto_close", None, {}, EFFECTS[ticket.kind]["auto_close"])
    except SQLAlchemyError:
        raise
    except Refusal as refusal:
        log.error("auto_close.refused", reference=ticket.reference, code=refusal.code)
        return False
    except Exception:
        log.error("auto_close.failed", reference=ticket.reference, exc_info=True)
        return False
    return True
