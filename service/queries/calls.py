"""The calls noted on the direct line that somebody may read, newest first (R-UD-3, R-IND-I-10)."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import Session

from service.models import Call, Ticket, Unit
from service.permissions import CDAS_ROLES, URGENT_RIGHTS_CAF_ROLES, Actor, Institution
from service.queries.tickets import in_no_archive, names_family_of, visible_to


class CallPosition(NamedTuple):
    """The last call of a page."""

    started_at: datetime
    id: UUID


class CallRow(NamedTuple):
    """A call, and the reference of its ticket if the actor may read that too."""

    call: Call
    ticket: str | None


class CallPage(NamedTuple):
    """Some calls; `next` is None on the last page."""

    rows: Sequence[CallRow]
    next: CallPosition | None


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


def calls(actor: Actor, after: CallPosition | None = None) -> Select[Call, str]:
    """The calls with the reference of their ticket, newest first."""
    query = (
        select(Call, Ticket.reference)
        .outerjoin(Ticket, and_(Ticket.id == Call.ticket_id, visible_to(actor)))
        .where(readable_calls(actor))
        .order_by(Call.started_at.desc(), Call.id.desc())
    )
    if after is None:
        return query
    same_instant = and_(Call.started_at == after.started_at, Call.id < after.id)
    return query.where(or_(Call.started_at < after.started_at, same_instant))


def page(session: Session, query: Select[Call, str], limit: int) -> CallPage:
    """The first `limit` calls, and where the list goes on."""
    rows = [CallRow(call, reference) for call, reference in session.execute(query.limit(limit + 1))]
    if len(rows) <= limit:
        return CallPage(rows, None)
    last = rows[limit - 1].call
    return CallPage(rows[:limit], CallPosition(last.started_at, last.id))


def one(session: Session, actor: Actor, call_id: UUID) -> CallRow | None:
    """One call that the actor may read; None where it is absent or not theirs."""
    found = session.execute(calls(actor).where(Call.id == call_id)).first()
    return None if found is None else CallRow(*found)


def count(session: Session, actor: Actor, most: int) -> tuple[int, bool]:
    """How many calls the actor may read, and whether there are more than `most`."""
    bare = select(Call.id).where(readable_calls(actor)).limit(most + 1).subquery()
    found = session.scalar(select(func.count()).select_from(bare)) or 0
    return min(found, most), found > most
