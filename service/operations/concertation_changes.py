"""A planned concertation changes: what stands on its agenda goes with it, or waits for a date again (R-CI-3)."""

from collections.abc import Sequence, Set
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service import clock
from service.database import transaction
from service.errors import GuardRefused, InvalidInput, NotVisible
from service.models import (
    DETAILS,
    CoInterventionDetails,
    Concertation,
    ConcertationItem,
    HandoverDetails,
    Message,
    Ticket,
)
from service.notifications.telling import tell_of_message
from service.operations import acts
from service.operations.concertations import expect_day, expect_free, expect_planner, hold_agenda
from service.operations.effects import EFFECTS
from service.operations.texts import refuse_nir
from service.operations.transitions import fire
from service.permissions import Actor
from service.queries import concertations as queries
from service.queries import tickets
from service.queries.reference import reference
from service.workflows import french

_MOVES = "move_concertation"
"""What carries out the new `forward` of each request, in the journal."""


def enlist(actor: Actor, concertation_id: UUID, ticket_reference: str) -> None:
    """`forward` a request to the day of a session. Refuses what `forward` refuses, and a session that is over."""
    expect_planner(actor)
    with transaction() as session:
        concertation = _to_come(session, actor, concertation_id)
        waiting = queries.to_enlist(actor, french.local_day(clock.now())).where(
            tickets.named(ticket_reference)
        )
        if session.scalar(waiting) is None:
            raise InvalidInput({"reference": ["Choisissez une demande qui attend une concertation."]})
        acts.perform(actor, ticket_reference, "forward", {"concertation_on": concertation.held_on})


def change(
    actor: Actor, concertation_id: UUID, held_on: date, starts_at: str | None, place: str | None
) -> int:
    """Give a session another day, hour or place; how many requests went with it to the other day.

    Those that the actor does not read go with it like the others, in their name too, or who reads the history would
    know that they have a link with the family; the number does not tell of them (R-DP-1).
    Refuses as `plan`, and (GuardRefused) a session that was cancelled or is past.
    """
    expect_planner(actor)
    refuse_nir({"place": place})
    with transaction() as session:
        concertation = _to_come(session, actor, concertation_id)
        concertation.starts_at, concertation.place = starts_at, place
        if held_on == concertation.held_on:
            return 0
        expect_day(held_on)
        expect_free(session, actor.unit_id, held_on)
        concertation.held_on = held_on
        session.flush()
        moved = _undecided(session, concertation.id)
        read = _read_by(session, actor, moved)
        for ticket in moved:
            effect = EFFECTS[ticket.kind].get("forward")
            fire(session, ticket, "forward", actor, {"concertation_on": held_on}, effect, part_of=_MOVES)
        return len(read)


def cancel(actor: Actor, concertation_id: UUID) -> int:
    """Cancel a session; how many requests wait for a date again. Each says so, and who asked is told.

    Those that the actor does not read wait like the others, and are not counted (R-DP-1).
    """
    expect_planner(actor)
    with transaction() as session:
        concertation = _to_come(session, actor, concertation_id)
        concertation.cancelled_at = clock.now()
        waiting = _undecided(session, concertation.id)
        read = _read_by(session, actor, waiting)
        for ticket in waiting:
            _say_cancelled(session, actor, ticket, concertation.held_on)
        return len(read)


def _to_come(session: Session, actor: Actor, concertation_id: UUID) -> Concertation:
    hold_agenda(session, actor.unit_id)
    concertation = session.scalar(queries.one(actor, concertation_id).with_for_update())
    if concertation is None:
        raise NotVisible
    if concertation.cancelled_at is not None:
        raise GuardRefused("Cette concertation est annulée.", rule="R-CI-3", advice="Prévoyez-en une autre.")
    if concertation.held_on < french.local_day(clock.now()):
        raise GuardRefused(
            "Cette concertation est passée : elle ne change plus.",
            rule="R-CI-3",
            advice="Une situation restée sans avis s’inscrit à une autre date.",
        )
    return concertation


def _undecided(session: Session, concertation_id: UUID) -> Sequence[Ticket]:
    """The requests on the agenda that no concertation has examined yet, held until the end of the transaction."""
    query = (
        select(Ticket)
        .join(ConcertationItem, ConcertationItem.ticket_id == Ticket.id)
        .where(ConcertationItem.concertation_id == concertation_id, Ticket.state.in_(queries.WAITING))
        .order_by(Ticket.id)
        .with_for_update(of=Ticket)
    )
    return session.scalars(query).all()


def _read_by(session: Session, actor: Actor, listed: Sequence[Ticket]) -> Set[UUID]:
    """Those that the actor reads: who plans the agenda may have a link with a family that stands on it."""
    here = Ticket.id.in_([ticket.id for ticket in listed])
    return set(session.scalars(select(Ticket.id).where(here, tickets.visible_to(actor))))


def _say_cancelled(session: Session, actor: Actor, ticket: Ticket, day: date) -> None:
    details = session.get(DETAILS[ticket.kind], ticket.id)
    if isinstance(details, CoInterventionDetails | HandoverDetails):
        details.concertation_on = None
    now = clock.now()
    session.add(
        Message(
            ticket_id=ticket.id,
            author_id=actor.account_id,
            unit_id=actor.unit_id,
            institution=actor.institution,
            channel="service",
            written_at=now,
            body=f"La concertation du {french.long_date(day)} est annulée : cette situation est de nouveau à inscrire.",
        )
    )
    tell_of_message(session, ticket, reference(session), ticket.asking_unit_id, now)
