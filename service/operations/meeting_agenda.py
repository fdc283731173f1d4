"""The agenda of a meeting: what is put aside, what is added, and the day it is frozen (R-GO-1)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.orm import Session

from service import clock
from service.database import transaction
from service.errors import NotVisible
from service.models import Meeting, MeetingLine, PutForward, Ticket
from service.operations.impersonal import refuse_numbers
from service.operations.meeting_guards import expect_writer, planned_one
from service.permissions import OUT_OF_LISTS, Actor
from service.queries import agenda
from service.queries.tickets import named
from service.workflows.meetings import MeetingKind


def put_aside(actor: Actor, meeting_id: UUID, reference: str) -> None:
    """Take a case off the agenda of a meeting that is not held yet; what was put forward waits for the next one."""
    expect_writer(actor)
    with transaction() as session:
        meeting = planned_one(session, meeting_id)
        ticket_id = session.scalar(
            select(Ticket.id).where(named(reference), Ticket.kind.not_in(OUT_OF_LISTS))
        )
        if ticket_id is None or ticket_id not in {case.ticket_id for case in present(session, meeting)}:
            raise NotVisible
        if not session.scalar(_aside(meeting.id, ticket_id)):
            session.add(MeetingLine(meeting_id=meeting.id, ticket_id=ticket_id, set_aside=True))


def bring_back(actor: Actor, meeting_id: UUID, reference: str) -> None:
    """Put a case that was put aside on the agenda again."""
    expect_writer(actor)
    with transaction() as session:
        meeting = planned_one(session, meeting_id)
        found = select(Ticket.id).where(named(reference))
        session.execute(
            delete(MeetingLine).where(
                MeetingLine.meeting_id == meeting.id, MeetingLine.ticket_id.in_(found.scalar_subquery())
            )
        )


def add_line(actor: Actor, meeting_id: UUID, text: str) -> None:
    """A line of one's own on the agenda. Refuses numbers of persons, and a meeting that was held."""
    expect_writer(actor)
    refuse_numbers({"line": text})
    with transaction() as session:
        meeting = planned_one(session, meeting_id)
        last = select(func.max(MeetingLine.position)).where(MeetingLine.meeting_id == meeting.id)
        position = (session.scalar(last) or 0) + 1
        session.add(MeetingLine(meeting_id=meeting.id, text=text, position=position))


def remove_line(actor: Actor, meeting_id: UUID, line_id: UUID) -> None:
    """Take a line of one's own off the agenda."""
    expect_writer(actor)
    with transaction() as session:
        meeting = planned_one(session, meeting_id)
        session.execute(
            delete(MeetingLine).where(
                MeetingLine.id == line_id,
                MeetingLine.meeting_id == meeting.id,
                MeetingLine.ticket_id.is_(None),
            )
        )


def present(session: Session, meeting: Meeting, now: datetime | None = None) -> list[agenda.Case]:
    """The cases of the month of a monthly meeting as they are now, those put aside among them; of others, none."""
    if meeting.kind != MeetingKind.MONTHLY or meeting.about_on is None:
        return []
    return agenda.cases(session, agenda.month_of(meeting.about_on, now or clock.now()))


def freeze(session: Session, meeting: Meeting, now: datetime) -> None:
    """Keep the agenda as it is now: lines of one's own first, then the cases; what was put forward is examined."""
    kept = session.scalars(
        select(MeetingLine).where(MeetingLine.meeting_id == meeting.id).order_by(MeetingLine.position)
    ).all()
    aside = {line.ticket_id for line in kept if line.ticket_id is not None}
    position = 0
    for line in kept:
        if line.ticket_id is None:
            position += 1
            line.position = position
    examined = [case for case in present(session, meeting, now) if case.ticket_id not in aside]
    for number, case in enumerate(examined, position + 1):
        session.add(_frozen(meeting, case, number))
    _examined(session, meeting, [case.ticket_id for case in examined])


def _frozen(meeting: Meeting, case: agenda.Case, position: int) -> MeetingLine:
    return MeetingLine(
        meeting_id=meeting.id,
        ticket_id=case.ticket_id,
        position=position,
        reasons=list(case.reasons),
        state=case.state,
        age_days=case.age_days,
        question="\n".join(case.questions) or None,
    )


def _examined(session: Session, meeting: Meeting, ticket_ids: list[UUID]) -> None:
    session.flush()
    session.execute(
        update(PutForward)
        .where(
            PutForward.ticket_id.in_(ticket_ids),
            PutForward.withdrawn_at.is_(None),
            PutForward.meeting_id.is_(None),
        )
        .values(meeting_id=meeting.id)
    )


def _aside(meeting_id: UUID, ticket_id: UUID) -> Select[UUID]:
    return select(MeetingLine.id).where(
        MeetingLine.meeting_id == meeting_id, MeetingLine.ticket_id == ticket_id
    )
