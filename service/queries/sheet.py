"""Everything a ticket says, gathered for who may read it: one statement each, the same for page and API."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.models import Commune, Person, Ticket, UrgentRightsDetails
from service.permissions import Actor
from service.queries import tickets
from service.queries.lists import open_for_same_person


@dataclass(frozen=True, slots=True)
class Sheet:
    """A ticket with its satellites; person and details are absent from a draft, which keeps its form apart."""

    ticket: Ticket
    person: Person | None
    commune: Commune | None
    details: UrgentRightsDetails | None
    duplicate_of: str | None
    same_person: Sequence[str]


def sheet(session: Session, actor: Actor, ticket_id: UUID) -> Sheet | None:
    """The ticket as the actor may read it; None when they may not.

    Other tickets (the duplicate, those of the same person) are named only when the actor may read them too.
    """
    ticket = session.scalar(tickets.readable(actor).where(Ticket.id == ticket_id))
    if ticket is None:
        return None
    person = session.get(Person, ticket_id)
    details = session.get(UrgentRightsDetails, ticket_id)
    return Sheet(
        ticket=ticket,
        person=person,
        commune=session.get(Commune, person.commune_insee) if person and person.commune_insee else None,
        details=details,
        duplicate_of=_reference(session, actor, details.duplicate_of_id) if details else None,
        same_person=[other.reference for other in session.scalars(open_for_same_person(actor, ticket_id))],
    )


def _reference(session: Session, actor: Actor, ticket_id: UUID | None) -> str | None:
    if ticket_id is None:
        return None
    return session.scalar(select(Ticket.reference).where(tickets.visible_to(actor), Ticket.id == ticket_id))
