"""Where a ticket stands, in the machine's words: parties, limits of time, who owes the next step, clocks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.models import ClockRecord, JournalEntry, Ticket, UrgentRightsDetails
from service.queries.reference import Reference
from service.workflows import deadlines
from service.workflows.clocks import ClockRun, Step, replay
from service.workflows.machine import Owes, Standing, Workflow
from service.workflows.registry import WORKFLOWS


def standing_of(
    ticket: Ticket, details: UrgentRightsDetails | None, reference: Reference, now: datetime
) -> Standing:
    """What the guards may know of the ticket at `now`."""
    return Standing(
        kind=ticket.kind,
        state=ticket.state,
        asking_unit_id=ticket.asking_unit_id,
        assigned_unit_id=ticket.assigned_unit_id,
        triage_unit_kind=reference.units[ticket.triage_unit_id].kind,
        holder_id=ticket.holder_id,
        refused_by=details.rejected_by if details else None,
        contested=details.contested if details else False,
        now=now,
        limits=limits_of(ticket, reference),
    )


def limits_of(ticket: Ticket, reference: Reference) -> Mapping[str, datetime]:
    """The instants that guards compare with, for the present state (Settings of the ticket's version)."""
    if ticket.asking_unit_id is None or ticket.state == "draft":
        return {}
    values = reference.values_of(ticket.convention_version)
    hours = reference.hours_of(ticket.asking_unit_id)

    def open_days(setting: str) -> datetime:
        return hours.end_of_open_day(ticket.state_since, values.number(setting))

    reopen = ticket.state_since + timedelta(days=values.number("reopen_days"))
    return {
        "rejected": lambda: {"contest": open_days("contest_days")},
        "answered": lambda: {"auto_close": open_days("auto_close_days")},
        "closed": lambda: {"reopen": reopen},
        "waiting_partner": lambda: {
            "reply": open_days("waiting_reminder_first_days"),
            "answer_while_waiting": open_days("answer_after_waiting_days"),
        },
    }.get(ticket.state, dict)()


def owing_unit(workflow: Workflow, ticket: Ticket) -> str | None:
    """The unit that owes the next step in the ticket's state (`next_step_unit`)."""
    owes = workflow.state(ticket.state).owes
    return None if owes is None else unit_for(owes, ticket)


def responsible_unit(ticket: Ticket) -> str | None:
    """The unit that answers for the situation (`responsible_unit`): once sent, the Caf, whoever owes the next step."""
    if ticket.submitted_at is None:
        return ticket.asking_unit_id
    return unit_for(Owes.ASSIGNED_UNIT, ticket)


def unit_for(owes: Owes, ticket: Ticket) -> str | None:
    """The unit behind a word of the table; before anybody is assigned, the triage unit stands for it."""
    if owes is Owes.ASKING_UNIT:
        return ticket.asking_unit_id
    if owes is Owes.ASSIGNED_UNIT:
        return ticket.assigned_unit_id or ticket.triage_unit_id
    return ticket.triage_unit_id


@dataclass(frozen=True, slots=True)
class Line:
    """The part of a journal entry that clocks are rebuilt from; survives the erasure of payloads."""

    sequence: int
    transition: str
    from_state: str | None
    to_state: str
    next_step_unit_id: str | None
    happened_at: datetime
    hash: bytes


def lines_of(session: Session, ticket: Ticket) -> list[Line]:
    """The ticket's journal without its payloads, in order."""
    entry = JournalEntry
    rows = session.execute(
        select(
            entry.sequence,
            entry.transition,
            entry.from_state,
            entry.to_state,
            entry.next_step_unit_id,
            entry.happened_at,
            entry.hash,
        )
        .where(entry.ticket_id == ticket.id)
        .order_by(entry.sequence)
    )
    return [Line(*row) for row in rows]


def steps_of(kind: str, lines: Sequence[Line]) -> list[Step]:
    """The journal as the clocks read it: each line with the effects of its row in the table."""
    workflow = WORKFLOWS[kind]
    return [_step(workflow, line) for line in lines]


def _step(workflow: Workflow, line: Line) -> Step:
    row = workflow.transition(line.transition)
    return Step(
        happened_at=line.happened_at,
        label=row.history,
        owing_unit=line.next_step_unit_id,
        starts=row.starts,
        stops=row.stops,
        pauses=row.pauses,
        resumes=row.resumes,
    )


def keep_clocks(session: Session, ticket: Ticket, steps: Sequence[Step], reference: Reference) -> None:
    """Store the clocks as the journal gives them, and the next deadline with its name (R-CLK-1, R-CLK-3)."""
    kept = {
        (record.name, record.run): record
        for record in session.scalars(select(ClockRecord).where(ClockRecord.ticket_id == ticket.id))
    }
    running = []
    for run in replay(steps):
        record = kept.get((run.name, run.run))
        if record is None:
            record = ClockRecord(ticket_id=ticket.id, name=run.name, run=run.run)
            session.add(record)
        elif record.stopped_at is not None:
            continue
        _fill(record, run, ticket, reference)
        if run.stopped_at is None and record.target_at is not None:
            running.append((record.target_at, run.name))
    ticket.next_deadline_at, ticket.next_deadline_of = _next_deadline(ticket, running, reference)


def _fill(record: ClockRecord, run: ClockRun, ticket: Ticket, reference: Reference) -> None:
    target = reference.values_of(ticket.convention_version).target(run.name)
    record.started_at, record.stopped_at = run.started_at, run.stopped_at
    record.target_at = None
    if target is not None:
        record.target_at = deadlines.target_at(run, target, reference.hours_of)
    if run.stopped_at is None:
        return
    record.elapsed_seconds = deadlines.elapsed_seconds(run)
    record.business_seconds = deadlines.business_seconds(run, reference.hours_of)
    record.waited_seconds = sum(deadlines.waited_seconds(run, reference.hours_of).values())
    if target is not None:
        record.within_target = deadlines.within_target(run, target, reference.hours_of)


def _next_deadline(
    ticket: Ticket, running: list[tuple[datetime, str]], reference: Reference
) -> tuple[datetime | None, str | None]:
    limits = limits_of(ticket, reference)
    if ticket.state == "waiting_partner":
        return limits["reply"], "reply"
    if ticket.state == "answered":
        return limits["auto_close"], "closing"
    return min(running, default=(None, None))
