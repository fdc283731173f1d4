"""`return_silent`: relays whose receiver has not answered by the target of the first exchange (R-PR-6)."""

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from service import clock, logs
from service.errors import Refusal
from service.jobs.holding import held
from service.models import HandoverDetails, Ticket
from service.operations import standing
from service.operations.handover import EFFECTS
from service.operations.transitions import fire
from service.queries.reference import reference

AT_ONCE = 100
log = logs.logger(__name__)


def run(session: Session) -> int:
    """Bring back the oldest ones, `AT_ONCE` at most; the next slot takes the rest."""
    waiting = session.scalars(
        select(Ticket)
        .join(HandoverDetails, HandoverDetails.ticket_id == Ticket.id)
        .where(Ticket.kind == "handover", Ticket.state == "forwarded", HandoverDetails.exchange_on.is_(None))
        .order_by(Ticket.state_since, Ticket.id)
    ).all()
    silent = [ticket for ticket in waiting if _is_silent(session, ticket)]
    return sum(_return(session, ticket) for ticket in silent[:AT_ONCE] if held(session, ticket))


def _is_silent(session: Session, ticket: Ticket) -> bool:
    limit = standing.limits_of(ticket, reference(session)).get("silence")
    return limit is not None and limit <= clock.now()


def _return(session: Session, ticket: Ticket) -> bool:
    """Whether the relay was brought back; one that can not be does not keep the others waiting."""
    try:
        with session.begin_nested():
            fire(session, ticket, "return_silent", None, {}, EFFECTS["return_silent"])
    except SQLAlchemyError:
        raise
    except Refusal as refusal:
        log.error("return_silent.refused", reference=ticket.reference, code=refusal.code)
        return False
    except Exception:
        log.error("return_silent.failed", reference=ticket.reference, exc_info=True)
        return False
    return True
