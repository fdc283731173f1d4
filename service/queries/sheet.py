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
    found = session.execute(
        tickets.readable(actor)
        .outerjoin(Person, Person.ticket_id == Ticket.id)
        .outerjoin(UrgentRightsDetails, UrgentRightsDetails.ticket_id == Ticket.id)
        .outerjoin(Commune, Commune.insee == Person.commune_insee)
        .add_columns(Person, UrgentRightsDetails, Commune)
        .where(Ticket.id == ticket_id)
    ).first()
    if found is None:
        return None
    ticket, person, details, commune = found
    same_person = open_for_same_person(actor, ticket_id)
    return Sheet(
        ticket=ticket,
        person=person,
        commune=commune,
        details=details,
        duplicate_of=_reference(session, actor, details.duplicate_of_id) if details else None,
        same_person=session.scalars(same_person.with_only_columns(Ticket.reference)).all(),
    )


def _reference(session: Session, actor: Actor, ticket_id: UUID | None) -> str | None:
    if ticket_id is None:
        return None
    return session.scalar(select(Ticket.reference).where(tickets.visible_to(actor), Ticket.id == ticket_id))
