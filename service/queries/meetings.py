"""Meetings, who takes part, their agenda as it was kept, what was decided, what is still to be done."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from service.models import (
    Account,
    Meeting,
    MeetingComment,
    MeetingLine,
    MeetingParticipant,
    MeetingRecord,
    PutForward,
    Ticket,
)
from service.workflows.meetings import HELD, MeetingKind


def coming() -> Select[Meeting]:
    """The meetings that are not held yet, the next one first."""
    return select(Meeting).where(Meeting.state != HELD).order_by(Meeting.held_on, Meeting.id)


def past() -> Select[Meeting]:
    """The meetings that were held, the last one first."""
    return select(Meeting).where(Meeting.state == HELD).order_by(Meeting.held_on.desc(), Meeting.id.desc())


def participants(meeting_id: UUID) -> Select[MeetingParticipant, str | None, str | None]:
    """Who takes part, with the person's name and institution."""
    return (
        select(MeetingParticipant, Account.name, Account.institution)
        .outerjoin(Account, Account.id == MeetingParticipant.account_id)
        .where(MeetingParticipant.meeting_id == meeting_id)
        .order_by(MeetingParticipant.unit_code, Account.name, MeetingParticipant.id)
    )


def lines(meeting_id: UUID) -> Select[MeetingLine, Ticket | None]:
    """The lines that were kept, in their order, each with its ticket."""
    return (
        select(MeetingLine, Ticket)
        .outerjoin(Ticket, Ticket.id == MeetingLine.ticket_id)
        .where(MeetingLine.meeting_id == meeting_id)
        .order_by(MeetingLine.position, MeetingLine.id)
    )


def records(meeting_id: UUID) -> Select[MeetingRecord, str | None]:
    """What was decided there, in the order of typing, with the name of the person who acts."""
    return _records().where(MeetingRecord.meeting_id == meeting_id)


def carried_over(meeting: Meeting) -> Select[MeetingRecord, str | None]:
    """The actions of earlier meetings of that kind that were open when it was held, or are (R-GO-1)."""
    earlier = (
        (Meeting.kind == meeting.kind)
        & (Meeting.id != meeting.id)
        & or_(
            Meeting.held_on < meeting.held_on,
            (Meeting.held_on == meeting.held_on) & (Meeting.id < meeting.id),
        )
    )
    return (
        _records()
        .join(Meeting, Meeting.id == MeetingRecord.meeting_id)
        .where(
            MeetingRecord.kind == "action",
            earlier,
            or_(MeetingRecord.done_on.is_(None), MeetingRecord.done_on >= meeting.held_on),
        )
        .order_by(None)
        .order_by(MeetingRecord.due_on, MeetingRecord.id)
    )


def comments(session: Session, meeting_id: UUID) -> Sequence[MeetingComment]:
    """What both institutions wrote around the figures."""
    query = select(MeetingComment).where(MeetingComment.meeting_id == meeting_id)
    return session.scalars(query.order_by(MeetingComment.institution, MeetingComment.heading)).all()


def put_forward(ticket_id: UUID) -> Select[PutForward, str, date | None]:
    """How often a ticket was put forward and not withdrawn, with by whom, and the day of the meeting that saw it."""
    return (
        select(PutForward, Account.name, Meeting.held_on)
        .join(Account, Account.id == PutForward.put_by)
        .outerjoin(Meeting, Meeting.id == PutForward.meeting_id)
        .where(PutForward.ticket_id == ticket_id, PutForward.withdrawn_at.is_(None))
        .order_by(PutForward.put_at, PutForward.id)
    )


def committee_about(session: Session, first: date) -> Meeting | None:
    """The committee of the year that begins that day, planned or held."""
    return session.scalar(
        select(Meeting).where(Meeting.kind == MeetingKind.COMMITTEE, Meeting.about_on == first)
    )


def last_committee_before(session: Session, day: date) -> date | None:
    """The day of the committee that was held last before a day."""
    query = select(Meeting.held_on).where(
        Meeting.kind == MeetingKind.COMMITTEE, Meeting.state == HELD, Meeting.held_on < day
    )
    return session.scalar(query.order_by(Meeting.held_on.desc()).limit(1))


def _records() -> Select[MeetingRecord, str | None]:
    return (
        select(MeetingRecord, Account.name)
        .outerjoin(Account, Account.id == MeetingRecord.account_id)
        .order_by(MeetingRecord.recorded_at, MeetingRecord.id)
    )
