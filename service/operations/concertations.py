"""The agenda of a CDAS's concertations: a session is planned, a request stands on one to come at most (R-CI-3)."""

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from service import clock
from service.database import transaction
from service.errors import InvalidInput, NotPermitted
from service.models import Concertation, ConcertationItem, Ticket, Unit
from service.operations.texts import refuse_nir
from service.permissions import Actor, may_plan_concertations
from service.workflows import french

FARTHEST = timedelta(days=366)


def plan(actor: Actor, held_on: date, starts_at: str | None = None, place: str | None = None) -> UUID:
    """Plan a session of the actor's CDAS.

    Refuses (NotPermitted) who neither heads the CDAS nor is named for concertation, (InvalidInput) a past or far
    day, a day that has a session already, a social-security number.
    """
    expect_planner(actor)
    refuse_nir({"place": place})
    expect_day(held_on)
    with transaction() as session:
        hold_agenda(session, actor.unit_id)
        expect_free(session, actor.unit_id, held_on)
        planned = Concertation(unit_code=actor.unit_id, held_on=held_on, starts_at=starts_at, place=place)
        session.add(planned)
        return planned.id


def enlist_on(session: Session, ticket: Ticket, day: date, field: str = "concertation_on") -> Concertation:
    """Put a request on the agenda of the session that its CDAS holds that day, which is made where there is none.

    It leaves the agenda of any other session to come; past agendas keep what they had. Refuses (InvalidInput) a day
    before the request came, or more than a year away.
    """
    received = french.local_day(ticket.submitted_at) if ticket.submitted_at else None
    if received is not None and day < received:
        raise InvalidInput({field: ["La demande n’était pas encore reçue ce jour-là."]}, rule="R-CI-3")
    today = french.local_day(clock.now())
    if day > today + FARTHEST:
        raise InvalidInput({field: ["Cette date est dans plus d’un an : vérifiez l’année."]}, rule="R-CI-3")
    unit_code = ticket.assigned_unit_id or ticket.triage_unit_id
    hold_agenda(session, unit_code)
    found = standing_on(session, unit_code, day)
    if found is None:
        found = Concertation(unit_code=unit_code, held_on=day)
        session.add(found)
        session.flush()
    _leave_others(session, ticket.id, found.id, today)
    if session.get(ConcertationItem, (found.id, ticket.id)) is None:
        item = ConcertationItem(
            concertation_id=found.id, ticket_id=ticket.id, position=_next(session, found.id)
        )
        session.add(item)
    return found


def expect_planner(actor: Actor) -> None:
    """Refuse who may not change the agenda of their CDAS."""
    if not may_plan_concertations(actor):
        raise NotPermitted(
            "L’ordre du jour des concertations revient au responsable du CDAS et aux personnes désignées pour la "
            "concertation.",
            rule="R-CI-3",
        )


def expect_day(held_on: date) -> None:
    """Refuse (InvalidInput) a session in the past or more than a year away."""
    today = french.local_day(clock.now())
    if held_on < today:
        raise InvalidInput({"held_on": ["Une concertation se prévoit à partir d’aujourd’hui."]})
    if held_on > today + FARTHEST:
        raise InvalidInput({"held_on": ["Cette date est dans plus d’un an : vérifiez l’année."]})


def expect_free(session: Session, unit_code: str, held_on: date) -> None:
    """Refuse (InvalidInput) a second session of a CDAS on one day."""
    if standing_on(session, unit_code, held_on) is not None:
        raise InvalidInput(
            {"held_on": ["Une concertation est déjà prévue ce jour-là : ouvrez-la pour la changer."]}
        )


def hold_agenda(session: Session, unit_code: str) -> None:
    """Hold the agenda of a CDAS until the end of the transaction: two people never make the same session."""
    session.execute(select(Unit.code).where(Unit.code == unit_code).with_for_update())


def standing_on(session: Session, unit_code: str, day: date) -> Concertation | None:
    """The session of a CDAS on a day, unless it was cancelled."""
    return session.scalar(
        select(Concertation).where(
            Concertation.unit_code == unit_code,
            Concertation.held_on == day,
            Concertation.cancelled_at.is_(None),
        )
    )


def _leave_others(session: Session, ticket_id: UUID, kept: UUID, today: date) -> None:
    others = select(Concertation.id).where(Concertation.id != kept, Concertation.held_on >= today)
    session.execute(
        delete(ConcertationItem).where(
            ConcertationItem.ticket_id == ticket_id, ConcertationItem.concertation_id.in_(others)
        )
    )


def _next(session: Session, concertation_id: UUID) -> int:
    last = select(func.max(ConcertationItem.position)).where(
        ConcertationItem.concertation_id == concertation_id
    )
    return (session.scalar(last) or 0) + 1
