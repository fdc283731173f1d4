"""What indicators read of a period: only what survives elimination (R-DP-6). No name, no text, no payload.

A ticket's skeleton and coded details, its journal without payload, the durations that its clocks stored, calls.
Everything is judged as at the cut-off, which is the end of the period: an event counts when it happened before it.
"""

from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from service.statistics.periods import Period
from service.workflows.business_time import OpenHours

Found = TypeVar("Found")

OUT_OF_FIGURES = "child_protection_notice"
"""Counted as one number and never broken down (R-PE-4)."""


class Event(NamedTuple):
    """One journal entry. `unit`: whose act it was; `owes`: who owed the next step from then on.

    `codes`: what this very act said, by name; a later one says its own.
    """

    name: str
    source: str | None
    target: str
    happened_at: datetime
    recorded_at: datetime
    unit: str | None
    owes: str | None
    codes: Mapping[str, Any]

    def code(self, name: str) -> str | None:
        """One of its codes; None where it said nothing of it."""
        value = self.codes.get(name)
        return None if value is None else str(value)

    def day(self, name: str) -> date | None:
        """A day that it said."""
        value = self.code(name)
        return None if value is None else date.fromisoformat(value)


class Timing(NamedTuple):
    """One run of a clock, as stored when it stopped: seconds of business time, elapsed and waited.

    `target_at`: the instant up to which it keeps its target; None where it has none.
    """

    name: str
    started_at: datetime
    stopped_at: datetime | None
    business: int | None
    elapsed: int | None
    waited: int | None
    within: bool | None
    target_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class TicketFacts:
    """One ticket. `cdas`: the CDAS that asks, else the one that is asked, where there is one.

    `codes`: the coded details that one act wrote, once and for all; what several may say is read on each event.

    `from_caf`, `to_caf`: which institution asks and which is asked; a CDAS may ask another, and the Caf itself.
    `state`, `owes`: where it stands now and who owes the next step, as stored beside the journal.
    """

    id: UUID
    reference: str
    kind: str
    channel: str
    asking: str | None
    cdas: str | None
    from_caf: bool
    to_caf: bool
    submitted_at: datetime
    state: str
    owes: str | None
    codes: Mapping[str, Any]
    events: tuple[Event, ...]
    timings: tuple[Timing, ...]

    def before(self, instant: datetime) -> tuple[Event, ...]:
        """What had happened before an instant, in order."""
        return tuple(event for event in self.events if event.happened_at < instant)

    def last_before(self, instant: datetime) -> Event | None:
        """The last event before an instant."""
        return next((event for event in reversed(self.events) if event.happened_at < instant), None)

    def state_at(self, instant: datetime) -> str | None:
        """The state just before an instant; None before the ticket began, `draft` before it was sent."""
        last = self.last_before(instant)
        return None if last is None else last.target

    def owed(self, end: datetime) -> Iterator[tuple[datetime, datetime, str]]:
        """While at least one clock ran, up to an instant: from, to, and the unit that owed the step (R-CLK-5)."""
        events = self.before(end)
        for event, following in zip(events, (*(one.happened_at for one in events[1:]), end), strict=True):
            if (
                event.happened_at < following
                and event.owes is not None
                and self._runs_after(event.happened_at)
            ):
                yield event.happened_at, following, event.owes

    def _runs_after(self, at: datetime) -> bool:
        return any(
            run.started_at <= at and (run.stopped_at is None or run.stopped_at > at) for run in self.timings
        )


class CallFacts(NamedTuple):
    """A call on the direct line. `solved`: an outcome was given during it."""

    cdas: str | None
    started_at: datetime
    recorded_at: datetime
    minutes: int
    answered: bool
    solved: bool


class MailFacts(NamedTuple):
    """A message without the keyword that somebody qualified."""

    received_at: datetime
    nature: str


class ActionFacts(NamedTuple):
    """An awareness action or a workshop that was held (R-GO-4)."""

    kind: str
    participants: int


class UnitFacts(NamedTuple):
    """A unit, and which side of the ledger its time is on: a CDAS, or the kind of a service of the Caf."""

    code: str
    name: str
    side: str


@dataclass(frozen=True)
class Facts:
    """All that one period's figures are computed from. `tickets`: those that were open at some time in it.

    `notices` and `remarks` are counted, and nothing else is known of them; None: of a part of the tickets nobody knows.
    """

    period: Period
    tickets: tuple[TicketFacts, ...]
    calls: tuple[CallFacts, ...]
    mails: tuple[MailFacts, ...]
    reported: Mapping[str, int]
    units: Mapping[str, UnitFacts]
    hours_of: Callable[[str], OpenHours]
    notices: int | None = 0
    actions: tuple[ActionFacts, ...] = ()
    remarks: int | None = 0
    _found: dict[object, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def once(self, compute: Callable[["Facts"], Found]) -> Found:
        """What a function finds in these facts: the first time it looks, the others remember."""
        if compute not in self._found:
            self._found[compute] = compute(self)
        found: Found = self._found[compute]
        return found

    @cached_property
    def sent(self) -> tuple[TicketFacts, ...]:
        """The tickets sent in the period: most figures are by date of sending."""
        start, end = self.period.start, self.period.end
        return tuple(ticket for ticket in self.tickets if start <= ticket.submitted_at < end)

    def sent_of(self, *kinds: str) -> Iterator[TicketFacts]:
        """The tickets of those kinds sent in the period."""
        return (ticket for ticket in self.sent if ticket.kind in kinds)

    def happened(self, name: str, *kinds: str) -> Iterator[tuple[TicketFacts, Event]]:
        """The events of that name in the period, whenever the ticket was sent."""
        start, end = self.period.start, self.period.end
        for ticket in self.tickets:
            if ticket.kind in kinds:
                for event in ticket.events:
                    if event.name == name and start <= event.happened_at < end:
                        yield ticket, event

    def only(self, ids: Container[UUID], cdas: str | None = None) -> "Facts":
        """The same period for some tickets alone; of the calls, those of a CDAS, or none."""
        calls = tuple(call for call in self.calls if cdas is not None and call.cdas == cdas)
        tickets = tuple(ticket for ticket in self.tickets if ticket.id in ids)
        return replace(
            self, tickets=tickets, calls=calls, mails=(), reported={}, notices=None, actions=(), remarks=None
        )
