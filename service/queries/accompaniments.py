"""The register of accompaniments (R-AC): who follows a person, and the lists of those who keep it."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, bindparam, false, func, select, true
from sqlalchemy.orm import Session, aliased, contains_eager, joinedload

from service.models import Accompaniment, Account
from service.permissions import Actor, Permission, Role, may
from service.queries.tickets import in_no_archive, names_family_of
from service.sealing import ring

PAGE = 50


@dataclass(frozen=True, slots=True)
class Listed:
    """Which part of the register: open or closed, and after which row."""

    closed: bool = False
    after: UUID | None = None


def open_for(session: Session, matricule: str | None) -> Accompaniment | None:
    """The open accompaniment of the person of that Caf file number, with its worker's name; None without one."""
    if not matricule:
        return None
    return session.scalar(_OPEN, {"index": ring().blind_index("matricule", matricule)})


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


def register(actor: Actor, listed: Listed) -> Select[Accompaniment]:
    """One page and a row more: the open ones by term, the first to come first; the closed ones by closing day."""
    day = Accompaniment.closed_on if listed.closed else Accompaniment.term_on
    query = (
        select(Accompaniment)
        .join(Accompaniment.worker)
        .options(contains_eager(Accompaniment.worker).load_only(Account.name))
        .where(kept_by(actor), _is(listed))
        .limit(PAGE + 1)
    )
    query = query.order_by(day.desc() if listed.closed else day, Accompaniment.id)
    if listed.after is None:
        return query
    other = aliased(Accompaniment)
    there = select(other.closed_on if listed.closed else other.term_on).where(other.id == listed.after)
    last = there.scalar_subquery()
    later = day < last if listed.closed else day > last
    return query.where(later | ((day == last) & (Accompaniment.id > listed.after)))


def counted(actor: Actor, listed: Listed) -> Select[int]:
    """How many rows the whole list has."""
    return select(func.count(Accompaniment.id)).where(kept_by(actor), _is(listed))


def _is(listed: Listed) -> ColumnElement[bool]:
    return Accompaniment.closed_on.is_not(None) if listed.closed else Accompaniment.closed_on.is_(None)


_WITH_WORKER = select(Accompaniment).options(joinedload(Accompaniment.worker).load_only(Account.name))
_OPEN = _WITH_WORKER.where(
    Accompaniment.closed_on.is_(None), Accompaniment.matricule_index == bindparam("index")
)


def _of(matricule: str | None) -> Select[Accompaniment]:
    if not matricule:
        return _WITH_WORKER.where(false())
    return _WITH_WORKER.where(Accompaniment.matricule_index == ring().blind_index("matricule", matricule))
