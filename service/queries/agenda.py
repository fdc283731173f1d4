"""The cases of a month that go on the agenda of its meeting by themselves (R-GO-1): reference, kind, state, age.

Nothing of a person, and no child_protection_notice (R-PE-4). Who reads the agenda reads the cases of both sides.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, literal, or_, select, union
from sqlalchemy.orm import Session

from service.models import ClockRecord, JournalEntry, Membership, PutForward, Ticket, Unit
from service.permissions import OUT_OF_LISTS, Actor, Institution
from service.queries import memberships, tickets
from service.workflows import french, meetings
from service.workflows.registry import WORKFLOWS
from service.workflows.weekly_hours import midnight

WITHOUT_HOLDER = timedelta(days=7)
"""How long a request may wait before it is said that nobody holds it (ours)."""

_REFUSED = ("rejected", "declined")


@dataclass(frozen=True, slots=True)
class Month:
    """The instants of a month: from `start` to `end`, excluded; `now` where it still runs."""

    start: datetime
    end: datetime
    now: datetime


@dataclass(frozen=True, slots=True)
class Case:
    """One case of the agenda. `age_days` since it was sent; `questions` of those who put it forward."""

    ticket_id: UUID
    reference: str
    kind: str
    state: str
    asking_unit_id: str | None
    age_days: int
    reasons: tuple[str, ...]
    questions: tuple[str, ...] = ()


def month_of(first: date, now: datetime) -> Month:
    """The month that begins that day, in Paris."""
    return Month(midnight(first), midnight(meetings.month_after(first)), now)


def cases(session: Session, month: Month) -> list[Case]:
    """The cases of the month, by what is discussed first, the oldest first."""
    asked = _questions(session)
    why: dict[UUID, set[str]] = {ticket_id: set(sides) for ticket_id, sides in asked.items()}
    found = [select(literal(code), query.subquery().c[0]) for code, query in _found_in(month)]
    for code, ticket_id in session.execute(union(*found)):
        why.setdefault(ticket_id, set()).add(code)
    made = [_case(row, why[row.id], asked.get(row.id, {}), month.now) for row in _rows(session, list(why))]
    return sorted(made, key=lambda case: (meetings.rank(case.reasons), -case.age_days, case.reference))


def readable_among(session: Session, actor: Actor, ticket_ids: Sequence[UUID]) -> set[UUID]:
    """Which of the cases the actor may open: the others are plain text to them."""
    return set(session.scalars(select(Ticket.id).where(Ticket.id.in_(ticket_ids), tickets.listed_to(actor))))


def _late(month: Month) -> Select[UUID]:
    """A clock ran out in the month: stopped too late, or still running."""
    over = or_(
        ClockRecord.within_target.is_(False),
        and_(ClockRecord.stopped_at.is_(None), ClockRecord.target_at <= month.now),
    )
    return select(ClockRecord.ticket_id).where(
        ClockRecord.target_at >= month.start, ClockRecord.target_at < month.end, over
    )


def _orphan(month: Month) -> Select[UUID]:
    """Still open, sent long enough before, and held by nobody at the Caf, or by somebody who works here no more."""
    at = min(month.now, month.end)
    day = french.local_day(month.now)
    at_work = select(Membership.account_id).join(Membership.account).where(*memberships.on(day))
    of_the_caf = select(Unit.code).where(Unit.institution == Institution.CAF.value)
    nobody = and_(Ticket.holder_id.is_(None), Ticket.next_step_unit_id.in_(of_the_caf))
    gone = and_(Ticket.holder_id.is_not(None), Ticket.holder_id.not_in(at_work))
    return select(Ticket.id).where(_open(), Ticket.submitted_at <= at - WITHOUT_HOLDER, or_(nobody, gone))


def _moved(month: Month, condition: ColumnElement[bool]) -> Select[UUID]:
    return select(JournalEntry.ticket_id).where(
        JournalEntry.happened_at >= month.start, JournalEntry.happened_at < month.end, condition
    )


_SOURCES: Mapping[str, Callable[[Month], Select[UUID]]] = {
    "contested": lambda month: _moved(month, JournalEntry.transition == "contest"),
    "reopened": lambda month: _moved(month, JournalEntry.transition == "reopen"),
    "orphan": _orphan,
    "late": _late,
    "refused": lambda month: _moved(month, JournalEntry.to_state.in_(_REFUSED)),
}
"""The query of each reason of `meetings.REASONS` that is found by looking; it gives the identifiers of tickets."""


def _found_in(month: Month) -> list[tuple[str, Select[UUID]]]:
    return [(code, source(month)) for code, source in _SOURCES.items()]


def _questions(session: Session) -> dict[UUID, dict[str, str]]:
    """What was put forward and not examined yet: the question by reason, which says from which side it comes."""
    query = (
        select(PutForward.ticket_id, PutForward.institution, PutForward.question)
        .where(PutForward.withdrawn_at.is_(None), PutForward.meeting_id.is_(None))
        .order_by(PutForward.put_at, PutForward.id)
    )
    found: dict[UUID, dict[str, str]] = {}
    for ticket_id, institution, question in session.execute(query):
        found.setdefault(ticket_id, {})[f"put_forward_{institution}"] = question
    return found


def _rows(session: Session, ticket_ids: Sequence[UUID]) -> Sequence[Any]:
    return session.execute(
        select(
            Ticket.id,
            Ticket.reference,
            Ticket.kind,
            Ticket.state,
            Ticket.asking_unit_id,
            Ticket.submitted_at,
        ).where(
            Ticket.id.in_(ticket_ids),
            Ticket.kind.not_in(OUT_OF_LISTS),
            Ticket.submitted_at.is_not(None),
            Ticket.archived_at.is_(None),
        )
    ).all()


def _case(row: Any, reasons: set[str], asked: Mapping[str, str], now: datetime) -> Case:
    ordered = meetings.in_order(reasons)
    return Case(
        ticket_id=row.id,
        reference=row.reference,
        kind=row.kind,
        state=row.state,
        asking_unit_id=row.asking_unit_id,
        age_days=max(0, (french.local_day(now) - french.local_day(row.submitted_at)).days),
        reasons=ordered,
        questions=tuple(asked[code] for code in ordered if code in asked),
    )


def _open() -> ColumnElement[bool]:
    return or_(
        *(
            and_(Ticket.kind == kind, Ticket.state.in_(sorted(workflow.open_states)))
            for kind, workflow in WORKFLOWS.items()
            if kind not in OUT_OF_LISTS
        )
    )
