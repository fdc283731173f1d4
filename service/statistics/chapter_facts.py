"""What the chapters of a pack are made of, from the database: questions, actions, decisions, what was never sent."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from service.database import reading
from service.models import Account, IncomingMail, Meeting, MeetingRecord, PutForward, Ticket
from service.permissions import OUT_OF_LISTS
from service.queries.reference import Reference, reference
from service.statistics.chapters import Action, Decision, Matter, Situation, Unsent, chapters
from service.statistics.document import Document, Section
from service.statistics.facts import Facts
from service.statistics.periods import Month
from service.workflows import french
from service.workflows.meetings import HELD, MeetingKind, title
from service.workflows.registry import WORKFLOWS


def chapters_of(month: Month, facts: Facts, published: Document | None, now: datetime) -> tuple[Section, ...]:
    """The chapters of the pack of a month, or of its next revision."""
    with reading() as session:
        return chapters(matter_of(session, month, facts, now), published)


def matter_of(session: Session, month: Month, facts: Facts, now: datetime) -> Matter:
    """The matter of the meeting about a month, as it is known now (R-GO-1)."""
    known, last = reference(session), _last_meeting(session, month)
    return Matter(
        facts=facts,
        situations=tuple(_situation(row, known, now) for row in _questions(session, month)),
        actions=tuple(
            _action(record, name, meeting, known)
            for record, name, meeting in session.execute(_open_actions(month))
        ),
        decisions=() if last is None else _decisions(session, last),
        decided_at="" if last is None else _title(last),
        unsent=_unsent(session, month),
        made_on=french.local_day(now),
    )


def _questions(session: Session, month: Month) -> Sequence[Any]:
    """What the month's meeting examined, once it is held; before, what stands and was put forward by its time."""
    held = session.scalar(_technical().where(Meeting.about_on == month.first_day, Meeting.state == HELD))
    put = PutForward
    standing = and_(put.meeting_id.is_(None), Ticket.archived_at.is_(None))
    of_meeting = standing if held is None else put.meeting_id == held.id
    query = (
        select(
            Ticket.reference,
            Ticket.kind,
            Ticket.state,
            Ticket.asking_unit_id,
            Ticket.next_step_unit_id,
            Ticket.triage_unit_id,
            Ticket.submitted_at,
            Ticket.ended_at,
            put.institution,
            put.question,
        )
        .join(Ticket, Ticket.id == put.ticket_id)
        .where(
            of_meeting,
            put.withdrawn_at.is_(None),
            put.put_at < month.back(-1).end,
            Ticket.kind.not_in(OUT_OF_LISTS),
            Ticket.submitted_at.is_not(None),
        )
        .order_by(Ticket.submitted_at, Ticket.reference, put.institution)
    )
    return session.execute(query).all()


def _situation(row: Any, known: Reference, now: datetime) -> Situation:
    workflow = WORKFLOWS[row.kind]
    hours = known.hours_of(row.next_step_unit_id or row.asking_unit_id or row.triage_unit_id)
    return Situation(
        reference=row.reference,
        kind=workflow.label,
        state=known.state(row.kind, row.state, row.asking_unit_id).label,
        age=hours.open_days_between(row.submitted_at, row.ended_at or now),
        institution=row.institution,
        question=row.question,
    )


def _open_actions(month: Month) -> Select[MeetingRecord, str, Meeting]:
    """Of every meeting held by the month's own, whatever its kind: an action is carried over until it is done."""
    return (
        select(MeetingRecord, Account.name, Meeting)
        .join(Meeting, Meeting.id == MeetingRecord.meeting_id)
        .outerjoin(Account, Account.id == MeetingRecord.account_id)
        .where(
            MeetingRecord.kind == "action",
            MeetingRecord.done_on.is_(None),
            MeetingRecord.recorded_at < month.back(-1).end,
            or_(Meeting.about_on.is_(None), Meeting.about_on < month.first_day),
        )
        .order_by(MeetingRecord.due_on, MeetingRecord.id)
    )


def _action(record: MeetingRecord, name: str | None, meeting: Meeting, known: Reference) -> Action:
    unit = known.units.get(record.unit_code or "")
    if record.due_on is None:
        raise ValueError("an action has a day")
    return Action(
        str(record.id), record.text, unit.name if unit else name or "", record.due_on, _title(meeting)
    )


def _last_meeting(session: Session, month: Month) -> Meeting | None:
    """The last technical meeting before the month's own."""
    earlier = _technical().where(Meeting.about_on < month.first_day, Meeting.state == HELD)
    return session.scalar(earlier.order_by(Meeting.about_on.desc()).limit(1))


def _decisions(session: Session, meeting: Meeting) -> tuple[Decision, ...]:
    records: Sequence[MeetingRecord] = session.scalars(
        select(MeetingRecord)
        .where(MeetingRecord.meeting_id == meeting.id, MeetingRecord.kind == "decision")
        .order_by(MeetingRecord.recorded_at, MeetingRecord.id)
    ).all()
    return tuple(Decision(str(record.id), record.text) for record in records)


def _unsent(session: Session, month: Month) -> Unsent:
    begun = (Ticket.opened_at >= month.start, Ticket.opened_at < month.end, Ticket.kind.not_in(OUT_OF_LISTS))
    received = (
        IncomingMail.received_at >= month.start,
        IncomingMail.received_at < month.end,
        IncomingMail.fate != "automatic",
    )

    def number(*conditions: Any) -> int:
        return session.scalar(select(func.count()).where(*conditions)) or 0

    return Unsent(
        drafts=number(*begun, Ticket.submitted_at.is_(None)),
        begun=number(*begun),
        mails=number(*received, IncomingMail.fate == "to_qualify"),
        received=number(*received),
    )


def _technical() -> Select[Meeting]:
    return select(Meeting).where(Meeting.kind == MeetingKind.MONTHLY)


def _title(meeting: Meeting) -> str:
    return title(MeetingKind(meeting.kind), meeting.about_on, meeting.held_on)
