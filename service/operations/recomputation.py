"""Deadlines of open tickets, computed anew after hours or holidays changed (R-CAL-1, R-CLK-7). Past figures stay."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from uuid import UUID

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Connection,
    MetaData,
    Table,
    Text,
    and_,
    bindparam,
    cast,
    column,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.orm import Session

from service.database import reading, transaction
from service.memory import without_searching
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


# What is to be written goes into tables of the connection's own first: both databases then do a thousand rows in one
# statement, four times quicker than row by row.
_TO_WRITE = MetaData()
_TICKETS = Table(
    "moved_ticket",
    _TO_WRITE,
    Column("id", Ticket.id.type),
    Column("seen", Ticket.version.type),
    Column("at", Ticket.next_deadline_at.type),
    Column("of", Ticket.next_deadline_of.type),
    prefixes=["TEMPORARY"],
)
_CLOCKS = Table(
    "moved_clock",
    _TO_WRITE,
    Column("ticket_id", Ticket.id.type),
    Column("seen", Ticket.version.type),
    Column("name", ClockRecord.name.type),
    Column("run", ClockRecord.run.type),
    Column("at", ClockRecord.target_at.type),
    prefixes=["TEMPORARY"],
)
# The first statement holds the tickets that are still as they were read; the second then finds no other.
_WRITE = (
    update(Ticket)
    .where(Ticket.id == _TICKETS.c.id, Ticket.version == _TICKETS.c.seen)
    .values(next_deadline_at=_TICKETS.c.at, next_deadline_of=_TICKETS.c.of),
    update(ClockRecord)
    .where(
        ClockRecord.ticket_id == _CLOCKS.c.ticket_id,
        ClockRecord.name == _CLOCKS.c.name,
        ClockRecord.run == _CLOCKS.c.run,
        ClockRecord.stopped_at.is_(None),
        Ticket.id == _CLOCKS.c.ticket_id,
        Ticket.version == _CLOCKS.c.seen,
    )
    .values(target_at=_CLOCKS.c.at),
)


def moved(session: Session, known: Reference | None = None) -> Iterator[Moved]:
    """Every open ticket whose deadlines the hours of `known` move; by default those now in force.

    With other hours it tells what a change would do, and changes nothing.
    """
    known = known or reference(session)
    after: UUID | None = None
    while tickets := _open_tickets(session, after):
        these = and_(_OPEN, Ticket.id >= tickets[0].id, Ticket.id <= tickets[-1].id)
        after = tickets[-1].id
        stored = _running(session, these)
        lines = standing.lines_where(session, these)
        for ticket in tickets:
            found = _judge(ticket, lines.get(ticket.id, []), stored.get(ticket.id, {}), known)
            if found is not None:
                yield found


def keep(session: Session, moves: Sequence[Moved]) -> int:
    """Store them; gives how many deadlines moved. Tickets that somebody acted upon meanwhile are left out."""
    rows: dict[Table, list[dict[str, object]]] = {
        _TICKETS: [
            {"id": one.ticket_id, "seen": one.version, "at": one.now[0], "of": one.now[1]} for one in moves
        ],
        _CLOCKS: [
            {"ticket_id": one.ticket_id, "seen": one.version, "name": name, "run": run, "at": at}
            for one in moves
            for name, run, at in one.targets
        ],
    }
    connection = session.connection()
    _TO_WRITE.create_all(connection, checkfirst=False)
    for table, some in rows.items():
        if some:
            _put(connection, table, some)
    for statement in _WRITE:
        connection.execute(statement)
    _TO_WRITE.drop_all(connection, checkfirst=False)
    return sum(one.now != one.was for one in moves)


def _put(connection: Connection, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
    if connection.dialect.name != "postgresql":
        connection.execute(insert(table), rows)
        return
    # Another process at the end of a socket: one text is three times quicker than a thousand messages.
    typed = (column(one.name, one.type) for one in table.columns)
    given = func.json_to_recordset(cast(bindparam("rows", type_=Text), JSON))
    listed = given.table_valued(*typed).render_derived(with_types=True)
    statement = insert(table).from_select([one.name for one in table.columns], select(*listed.c))
    connection.execute(statement, {"rows": json.dumps(rows, default=str)})


def ask(session: Session) -> None:
    """Have it done at the scheduler's next turn, in the transaction that changes the hours."""
    bring_forward(session, JOB)


@without_searching()
def recompute(between: Callable[[], None] = lambda: None) -> int:
    """Compute all open deadlines anew and store those that moved, in short transactions; gives how many did.

    `between` is called before each of them. They are written while the next ones are judged: the judging goes on
    while the database works.
    """

    def write(some: Sequence[Moved]) -> int:
        between()
        with transaction() as session:
            return keep(session, some)

    with ThreadPoolExecutor(1) as beside, reading() as session:
        return sum(beside.map(write, _in_lots(moved(session))))


def _in_lots(moves: Iterator[Moved]) -> Iterator[Sequence[Moved]]:
    while some := list(islice(moves, AT_ONCE)):
        yield some


_OPEN = and_(Ticket.next_step_unit_id.is_not(None), Ticket.submitted_at.is_not(None))


def _open_tickets(session: Session, after: UUID | None) -> Sequence[Outline]:
    query = select(*(getattr(Ticket, name) for name in Outline._fields)).where(_OPEN)
    if after is not None:
        query = query.where(Ticket.id > after)
    return [Outline(*row) for row in session.execute(query.order_by(Ticket.id).limit(AT_ONCE))]


def _running(
    session: Session, these: ColumnElement[bool]
) -> dict[UUID, dict[tuple[str, int], datetime | None]]:
    """The stored targets of the clocks of these tickets that run."""
    record = ClockRecord
    rows = session.execute(
        select(record.ticket_id, record.name, record.run, record.target_at)
        .join(Ticket, Ticket.id == record.ticket_id)
        .where(these, record.stopped_at.is_(None))
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
