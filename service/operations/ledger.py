"""Whose time it was, and why each clock says what it says: rebuilt from the journal alone (R-CLK-5, R-CLK-6)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from service.models import Ticket
from service.operations import standing
from service.operations.standing import Line
from service.queries.reference import Reference, reference
from service.workflows import deadlines, explanation
from service.workflows.clocks import ClockRun, replay
from service.workflows.deadlines import Ledger, Target
from service.workflows.registry import WORKFLOWS


@dataclass(frozen=True, slots=True)
class ClockReading:
    """One run of a clock, read at an instant: seconds so far, its target, and how they were obtained (`explain`)."""

    name: str
    label: str
    run: int
    running: bool
    paused: bool
    started_at: datetime
    stopped_at: datetime | None
    target: Target | None
    target_at: datetime | None
    within_target: bool | None
    elapsed_seconds: int
    business_seconds: int
    waited_seconds: int
    explain: Callable[[], Sequence[str]] = field(compare=False)

    @property
    def explanation(self) -> Sequence[str]:
        """« Expliquer ce délai », sentence by sentence (R-CLK-6); put together only when somebody asks."""
        return self.explain()


@dataclass(frozen=True, slots=True)
class TicketLedger:
    """The ledger of a ticket up to `until`, and its clocks in the order in which they started."""

    until: datetime
    version: str
    ledger: Ledger
    clocks: Sequence[ClockReading]


def ledger_of(
    session: Session, ticket: Ticket, until: datetime, lines: Sequence[Line] | None = None
) -> TicketLedger:
    """Every second of the ticket with a running clock, and each clock explained, up to `until`.

    `lines`: its journal, for who has read it already.
    """
    known = reference(session)
    steps = standing.steps_of(ticket.kind, standing.lines_of(session, ticket) if lines is None else lines)
    return TicketLedger(
        until=until,
        version=known.version(ticket.convention_version).label,
        ledger=deadlines.ledger(steps, known.hours_of, until),
        clocks=[_reading(ticket, run, known, until) for run in replay(steps)],
    )


def explanations_of(
    session: Session, tickets: Iterable[Ticket], known: Reference, until: datetime
) -> Mapping[UUID, str]:
    """How the next deadline of each open ticket was obtained, for those that a clock sets (R-CLK-6)."""
    explained = {}
    for ticket, run in standing.runs_of(session, tickets):
        if run.running and run.name == ticket.next_deadline_of:
            explained[ticket.id] = " ".join(_reading(ticket, run, known, until).explanation)
    return explained


def _reading(ticket: Ticket, run: ClockRun, known: Reference, until: datetime) -> ClockReading:
    target = known.values_of(ticket.convention_version).target(run.name)
    return ClockReading(
        name=run.name,
        label=WORKFLOWS[ticket.kind].clocks[run.name],
        run=run.run,
        running=run.running,
        paused=run.paused,
        started_at=run.started_at,
        stopped_at=run.stopped_at,
        target=target,
        target_at=deadlines.target_at(run, target, known.hours_of, until) if target else None,
        within_target=deadlines.within_target(run, target, known.hours_of, until) if target else None,
        elapsed_seconds=deadlines.elapsed_seconds(run, until),
        business_seconds=deadlines.business_seconds(run, known.hours_of, until),
        waited_seconds=sum(deadlines.waited_seconds(run, known.hours_of, until).values()),
        explain=lambda: explanation.explain(
            run,
            target,
            known.hours_of,
            until,
            {code: unit.name for code, unit in known.units.items()},
            known.version(ticket.convention_version).label,
        ),
    )
