"""The register of accompaniments (R-AC): who follows a person, and the lists of those who keep it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, bindparam, false, select, true
from sqlalchemy.orm import Session, contains_eager, joinedload

from service.models import Accompaniment, Account
from service.permissions import Actor, Permission, Role, may
from service.queries.keyset import Order, Place
from service.queries.tickets import in_no_archive, names_family_of
from service.sealing import ring

BY_TERM = Order(Accompaniment.term_on, Accompaniment.id)
"""The first to end first."""
BY_CLOSING = Order(Accompaniment.closed_on, Accompaniment.id, descending=True)
"""The last closed first. For closed ones only."""
BY_OPENING = Order(Accompaniment.opened_on, Accompaniment.id, descending=True)
"""The last opened first."""
BY_EVENT = Order(Accompaniment.event_on, Accompaniment.id, descending=True, gaps=True)
"""The last event first, after those of which nobody knows the day."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Which part of the register: open or closed, one event."""

    closed: bool = False
    event: str | None = None


def open_for(session: Session, matricule: str | None) -> Accompaniment | None:
    """The open accompaniment of the person of that Caf file number, with its worker's name; None without one."""
    if not matricule:
        return None
    return session.scalar(_OPEN, {"index": ring().blind_index("matricule", matricule)})


def follows(session: Session, account_id: UUID, matricule_index: bytes | None) -> bool:
    """Whether the account accompanies the family of that blind index now; without one there is none."""
    query = _OPEN.where(Accompaniment.worker_id == account_id)
    return session.scalar(query, {"index": matricule_index}) is not None


def last_closed_for(session: Session, matricule: str | None) -> Accompaniment | None:
    """The accompaniment that the Caf closed last for that person; None when it never closed one (R-OR-2)."""
    query = _of(matricule).where(Accompaniment.closed_on.is_not(None))
    return session.scalar(query.order_by(Accompaniment.closed_on.desc(), Accompaniment.id.desc()).limit(1))


def closed_for_event(
    session: Session, matricule: str | None, event: str | None, event_on: date | None
) -> bool:
    """Whether the Caf closed an accompaniment of that person for this very event (R-OR-2)."""
    if event is None:
        return False
    query = _of(matricule).where(Accompaniment.closed_on.is_not(None), Accompaniment.event == event)
    if event_on is not None:
        query = query.where(Accompaniment.event_on == event_on)
    return session.scalar(query.limit(1)) is not None


def kept_by(actor: Actor) -> ColumnElement[bool]:
    """The rows that the actor keeps: a worker's own, the whole service's for its secretariat and its head."""
    if not may(actor, Permission.READ_ACCOMPANIMENTS):
        return false()
    own = Accompaniment.worker_id == actor.account_id if actor.role is Role.CAF_TS else true()
    free = ~names_family_of(
        actor.account_id,
        ticket_id=Accompaniment.ticket_id,
        matricule_index=Accompaniment.matricule_index,
    )
    return and_(own, free, in_no_archive(Accompaniment.ticket_id))


def one(actor: Actor, identifier: UUID) -> Select[Accompaniment]:
    """The row of that identifier, if the actor keeps it."""
    return (
        select(Accompaniment)
        .options(joinedload(Accompaniment.worker).load_only(Account.name))
        .where(Accompaniment.id == identifier, kept_by(actor))
    )


def register(
    actor: Actor, filters: Filters, order: Order, place: Place | None = None
) -> Select[Accompaniment]:
    """A part of the register in an order, from a place on."""
    query = (
        select(Accompaniment)
        .join(Accompaniment.worker)
        .options(contains_eager(Accompaniment.worker).load_only(Account.name))
        .where(kept_by(actor), *_conditions(filters))
    )
    return order.rows(query, place)


def counted(actor: Actor, filters: Filters) -> Select[UUID]:
    """The rows of that part, to be counted."""
    return select(Accompaniment.id).where(kept_by(actor), *_conditions(filters))


def _conditions(filters: Filters) -> Iterator[ColumnElement[bool]]:
    yield Accompaniment.closed_on.is_not(None) if filters.closed else Accompaniment.closed_on.is_(None)
    if filters.event is not None:
        yield Accompaniment.event == filters.event


_WITH_WORKER = select(Accompaniment).options(joinedload(Accompaniment.worker).load_only(Account.name))
_OPEN = _WITH_WORKER.where(
    Accompaniment.closed_on.is_(None), Accompaniment.matricule_index == bindparam("index")
)


def _of(matricule: str | None) -> Select[Accompaniment]:
    if not matricule:
        return _WITH_WORKER.where(false())
    return _WITH_WORKER.where(Accompaniment.matricule_index == ring().blind_index("matricule", matricule))
