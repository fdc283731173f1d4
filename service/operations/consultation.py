"""The log of who read what (R-DP-4): a row before anything is shown, refusals too, never the content."""

from uuid import UUID

from sqlalchemy import select

from service import clock
from service.database import transaction
from service.errors import NotVisible
from service.models import AccessEntry, Ticket
from service.permissions import Actor
from service.queries import tickets


def consult(actor: Actor, ticket_reference: str, act: str = "read", *, archived: bool = False) -> UUID:
    """Log that the actor opens the ticket, and give its identifier.

    `archived`: what the actor has opened in the archives is read here, too.

    Refuses (NotVisible) what is absent or not for the actor; the refusal of a ticket that exists is logged.
    """
    with transaction() as session:
        which = tickets.to_read if archived else tickets.only
        found: UUID | None = session.scalar(which(actor, ticket_reference).with_only_columns(Ticket.id))
        known = found or session.scalar(select(Ticket.id).where(tickets.named(ticket_reference)))
        if known is not None:
            session.add(_entry(actor, act, known, refused=found is None))
    if found is None:
        raise NotVisible
    return found


def note_search(actor: Actor) -> None:
    """Log that the actor searched; what for is content and is not kept."""
    with transaction() as session:
        session.add(_entry(actor, "search", None, refused=False))


def note_export(actor: Actor) -> None:
    """Log that the actor takes a list away."""
    with transaction() as session:
        session.add(_entry(actor, "export", None, refused=False))


def _entry(actor: Actor, act: str, ticket_id: UUID | None, *, refused: bool) -> AccessEntry:
    return AccessEntry(
        at=clock.now(),
        account_id=actor.account_id,
        unit_id=actor.unit_id,
        ticket_id=ticket_id,
        act=act,
        refused=refused,
    )
