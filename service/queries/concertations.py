"""The sessions of a CDAS, the requests on their agenda and those that wait for one: only what the reader may read."""

from datetime import date
from uuid import UUID

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session, joinedload

from service.models import Concertation, ConcertationItem, Person, Ticket
from service.permissions import Actor
from service.queries import tickets

KINDS = ("co_intervention", "handover")
"""What passes in concertation (R-CI-3, R-PR-4)."""

WAITING = ("submitted", "forwarded")
"""The states of a request that no concertation has examined yet."""


def coming(actor: Actor, today: date) -> Select[Concertation]:
    """The sessions of the actor's CDAS from today on, the next one first."""
    return _standing(actor).where(Concertation.held_on >= today).order_by(Concertation.held_on)


def past(actor: Actor, today: date) -> Select[Concertation]:
    """The sessions that were held, the last one first."""
    return _standing(actor).where(Concertation.held_on < today).order_by(Concertation.held_on.desc())


def one(actor: Actor, concertation_id: UUID) -> Select[Concertation]:
    """The session of that identifier if it is the actor's CDAS's, cancelled or not."""
    return select(Concertation).where(
        Concertation.id == concertation_id, Concertation.unit_code == actor.unit_id
    )


def on_agenda(actor: Actor, concertation_id: UUID) -> Select[Ticket]:
    """The requests on the agenda that the actor may read, in its order, with who asks."""
    return (
        tickets.readable(actor)
        .join(ConcertationItem, ConcertationItem.ticket_id == Ticket.id)
        .options(tickets.WITH_AUTHOR, joinedload(Ticket.asking_unit))
        .where(ConcertationItem.concertation_id == concertation_id)
        .order_by(ConcertationItem.position, Ticket.id)
    )


def to_enlist(actor: Actor, today: date) -> Select[Ticket]:
    """The requests made to the actor's CDAS that stand on no agenda to come, the oldest first.

    One that was on a past agenda and got no opinion there is among them; so is one whose session was cancelled.
    """
    listed = exists().where(
        ConcertationItem.ticket_id == Ticket.id,
        Concertation.id == ConcertationItem.concertation_id,
        Concertation.cancelled_at.is_(None),
        Concertation.held_on >= today,
    )
    return (
        tickets.readable(actor)
        .options(tickets.WITH_AUTHOR, joinedload(Ticket.asking_unit))
        .where(
            Ticket.kind.in_(KINDS),
            Ticket.state.in_(WAITING),
            Ticket.triage_unit_id == actor.unit_id,
            ~listed,
        )
        .order_by(Ticket.submitted_at, Ticket.id)
    )


def initials(session: Session, listed: list[UUID]) -> dict[UUID, str]:
    """« É. E. » for each of the requests: what a printed agenda says of the person, no more."""
    people = session.scalars(select(Person).where(Person.ticket_id.in_(listed)))
    return {person.ticket_id: _initials(person) for person in people}


def _initials(person: Person) -> str:
    return " ".join(f"{name[:1].upper()}." for name in (person.first_name, person.last_name) if name)


def _standing(actor: Actor) -> Select[Concertation]:
    return select(Concertation).where(
        Concertation.unit_code == actor.unit_id, Concertation.cancelled_at.is_(None)
    )
