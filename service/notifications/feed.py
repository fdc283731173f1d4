"""What awaits somebody, for their calendar: references and kinds, no name, no text (R-DP-5); no notice (R-PE-4).

Their own requests only, among those that they may read at that moment: held, or written by them.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from service.models import AppointmentDetails, Meeting, MeetingParticipant, RightsMeetingDetails, Ticket
from service.notifications import telling
from service.notifications.appointments import MET, STANDS
from service.notifications.invitation import LASTS, Dated, published
from service.permissions import Actor, Permission, may
from service.queries import concertations, tickets
from service.workflows import french, meetings
from service.workflows.meetings import MeetingKind
from service.workflows.registry import WORKFLOWS

BACK = timedelta(days=30)
"""How far the past stays in it (ours)."""
MOST = 500
"""Of each sort, the nearest first."""


def calendar(session: Session, actor: Actor, now: datetime) -> str:
    """The whole calendar, as of now."""
    sorts = (_appointments, _deadlines, _concertations, _meetings)
    dated = [one for sort in sorts for one in sort(session, actor, now)]
    return published(dated, domain=telling.domain(), written_at=now)


def _own(actor: Actor) -> ColumnElement[bool]:
    return or_(Ticket.holder_id == actor.account_id, Ticket.author_id == actor.account_id)


def _appointments(session: Session, actor: Actor, now: datetime) -> Iterator[Dated]:
    since = french.local_day(now - BACK)
    for details in MET.values():
        if not issubclass(details, AppointmentDetails | RightsMeetingDetails):
            continue
        query = (
            select(Ticket.reference, details.meeting_on, details.meeting_time)
            .join(details, details.ticket_id == Ticket.id)
            .where(
                tickets.listed_to(actor), _own(actor), Ticket.state.in_(STANDS), details.meeting_on >= since
            )
            .order_by(details.meeting_on, Ticket.id)
            .limit(MOST)
        )
        for reference, day, hour in session.execute(query):
            yield Dated(
                f"rv-{reference}", _at(day, hour), f"Rendez-vous {reference}", _of_ticket(reference), LASTS
            )


def _deadlines(session: Session, actor: Actor, now: datetime) -> Iterator[Dated]:
    """What the actor's unit owes next on their own requests."""
    query = (
        select(Ticket.reference, Ticket.kind, Ticket.next_deadline_at)
        .where(
            tickets.listed_to(actor),
            _own(actor),
            Ticket.next_step_unit_id == actor.unit_id,
            Ticket.next_deadline_at >= now - BACK,
        )
        .order_by(Ticket.next_deadline_at, Ticket.id)
        .limit(MOST)
    )
    for reference, kind, deadline in session.execute(query):
        words = f"Échéance {reference} – {WORKFLOWS[kind].label}"
        yield Dated(f"echeance-{reference}", _at(deadline), words, _of_ticket(reference))


def _concertations(session: Session, actor: Actor, now: datetime) -> Iterator[Dated]:
    if not may(actor, Permission.READ_CONCERTATIONS):
        return
    for one in session.scalars(concertations.coming(actor, french.local_day(now - BACK)).limit(MOST)):
        begins = _at(one.held_on, time.fromisoformat(one.starts_at) if one.starts_at else None)
        yield Dated(
            f"concertation-{one.id.hex}", begins, "Concertation", _page(f"/concertations/{one.id}"), LASTS
        )


def _meetings(session: Session, actor: Actor, now: datetime) -> Iterator[Dated]:
    if not may(actor, Permission.READ_MEETINGS):
        return
    takes_part = select(MeetingParticipant.meeting_id).where(
        or_(MeetingParticipant.unit_code == actor.unit_id, MeetingParticipant.account_id == actor.account_id)
    )
    query = (
        select(Meeting)
        .where(Meeting.id.in_(takes_part), Meeting.held_on >= french.local_day(now - BACK))
        .order_by(Meeting.held_on, Meeting.id)
        .limit(MOST)
    )
    for one in session.scalars(query):
        begins = datetime.combine(one.held_on, time.fromisoformat(one.starts_at), french.PARIS)
        words = meetings.title(MeetingKind(one.kind), one.about_on, one.held_on)
        yield Dated(f"reunion-{one.id.hex}", begins, words, _page(f"/reunions/{one.id}"), LASTS)


def _at(day: date | None, hour: time | None = None) -> datetime | date:
    """The hour of that day, else as it is. What was asked for by its day has one: ValueError else."""
    if day is None:
        raise ValueError("what is in a calendar has its day")
    return day if hour is None else datetime.combine(day, hour, french.PARIS)


def _of_ticket(reference: str) -> str:
    return _page(f"/demandes/{reference}")


def _page(path: str) -> str:
    return telling.public_url() + path
