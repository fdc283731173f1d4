"""`remind`: a unit hears of its deadline before it is missed, its head when it is, each once (R-CLK-3, R-CLK-4)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, islice

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from service import clock
from service.jobs.holding import held
from service.models import Account, ClockRecord, Reminder, Ticket
from service.notifications.telling import tell_people, tell_units
from service.operations import escalation, standing
from service.operations.absences import standing_in
from service.permissions import OUT_OF_LISTS
from service.queries.reference import Reference, reference
from service.queries.tickets import kept_from
from service.workflows import french
from service.workflows.registry import WORKFLOWS
from service.workflows.reminding import FIRST, LATE, SECOND, SOON, soon_at
from service.workflows.weekly_hours import midnight

AT_ONCE = 200
HORIZON = timedelta(days=60)
"""No target is so long that a share of it begins earlier than that before its end."""

WAIT, CLOSING = "reply", "closing"
_NAMED = "personnes nommées"
"""What the record says of a notice's reminder, which goes to named people and to no mailbox (R-DP-5)."""


@dataclass(frozen=True, slots=True)
class Due:
    """One stage of one deadline of a ticket, to tell now. `since`: when its clock, or the wait, began."""

    ticket: Ticket
    clock: str
    since: datetime
    stage: str


def run(session: Session) -> int:
    """Tell the most urgent ones, `AT_ONCE` at most, while the unit that owes the step is open; the rest follows.

    The same address is not told twice in a day of the same ticket: what would be waits for the next open day.
    """
    known, now = reference(session), clock.now()
    awake = [code for code in known.units if known.hours_of(code).is_open(now)]
    due = chain(_clocks(session, known, awake, now), _waits(session, known, awake, now))
    return sum(1 for _ in islice((one for one in due if _tell(session, known, one, now)), AT_ONCE))


def _clocks(session: Session, known: Reference, awake: Sequence[str], now: datetime) -> Iterator[Due]:
    soon_told = _told(ClockRecord.started_at, SOON)
    query = (
        select(Ticket, ClockRecord.started_at, soon_told)
        .join(
            ClockRecord,
            and_(
                ClockRecord.ticket_id == Ticket.id,
                ClockRecord.name == Ticket.next_deadline_of,
                ClockRecord.stopped_at.is_(None),
            ),
        )
        .where(
            Ticket.next_step_unit_id.in_(awake),
            Ticket.next_deadline_at <= now + HORIZON,
            Ticket.next_deadline_of.not_in((WAIT, CLOSING)),
            ~_told(ClockRecord.started_at, LATE),
        )
        .order_by(Ticket.next_deadline_at, Ticket.id)
    )
    for ticket, started_at, told in session.execute(query).all():
        due, name = ticket.next_deadline_at, ticket.next_deadline_of
        if due is None or name is None:
            continue
        if due <= now:
            yield Due(ticket, name, started_at, LATE)
        elif not told and _soon(ticket, name, started_at, due, known) <= now:
            yield Due(ticket, name, started_at, SOON)


def _soon(ticket: Ticket, name: str, started_at: datetime, due: datetime, known: Reference) -> datetime:
    """When the reminder before the deadline is due; the deadline itself where there is none."""
    target = known.values_of(ticket.convention_version).target(name)
    if known.settings["reminder_percent"] is None or target is None:
        return due
    hours = known.hours_of(ticket.next_step_unit_id or ticket.triage_unit_id)
    return soon_at(started_at, due, target, hours, known.settings.number("reminder_percent"))


def _waits(session: Session, known: Reference, awake: Sequence[str], now: datetime) -> Iterator[Due]:
    query = (
        select(Ticket, _told(Ticket.state_since, FIRST))
        .where(
            Ticket.next_step_unit_id.in_(awake),
            Ticket.next_deadline_of == WAIT,
            Ticket.next_deadline_at <= now,
            ~_told(Ticket.state_since, SECOND),
        )
        .order_by(Ticket.next_deadline_at, Ticket.id)
    )
    for ticket, told in session.execute(query).all():
        limit = standing.limits_of(ticket, known).get("answer_while_waiting")
        if limit is not None and limit <= now:
            yield Due(ticket, WAIT, ticket.state_since, SECOND)
        elif not told:
            yield Due(ticket, WAIT, ticket.state_since, FIRST)


def _told(since: InstrumentedAttribute[datetime], stage: str) -> ColumnElement[bool]:
    return exists().where(
        Reminder.ticket_id == Ticket.id,
        Reminder.clock == Ticket.next_deadline_of,
        Reminder.since == since,
        Reminder.stage == stage,
    )


def _tell(session: Session, known: Reference, due: Due, now: datetime) -> bool:
    """Whether somebody was told; the record is kept with the mails."""
    ticket, event, words = due.ticket, f"reminder_{due.stage}", _words(due)
    if not held(session, ticket):
        return False
    if ticket.kind in OUT_OF_LISTS:
        units = [ticket.next_step_unit_id, *([ticket.asking_unit_id] if due.stage == LATE else [])]
        tell_units(session, ticket, event, words, known, units, now)
        told = [_NAMED]
    else:
        told = _not_today(session, ticket, _addresses(session, known, due, now), now)
        unit = known.units[ticket.next_step_unit_id or ticket.triage_unit_id]
        tell_people(session, ticket, unit, told, event, words, known, now)
    if not told:
        return False
    if due.stage == SECOND and ticket.assigned_unit_id is not None:
        may = "vous pouvez répondre sans attendre le CDAS"
        tell_units(session, ticket, event, may, known, [ticket.assigned_unit_id], now)
    record = Reminder(ticket_id=ticket.id, clock=due.clock, since=due.since, stage=due.stage)
    record.told_at, record.told_to = now, ", ".join(told)
    session.add(record)
    return True


def _addresses(session: Session, known: Reference, due: Due, now: datetime) -> list[str]:
    """Before: the unit's mailbox and who has the ticket in hand. Missed, or waited for twice: who heads the unit."""
    ticket = due.ticket
    unit_code = ticket.next_step_unit_id or ticket.triage_unit_id
    late = due.stage in (LATE, SECOND)
    heads = escalation.who_hears(session, known, unit_code, now, ticket) if late else ()
    if due.stage == LATE:
        return list(heads)
    person = ticket.author_id if due.clock == WAIT else ticket.holder_id
    acting = standing_in(session, person, french.local_day(now)).account_id if person else None
    free = acting is not None and session.scalar(kept_from(ticket.id, acting)) is None
    named = session.get_one(Account, acting).email if free else None
    mailbox = known.units[unit_code].email
    return [address for address in dict.fromkeys((mailbox, named, *heads)) if address]


def _not_today(session: Session, ticket: Ticket, addresses: Sequence[str], now: datetime) -> list[str]:
    """Those of the addresses that were not told of this ticket today."""
    today = midnight(french.local_day(now))
    query = select(Reminder.told_to).where(Reminder.ticket_id == ticket.id, Reminder.told_at >= today)
    told = {address for line in session.scalars(query) for address in line.split(", ")}
    return [address for address in addresses if address not in told]


def _words(due: Due) -> str:
    ticket = due.ticket
    at = french.instant(ticket.next_deadline_at) if ticket.next_deadline_at else ""
    if due.clock == WAIT:
        return f"la Caf attend votre réponse depuis {french.instant(due.since)}"
    label = WORKFLOWS[ticket.kind].clocks[due.clock]
    if due.stage == SOON:
        return f"{label} : à faire avant {at}"
    return f"{label} : délai dépassé depuis {at}"
