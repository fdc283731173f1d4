"""The history of a ticket, and whose time it was (R-CLK-5, R-CLK-6)."""

from typing import Any

from service import clock
from service.database import reading
from service.errors import NotVisible
from service.operations.consultation import consult
from service.operations.ledger import ledger_of
from service.permissions import Permission
from service.queries import journal, tickets
from service.queries.reference import reference
from service.routes.api.interface import Interface
from service.routes.api.preconditions import canonical
from service.routes.guard import present_actor
from service.schemas.ledger_out import Journal, LedgerOut, entry_of

history = Interface("history", __name__, description="What happened to a ticket, and when.")


@history.get("/tickets/<ref>/journal", Permission.READ_TICKETS, Journal)
def read_journal(ref: str) -> dict[str, Any]:
    """Read every act, in order."""
    actor, ticket_reference = present_actor(), canonical(ref)
    ticket_id = consult(actor, ticket_reference)
    with reading() as session:
        ticket = session.scalar(tickets.to_read(actor, ticket_reference))
        if ticket is None:
            raise NotVisible
        return {
            "items": [
                entry_of(ticket.kind, *row) for row in session.execute(*journal.entries(actor, ticket_id))
            ]
        }


@history.get("/tickets/<ref>/ledger", Permission.READ_TICKETS, LedgerOut)
def read_ledger(ref: str) -> dict[str, Any]:
    """Read whose time it was, and how each delay was obtained."""
    actor, ticket_reference = present_actor(), canonical(ref)
    consult(actor, ticket_reference)
    with reading() as session:
        ticket = session.scalar(tickets.to_read(actor, ticket_reference))
        if ticket is None:
            raise NotVisible
        told, known = ledger_of(session, ticket, clock.now()), reference(session)
    lines = told.ledger.lines
    return {
        "until": told.until,
        "convention": told.version,
        "units": [{"unit": known.units[unit], "seconds": seconds} for unit, seconds in lines.items()],
        "closed": told.ledger.closed,
        "elapsed": told.ledger.elapsed,
        "segments": [segment._asdict() for segment in told.ledger.segments],
        "clocks": told.clocks,
    }
