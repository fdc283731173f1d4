"""The lists of tickets: filtered, in the order of their next deadline or another, page by page, counted to a limit."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Exists,
    Select,
    and_,
    bindparam,
    exists,
    literal_column,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Session, aliased

from service.models import JournalEntry, Person, Ticket, UrgentRightsDetails
from service.models.ticket import BEGUN
from service.permissions import CDAS_ROLES, Actor
from service.queries import keyset, tickets
from service.queries.keyset import Counted, Order, Place
from service.queries.readers import Asked
from service.queries.tickets import spelled
from service.workflows.machine import UNDO
from service.workflows.registry import WORKFLOWS

BY_DEADLINE = Order(Ticket.next_deadline_at, Ticket.id, gaps=True)
"""The most pressing first; without a deadline last."""
BY_SENDING = Order(Ticket.submitted_at, Ticket.id, descending=True)
"""The last sent first. For what was sent only: a draft has no such day."""
BY_CHANGE = Order(Ticket.changed_at, Ticket.id, descending=True)
"""The last acted upon first."""
BY_END = Order(Ticket.ended_at, Ticket.id, descending=True)
"""The last ended first. For what has ended only."""

LIVE_STATES = tuple(sorted({state for workflow in WORKFLOWS.values() for state in workflow.live_states}))
"""Every state of any kind that is neither final nor a draft."""
FINAL_STATES = tuple(sorted({state for workflow in WORKFLOWS.values() for state in workflow.final_states}))
"""Of any kind: no code is final in one kind and live in another."""
ORDERS: Mapping[str, Order] = {
    "deadline": BY_DEADLINE,
    "sent": BY_SENDING,
    "changed": BY_CHANGE,
    "ended": BY_END,
}
"""By the name that the API gives them."""


def orders_of(state: str | None) -> tuple[str, ...]:
    """The orders of the tickets in a state, besides the deadlines: sending and change under way, the end once ended.

    What has ended, or is not narrowed by its state, is too much to be put in another.
    """
    if state in LIVE_STATES:
        return ("deadline", "sent", "changed")
    return ("deadline", "ended") if state in FINAL_STATES else ("deadline",)


UNDER_WAY = (Ticket.ended_at.is_(None), Ticket.state != literal_column(f"'{BEGUN}'"))
"""What is live, as conditions in the words of the index of the list."""
_BEGUN = Ticket.state == literal_column(f"'{BEGUN}'")
"""What is a draft, in the words of its index."""
ENDED = Ticket.ended_at.is_not(None)
"""What is in a final state, in the words of its index."""


_THE_SAME = aliased(Person)
_ANOTHER = aliased(Ticket)


class Followed(NamedTuple):
    """Who of a unit follows a request (`tickets.follower`): an account, or None for nobody yet."""

    unit: str
    by: UUID | None


@dataclass(frozen=True, slots=True)
class Filters:
    """What narrows a list, codes only; an empty filter leaves everything that the actor may read.

    `late`: the deadline has passed; `due_by`: it has not, and comes by then.
    """

    kind: str | None = None
    states: tuple[str, ...] = ()
    channel: str | None = None
    benefit: str | None = None
    asking_unit: str | None = None
    owed_by: str | None = None
    owed_by_one_of: tuple[str, ...] = ()
    held_by: UUID | None = None
    written_or_held_by: UUID | None = None
    treated_by: UUID | None = None
    followed: Followed | None = None
    late: bool = False
    due_by: datetime | None = None

    @property
    def ended(self) -> bool:
        """Whether only ended tickets can be there."""
        return bool(self.states) and set(self.states) <= set(FINAL_STATES)


class Situation(NamedTuple):
    """The benefit and the event of an urgent_rights ticket, by code."""

    benefit: str | None
    event: str | None


def queue(
    actor: Actor, filters: Filters, place: Place | None = None, order: Order = BY_DEADLINE
) -> Select[Ticket]:
    """What the actor may read, in an order, from a place on."""
    return order.rows(tickets.readable(actor).where(*_conditions(filters)), place)


def among(actor: Actor, ticket_ids: Sequence[UUID]) -> Select[Ticket]:
    """Those of the tickets that the actor may read, the most pressing first."""
    return queue(actor, Filters()).where(Ticket.id.in_(ticket_ids))


def bare(actor: Actor, filters: Filters) -> Select[UUID]:
    """The same rows to be counted: neither names nor order.

    To the Caf it is not said of what somebody owes that it is under way, which follows: PostgreSQL would take the two
    for independent, and read every open request to find the thousand that it counts. A CDAS finds its own by it.
    """
    if actor.role not in CDAS_ROLES and filters.owed_by_one_of and set(filters.states) == set(LIVE_STATES):
        filters = replace(filters, states=())
    return select(Ticket.id).where(tickets.listed_to(actor), *_conditions(filters))


def moved(actor: Actor, filters: Filters, since: datetime, shown: Sequence[str]) -> Select[UUID]:
    """What the actor reads of a list, or of the references that its page showed, and somebody acted upon since.

    After that second: what came later within it is not told.
    """
    acted_upon = select(JournalEntry.ticket_id).where(JournalEntry.recorded_at > since)
    here = or_(and_(true(), *_conditions(filters)), Ticket.reference.in_(shown))
    return select(Ticket.id).where(Ticket.id.in_(acted_upon), tickets.listed_to(actor), here)


def count_of(session: Session, asked: Asked[Any], first: Sequence[Any], limit: int) -> Counted:
    """How many rows a search has whose first ones, at most `limit`, are there: they tell it where they are fewer."""
    if len(first) < limit:
        return Counted(len(first))
    return keyset.count(session, asked.statement.with_only_columns(Ticket.id), asked.values)


def situations(session: Session, listed: Sequence[Ticket]) -> Mapping[UUID, Situation]:
    """Benefit and event of every listed ticket that has been sent, in one statement."""
    rows = session.execute(_SITUATIONS, {"tickets": [ticket.id for ticket in listed]})
    return {ticket_id: Situation(benefit, event) for ticket_id, benefit, event in rows}


_SITUATIONS = select(
    UrgentRightsDetails.ticket_id, UrgentRightsDetails.benefit, UrgentRightsDetails.event
).where(UrgentRightsDetails.ticket_id.in_(bindparam("tickets", expanding=True)))


def open_for_same_person(actor: Actor, ticket_id: UUID) -> Select[Ticket]:
    """Other open tickets with the matricule of this one, if the actor may read them (workflows.md, `submit`)."""
    return (
        tickets.readable(actor)
        .join(Person, Person.ticket_id == Ticket.id)
        .join(_THE_SAME, _THE_SAME.matricule_index == Person.matricule_index)
        .where(_THE_SAME.ticket_id == ticket_id, Ticket.id != ticket_id, *UNDER_WAY)
        .order_by(Ticket.opened_at.desc(), Ticket.id.desc())
    )


def another_open_for(person: type[Person]) -> Exists:
    """Whether there is another open ticket with the matricule of that person, whoever may read it."""
    return exists().where(
        _THE_SAME.matricule_index == person.matricule_index,
        _THE_SAME.ticket_id != person.ticket_id,
        _ANOTHER.id == _THE_SAME.ticket_id,
        _ANOTHER.ended_at.is_(None),
    )


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if set(filters.states) == set(LIVE_STATES):
        wanted += UNDER_WAY
    elif filters.states == (BEGUN,):
        wanted.append(_BEGUN)
    elif filters.states and set(filters.states) != set(FINAL_STATES):
        wanted.append(Ticket.state.in_(spelled(filters.states)))
    if filters.ended:
        wanted.append(ENDED)
    for column, code in (
        (Ticket.kind, filters.kind),
        (Ticket.channel, filters.channel),
        (Ticket.asking_unit_id, filters.asking_unit),
        (Ticket.next_step_unit_id, filters.owed_by),
    ):
        if code is not None:
            wanted.append(column.in_(spelled([code])))
    wanted += [*_of_somebody(filters), *_due(filters)]
    if filters.owed_by_one_of:
        wanted.append(Ticket.next_step_unit_id.in_(spelled(filters.owed_by_one_of)))
    if filters.benefit is not None:
        of_benefit = select(UrgentRightsDetails.ticket_id).where(
            UrgentRightsDetails.benefit.in_(spelled([filters.benefit]))
        )
        wanted.append(Ticket.id.in_(of_benefit))
    return wanted


def _of_somebody(filters: Filters) -> Iterator[ColumnElement[bool]]:
    if filters.held_by is not None:
        yield Ticket.holder_id == filters.held_by
    if (somebody := filters.written_or_held_by) is not None:
        yield or_(Ticket.author_id == somebody, Ticket.holder_id == somebody)
    if (somebody := filters.treated_by) is not None:
        # By the key of each listed row: a condition that PostgreSQL could take apart would read the whole journal.
        entry, undone = JournalEntry, aliased(JournalEntry)
        undoing = exists().where(
            undone.ticket_id == entry.ticket_id,
            undone.sequence == entry.sequence + 1,
            undone.transition == UNDO,
        )
        acted = select(true()).where(
            entry.ticket_id == Ticket.id, entry.actor_id == somebody, entry.transition != UNDO, ~undoing
        )
        acted = acted.limit(1)
        yield or_(Ticket.holder_id == somebody, acted.scalar_subquery().is_not(None))
    if (followed := filters.followed) is not None:
        who = tickets.follower(followed.unit)
        if followed.by is not None:  # by the indexes first
            yield or_(Ticket.author_id == followed.by, Ticket.holder_id == followed.by)
        yield tickets.judged(who.is_(None)) if followed.by is None else who == followed.by


def _due(filters: Filters) -> Iterator[ColumnElement[bool]]:
    if filters.late:
        yield Ticket.next_deadline_at < tickets.NOW
    if filters.due_by is not None:
        yield and_(Ticket.next_deadline_at >= tickets.NOW, Ticket.next_deadline_at <= filters.due_by)
