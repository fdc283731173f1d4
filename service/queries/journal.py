"""The history of a ticket and its clocks, as the actor may read them."""

from functools import cache
from uuid import UUID

from sqlalchemy import Select, bindparam, select

from service.models import Account, JournalEntry, Ticket, Unit
from service.permissions import Actor
from service.queries.readers import Asked, as_read_by, sort_of
from service.queries.tickets import readable_to


def entries(actor: Actor, ticket_id: UUID) -> Asked[JournalEntry, str, str]:
    """The journal in order, each entry with the name of who acted and of their unit (None for Relais itself)."""
    return Asked(_entries(sort_of(actor)), as_read_by(actor, ticket=ticket_id))


@cache
def _entries(reader: Actor) -> Select[JournalEntry, str, str]:
    return (
        select(JournalEntry, Account.name, Unit.name)
        .join(Ticket, Ticket.id == JournalEntry.ticket_id)
        .outerjoin(Account, Account.id == JournalEntry.actor_id)
        .outerjoin(Unit, Unit.code == JournalEntry.actor_unit_id)
        .where(JournalEntry.ticket_id == bindparam("ticket"), readable_to(reader))
        .order_by(JournalEntry.sequence)
    )
