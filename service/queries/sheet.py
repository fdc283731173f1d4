"""Everything a ticket says, gathered for who may read it: the same for page and API."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, bindparam, exists, or_, select
from sqlalchemy.orm import Session

from service.models import (
    DETAILS,
    Attachment,
    Base,
    Commune,
    Details,
    InternalNote,
    Message,
    Person,
    PutForward,
    Rectification,
    Ticket,
    TicketLink,
    UrgentRightsDetails,
)
from service.permissions import Actor
from service.queries import tickets
from service.queries.lists import another_open_for, open_for_same_person
from service.queries.readers import as_read_by, sort_of
from service.queries.subject_access import rectifications


@dataclass(frozen=True, slots=True)
class Sheet:
    """A ticket with its satellites; person and details are absent from a draft, which keeps its form apart.

    `details` are those of an urgent_rights ticket, `own` those of its kind whatever it is; `links` the tickets made
    from it or that it was made of, as far as the reader may read them: reason, whether it is the origin, reference.
    `rectified`: what was corrected in the person's identity (R-DP-9). `acted_upon`: whether the actor may act, too;
    what was opened out of scope or in the archives is only read. `beside`: the kinds of rows that the ticket has, which
    are then asked for, each in a statement of its own.
    """

    ticket: Ticket
    person: Person | None
    commune: Commune | None
    details: UrgentRightsDetails | None
    own: Details | None
    duplicate_of: str | None
    same_person: Sequence[str]
    links: Sequence[tuple[str, bool, str]]
    rectified: Sequence[Rectification]
    acted_upon: bool
    beside: Set[type[Base]]


_BESIDE: Mapping[type[Base], ColumnElement[bool]] = {
    model: exists().where(model.ticket_id == Ticket.id)
    for model in (Message, InternalNote, Attachment, Rectification, PutForward)
} | {TicketLink: exists().where(or_(TicketLink.from_id == Ticket.id, TicketLink.to_id == Ticket.id))}


def sheet(session: Session, actor: Actor, ticket_id: UUID) -> Sheet | None:
    """The ticket as the actor may read it; None when they may not.

    Other tickets (the duplicate, those of the same person) are named only when the actor may read them too.
    """
    found = session.execute(_for(sort_of(actor)), as_read_by(actor, ticket=ticket_id)).first()
    if found is None:
        return None
    ticket, person, details, commune, acted_upon, others, *there = found
    beside = {model for model, some in zip(_BESIDE, there, strict=True) if some}
    own = details if ticket.kind == "urgent_rights" else session.get(DETAILS[ticket.kind], ticket_id)
    return Sheet(
        ticket=ticket,
        person=person,
        commune=commune,
        details=details,
        own=own,
        duplicate_of=_reference(session, actor, details.duplicate_of_id) if details else None,
        same_person=_same_person(session, actor, ticket_id) if others else (),
        links=_links(session, actor, ticket_id) if TicketLink in beside else (),
        rectified=rectifications(session, [ticket_id]) if Rectification in beside else (),
        acted_upon=acted_upon,
        beside=beside,
    )


@cache
def _for(reader: Actor) -> Select[Any]:
    return (
        select(Ticket)
        .options(tickets.WITH_HOLDER, tickets.WITH_AUTHOR)
        .where(tickets.readable_to(reader))
        .outerjoin(Person, Person.ticket_id == Ticket.id)
        .outerjoin(UrgentRightsDetails, UrgentRightsDetails.ticket_id == Ticket.id)
        .outerjoin(Commune, Commune.insee == Person.commune_insee)
        .add_columns(Person, UrgentRightsDetails, Commune, tickets.acted_upon(reader))
        .add_columns(another_open_for(Person), *_BESIDE.values())
        .where(Ticket.id == bindparam("ticket"))
    )


def _same_person(session: Session, actor: Actor, ticket_id: UUID) -> Sequence[str]:
    found = open_for_same_person(actor, ticket_id).with_only_columns(Ticket.reference)
    return session.scalars(found).all()


def _links(session: Session, actor: Actor, ticket_id: UUID) -> list[tuple[str, bool, str]]:
    """The links of the ticket whose other end the actor may read too (each has its own rights)."""
    other = select(TicketLink.why, TicketLink.from_id, Ticket.reference).where(
        or_(
            (TicketLink.from_id == ticket_id) & (Ticket.id == TicketLink.to_id),
            (TicketLink.to_id == ticket_id) & (Ticket.id == TicketLink.from_id),
        ),
        tickets.visible_to(actor),
    )
    rows = session.execute(other.order_by(TicketLink.made_at, Ticket.reference))
    return [(why, origin == ticket_id, reference) for why, origin, reference in rows]


def _reference(session: Session, actor: Actor, ticket_id: UUID | None) -> str | None:
    if ticket_id is None:
        return None
    return session.scalar(select(Ticket.reference).where(tickets.visible_to(actor), Ticket.id == ticket_id))
