"""Where a ticket stands, in the machine's words: parties, limits of time, who owes the next step, clocks."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Row, bindparam, select
from sqlalchemy.orm import Session

from service.models import DETAILS, ClockRecord, Details, JournalEntry, Ticket
from service.queries.reference import Reference
from service.workflows import deadlines, journal
from service.workflows.clocks import ClockRun, Step, replay
from service.workflows.machine import Owes, Standing, Transition, Workflow
from service.workflows.registry import WORKFLOWS


def standing_of(ticket: Ticket, details: Details | None, reference: Reference, now: datetime) -> Standing:
    """What the guards may know of the ticket at `now`."""
    facts = details.facts() if details is not None else {}
    asking = reference.units.get(ticket.asking_unit_id or "")
    return Standing(
        kind=ticket.kind,
        state=ticket.state,
        asking_unit_id=ticket.asking_unit_id,
        assigned_unit_id=ticket.assigned_unit_id,
        triage_unit_kind=reference.units[ticket.triage_unit_id].kind,
        holder_id=ticket.holder_id,
        refused_by=facts.get("refused_by"),
        contested=bool(facts.get("contested")),
        now=now,
        limits=limits_of(ticket, reference),
        triage_unit_id=ticket.triage_unit_id,
        asking_unit_kind=asking.kind if asking else None,
        author_id=ticket.author_id,
        facts=facts,
    )


def details_of(session: Session, ticket: Ticket) -> Details | None:
    """The details of its kind; what was never sent has none, a draft keeps its form apart."""
    return None if ticket.submitted_at is None else session.get(DETAILS[ticket.kind], ticket.id)


class Outline(NamedTuple):
    """What deadlines are computed from, of one ticket: a row, for who reads a hundred thousand of them."""

    id: UUID
    kind: str
    state: str
    state_since: datetime
    asking_unit_id: str | None
    assigned_unit_id: str | None
    convention_version: int
    version: int
    next_deadline_at: datetime | None
    next_deadline_of: str | None


def limits_of(ticket: Ticket | Outline, reference: Reference) -> Mapping[str, datetime]:
    """The instants that guards compare with, for the present state (Settings of the ticket's version)."""
    if ticket.asking_unit_id is None or ticket.state == "draft":
        return {}
    if ticket.kind != "urgent_rights":
        return _social_limits(ticket, reference)
    values = reference.values_of(ticket.convention_version)
    hours = reference.hours_of(ticket.asking_unit_id)

    def open_days(setting: str) -> datetime:
        return hours.end_of_open_day(ticket.state_since, values.number(setting))

    match ticket.state:
        case "rejected":
            return {"contest": open_days("contest_days")}
        case "answered":
            return {"auto_close": open_days("auto_close_days")}
        case "closed":
            return {"reopen": ticket.state_since + timedelta(days=values.number("reopen_days"))}
        case "waiting_partner":
            return {
                "reply": open_days("waiting_reminder_first_days"),
                "answer_while_waiting": open_days("answer_after_waiting_days"),
            }
    return {}


def _social_limits(ticket: Ticket | Outline, reference: Reference) -> Mapping[str, datetime]:
    """R-PR-6: a receiver who has not answered by the target of the first exchange is silent."""
    target = reference.values_of(ticket.convention_version).target("first_exchange")
    receiver = ticket.assigned_unit_id
    if ticket.kind != "handover" or ticket.state != "forwarded" or receiver is None or target is None:
        return {}
    hours = reference.hours_of(receiver)
    if target.unit == "hours":
        return {"silence": hours.add(ticket.state_since, target.amount * 3600)}
    return {"silence": hours.end_of_open_day(ticket.state_since, target.amount)}


def owing_unit(workflow: Workflow, ticket: Ticket, details: Details | None) -> str | None:
    """The unit that owes the next step in the ticket's state (`next_step_unit`)."""
    owes = workflow.state(ticket.state).owes
    facts = details.facts() if details is not None else {}
    return None if owes is None else unit_for(owes, ticket, facts)


def responsible_unit(workflow: Workflow, ticket: Ticket) -> str | None:
    """The unit that answers for the situation (`responsible_unit`), whoever owes the next step (R-PR-6)."""
    if ticket.submitted_at is None or ticket.state not in workflow.receiver_answers:
        return ticket.asking_unit_id
    return unit_for(Owes.ASSIGNED_UNIT, ticket, {})


def unit_for(owes: Owes, ticket: Ticket, facts: Mapping[str, Any]) -> str | None:
    """The unit behind a word of the table; before anybody is assigned, the triage unit stands for it.

    `facts`: those of the kind's details; a relay is confirmed by its receiver first, then by its giver.
    """
    if owes is Owes.ASKING_UNIT or (owes is Owes.NEXT_TO_CONFIRM and facts.get("receiver_confirmed")):
        return ticket.asking_unit_id
    if owes in (Owes.ASSIGNED_UNIT, Owes.NEXT_TO_CONFIRM):
        return ticket.assigned_unit_id or ticket.triage_unit_id
    return ticket.triage_unit_id


class Line(NamedTuple):
    """The part of a journal entry that clocks are rebuilt from; survives the erasure of payloads."""

    sequence: int
    transition: str
    from_state: str | None
    to_state: str
    next_step_unit_id: str | None
    happened_at: datetime
    hash: bytes


def line_of(entry: JournalEntry) -> Line:
    """That part of an entry that was read whole."""
    return Line._make(getattr(entry, name) for name in Line._fields)


_LINES = select(JournalEntry.ticket_id, *(getattr(JournalEntry, one) for one in Line._fields)).order_by(
    JournalEntry.ticket_id, JournalEntry.sequence
)
_OF_SOME = _LINES.where(JournalEntry.ticket_id.in_(bindparam("tickets", expanding=True)))


_CLOCKS = select(ClockRecord).where(ClockRecord.ticket_id == bindparam("ticket"))

_WRITTEN = "relais_journal"
"""Where a transaction keeps the journals that it has begun or continued: nobody else can (`Ticket.version`)."""


def lines_of(session: Session, ticket: Ticket) -> list[Line]:
    """The ticket's journal without its payloads, in order."""
    written: dict[Ticket, list[Line]] = session.info.get(_WRITTEN, {})
    if ticket in written:
        return written[ticket]
    return lines_of_all(session, [ticket.id]).get(ticket.id, [])


def keep_lines(session: Session, ticket: Ticket, lines: list[Line]) -> None:
    """What `lines_of` gives from here to the end of the transaction; in a savepoint, which may be undone, it asks."""
    written: dict[Ticket, list[Line]] = session.info.setdefault(_WRITTEN, {})
    if session.in_nested_transaction():
        written.pop(ticket, None)
    else:
        written[ticket] = lines


def lines_of_all(session: Session, ticket_ids: Sequence[UUID]) -> Mapping[UUID, list[Line]]:
    """The same for several tickets, in one statement."""
    return _by_ticket(session.execute(_OF_SOME, {"tickets": ticket_ids}))


def lines_where(session: Session, these: ColumnElement[bool]) -> Mapping[UUID, list[Line]]:
    """The same for the tickets of that condition: a thousand of them are not named one by one."""
    query = _LINES.join(Ticket, Ticket.id == JournalEntry.ticket_id).where(these)
    return _by_ticket(session.execute(query))


def _by_ticket(rows: Iterable[Row[Any]]) -> Mapping[UUID, list[Line]]:
    found: dict[UUID, list[Line]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(Line._make(row[1:]))
    return found


def steps_of(kind: str, lines: Sequence[Line]) -> list[Step]:
    """The journal as the clocks read it: each line that holds, with the effects of its row in the table."""
    workflow = WORKFLOWS[kind]
    begun: set[str] = set()
    holding = journal.holding(lines, attrgetter("transition"))
    return [_step(workflow.transition(line.transition), line, begun) for line in holding]


def _step(row: Transition, line: Line, begun: set[str]) -> Step:
    starts = (*row.starts, *(name for name in row.starts_once if name not in begun))
    begun.update(starts)
    return Step(
        happened_at=line.happened_at,
        label=row.history,
        owing_unit=line.next_step_unit_id,
        starts=starts,
        stops=row.stops,
        pauses=row.pauses,
        resumes=row.resumes,
    )


def runs_of(session: Session, tickets: Iterable[Ticket]) -> Iterator[tuple[Ticket, ClockRun]]:
    """Every run of the clocks of several tickets, rebuilt from their journals."""
    known = {ticket.id: ticket for ticket in tickets}
    for ticket_id, lines in lines_of_all(session, list(known)).items():
        for run in replay(steps_of(known[ticket_id].kind, lines)):
            yield known[ticket_id], run


def keep_clocks(session: Session, ticket: Ticket, lines: Sequence[Line], reference: Reference) -> None:
    """Store the clocks as the journal gives them, and the next deadline with its name (R-CLK-1, R-CLK-3).

    The last of the lines is that of the act just done; one that undoes makes a clock run on that had stopped.
    """
    began_earlier = any(step.starts for step in steps_of(ticket.kind, lines[:-1]))
    records = session.scalars(_CLOCKS, {"ticket": ticket.id}) if began_earlier else ()
    kept = {(record.name, record.run): record for record in records}
    running = []
    for run in replay(steps_of(ticket.kind, lines)):
        record = kept.pop((run.name, run.run), None)
        if record is None:
            record = ClockRecord(ticket_id=ticket.id, name=run.name, run=run.run)
            session.add(record)
        elif record.stopped_at is not None and run.stopped_at is not None:
            continue
        _fill(record, run, ticket, reference)
        if run.stopped_at is None and record.target_at is not None:
            running.append((record.target_at, run.name))
    for undone in kept.values():
        session.delete(undone)
    ticket.next_deadline_at, ticket.next_deadline_of = next_deadline(ticket, running, reference)


def aimed_at(run: ClockRun, ticket: Ticket | Outline, reference: Reference) -> datetime | None:
    """When the target of a clock is reached, under the ticket's version; None: the convention sets none."""
    target = reference.values_of(ticket.convention_version).target(run.name)
    return None if target is None else deadlines.target_at(run, target, reference.hours_of)


def _fill(record: ClockRecord, run: ClockRun, ticket: Ticket, reference: Reference) -> None:
    record.started_at, record.stopped_at = run.started_at, run.stopped_at
    record.target_at = aimed_at(run, ticket, reference)
    if run.stopped_at is None:
        record.elapsed_seconds = record.business_seconds = record.waited_seconds = record.within_target = None
        return
    record.elapsed_seconds = deadlines.elapsed_seconds(run)
    record.business_seconds = deadlines.business_seconds(run, reference.hours_of)
    record.waited_seconds = sum(deadlines.waited_seconds(run, reference.hours_of).values())
    target = reference.values_of(ticket.convention_version).target(run.name)
    if target is not None:
        record.within_target = deadlines.within_target(run, target, reference.hours_of)


def next_deadline(
    ticket: Ticket | Outline, running: Sequence[tuple[datetime, str]], reference: Reference
) -> tuple[datetime | None, str | None]:
    """The next deadline and its name: the limit that the state itself sets, else the first of the running targets."""
    limits = limits_of(ticket, reference)
    if "reply" in limits:
        return limits["reply"], "reply"
    if "auto_close" in limits:
        return limits["auto_close"], "closing"
    return min(running, default=(None, None))
