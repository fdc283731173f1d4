"""Deadlines of open tickets, computed anew after hours or holidays changed (R-CAL-1, R-CLK-7). Past figures stay."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from service.database import reading, transaction
from service.models import ClockRecord, Ticket
from service.operations import standing
from service.operations.scheduled_jobs import bring_forward
from service.operations.standing import Outline
from service.queries.reference import Reference, reference
from service.workflows.clocks import replay

JOB = "recompute"
AT_ONCE = 1000
"""Tickets that are read, and deadlines that are written, in one go."""

Targets = Sequence[tuple[str, int, datetime]]


@dataclass(frozen=True, slots=True)
class Moved:
    """A ticket whose deadline, or the target of one of its running clocks, is no longer what is stored.

    `version`: the ticket's, when it was read; what moved since is left to the act that moved it. `targets`: of its
    running clocks, by name and run, those that moved.
    """

    ticket_id: UUID
    version: int
    was: tuple[datetime | None, str | None]
    now: tuple[datetime | None, str | None]
    targets: Targets


# One row at a time, many in one go: a single statement for a whole batch takes longer to build than to run.
_NEXT_DEADLINE = (
    update(Ticket)
    .where(Ticket.id == bindparam("moved"), Ticket.version == bindparam("seen"))
    .values(next_deadline_at=bindparam("at"), next_deadline_of=bindparam("of"))
)
_TARGET = (
    update(ClockRecord)
    .where(
        ClockRecord.ticket_id == bindparam("moved"),
        ClockRecord.name == bindparam("clock"),
        ClockRecord.run == bindparam("turn"),
        ClockRecord.stopped_at.is_(None),
    )
    .values(target_at=bindparam("at"))
)


def moved(session: Session, known: Reference | None = None) -> Iterator[Moved]:
    """Every open ticket whose deadlines the hours of `known` move; by default those now in force.

    With other hours it tells what a change would do, and changes nothing.
    """
    known = known or reference(session)
    after: UUID | None = None
    while tickets := _open_tickets(session, after):
        after = tickets[-1].id
        ids = [ticket.id for ticket in tickets]
        stored = _running(session, ids)
        lines = standing.lines_of_all(session, list(stored))
        for ticket in tickets:
            found = _judge(ticket, lines.get(ticket.id, []), stored.get(ticket.id, {}), known)
            if found is not None:
                yield found


def keep(session: Session, moves: Sequence[Moved]) -> int:
    """Store them; gives how many deadlines moved. Tickets that somebody acted upon meanwhile are left out."""
    tickets = [
        {"moved": one.ticket_id, "seen": one.version, "at": one.now[0], "of": one.now[1]}
        for one in moves
        if one.now != one.was
    ]
    clocks = [
        {"moved": one.ticket_id, "clock": name, "turn": run, "at": at}
        for one in moves
        for name, run, at in one.targets
    ]
    connection = session.connection()
    if tickets:
        connection.execute(_NEXT_DEADLINE, tickets)
    if clocks:
        connection.execute(_TARGET, clocks)
    return len(tickets)


def ask(session: Session) -> None:
    """Have it done at the scheduler's next turn, in the transaction that changes the hours."""
    bring_forward(session, JOB)


def recompute(between: Callable[[], None] = lambda: None) -> int:
    """Compute all open deadlines anew and store those that moved, in short transactions; gives how many did.

    `between` is called before each of them.
    """
    with reading() as session:
        moves = list(moved(session))
    done = 0
    for start in range(0, len(moves), AT_ONCE):
        between()
        with transaction() as session:
            done += keep(session, moves[start : start + AT_ONCE])
    return done


def _open_tickets(session: Session, after: UUID | None) -> Sequence[Outline]:
    query = select(*(getattr(Ticket, name) for name in Outline._fields)).where(
        Ticket.next_step_unit_id.is_not(None), Ticket.submitted_at.is_not(None)
    )
    if after is not None:
        query = query.where(Ticket.id > after)
    return [Outline(*row) for row in session.execute(query.order_by(Ticket.id).limit(AT_ONCE))]


def _running(session: Session, ids: Sequence[UUID]) -> dict[UUID, dict[tuple[str, int], datetime | None]]:
    """The stored targets of the clocks that run."""
    record = ClockRecord
    rows = session.execute(
        select(record.ticket_id, record.name, record.run, record.target_at).where(
            record.ticket_id.in_(ids), record.stopped_at.is_(None)
        )
    )
    found: dict[UUID, dict[tuple[str, int], datetime | None]] = {}
    for ticket_id, name, run, target_at in rows:
        found.setdefault(ticket_id, {})[name, run] = target_at
    return found


def _judge(
    ticket: Outline,
    lines: Sequence[standing.Line],
    stored: dict[tuple[str, int], datetime | None],
    known: Reference,
) -> Moved | None:
    aims = []
    for run in replay(standing.steps_of(ticket.kind, lines)) if stored else ():
        at = standing.aimed_at(run, ticket, known) if run.running else None
        if at is not None:
            aims.append((run.name, run.run, at))
    now = standing.next_deadline(ticket, [(at, name) for name, _, at in aims], known)
    was = (ticket.next_deadline_at, ticket.next_deadline_of)
    targets = [(name, run, at) for name, run, at in aims if stored.get((name, run)) != at]
    return Moved(ticket.id, ticket.version, was, now, targets) if now != was or targets else None
