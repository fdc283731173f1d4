"""`fall_due`: meetings held three calendar months ago, whose rights are now to be checked (R-RD)."""

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from service import clock, logs
from service.errors import Refusal
from service.models import RightsMeetingDetails, Ticket
from service.operations.transitions import fire
from service.workflows import french
from service.workflows.rights_meeting import RIGHTS_MEETING

AT_ONCE = 100
log = logs.logger(__name__)


def run(session: Session) -> int:
    """Move on the oldest ones, `AT_ONCE` at most; the next slot takes the rest."""
    details = RightsMeetingDetails
    due = session.scalars(
        select(Ticket)
        .join(details, details.ticket_id == Ticket.id)
        .where(
            Ticket.kind == RIGHTS_MEETING.kind,
            Ticket.state == "held",
            details.check_due_on <= french.local_day(clock.now()),
        )
        .order_by(details.check_due_on, Ticket.id)
        .limit(AT_ONCE)
        .with_for_update(of=Ticket, skip_locked=True)
    ).all()
    return sum(_move_on(session, ticket) for ticket in due)


def _move_on(session: Session, ticket: Ticket) -> bool:
    """Whether it moved on; one that can not does not keep the others waiting."""
    try:
        with session.begin_nested():
            fire(session, ticket, "fall_due", None, {})
    except SQLAlchemyError:
        raise
    except Refusal as refusal:
        log.error("fall_due.refused", reference=ticket.reference, code=refusal.code)
        return False
    except Exception:
        log.error("fall_due.failed", reference=ticket.reference, exc_info=True)
        return False
    return True
