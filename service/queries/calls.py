"""The calls noted on the direct line that somebody may read, newest first (R-UD-3, R-IND-I-10)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, or_, select
from sqlalchemy.orm import Session

from service.models import Call, Ticket, Unit
from service.permissions import CDAS_ROLES, URGENT_RIGHTS_CAF_ROLES, Actor, Institution
from service.queries import keyset
from service.queries.keyset import Counted, Order, Page, Place
from service.queries.tickets import in_no_archive, names_family_of, visible_to

BY_START = Order(Call.started_at, Call.id, descending=True)
"""The newest first."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What narrows the list, codes only."""

    answered: bool | None = None
    benefit: str | None = None
    cdas: str | None = None


ALL = Filters()


class CallRow(NamedTuple):
    """A call, and the reference of its ticket if the actor may read that too."""

    call: Call
    ticket: str | None


def readable_calls(actor: Actor) -> ColumnElement[bool]:
    """Own CDAS; for the Caf what it answered or noted itself: an unanswered call has told it nothing (R-DP-1)."""
    kept = names_family_of(actor.account_id, ticket_id=Call.ticket_id, matricule_index=Call.matricule_index)
    here = and_(in_no_archive(Call.ticket_id), ~kept)
    if actor.role in CDAS_ROLES:
        return and_(Call.cdas_code == actor.unit_id, here)
    if actor.role in URGENT_RIGHTS_CAF_ROLES:
        own_units = select(Unit.code).where(Unit.institution == Institution.CAF)
        return and_(or_(Call.answered, Call.recorded_unit_id.in_(own_units)), here)
    return false()


def calls(
    actor: Actor, place: Place | None = None, *, filters: Filters = ALL, order: Order = BY_START
) -> Select[Call, str]:
    """The calls with the reference of their ticket, newest first unless another order is asked."""
    query = (
        select(Call, Ticket.reference)
        .outerjoin(Ticket, and_(Ticket.id == Call.ticket_id, visible_to(actor)))
        .where(readable_calls(actor), *_conditions(filters))
    )
    return order.rows(query, place)


def page(session: Session, query: Select[Call, str], limit: int, place: Place | None = None) -> Page[CallRow]:
    """The page of `calls` that stands at the place."""
    rows = [CallRow(call, reference) for call, reference in session.execute(query.limit(limit + 1))]
    return keyset.page(rows, limit, place, lambda row: (row.call.started_at, row.call.id))


def one(session: Session, actor: Actor, call_id: UUID) -> CallRow | None:
    """One call that the actor may read; None where it is absent or not theirs."""
    found = session.execute(calls(actor).where(Call.id == call_id)).first()
    return None if found is None else CallRow(*found)


def count(session: Session, actor: Actor, filters: Filters = ALL) -> Counted:
    """How many calls the list has."""
    return keyset.count(session, select(Call.id).where(readable_calls(actor), *_conditions(filters)))


def _conditions(filters: Filters) -> Iterator[ColumnElement[bool]]:
    if filters.answered is not None:
        yield Call.answered.is_(filters.answered)
    if filters.benefit is not None:
        yield Call.benefit == filters.benefit
    if filters.cdas is not None:
        yield Call.cdas_code == filters.cdas
