"""The log of readings as heads and the audit may consult it (R-DP-4): who, when, which request; no content."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, select, true
from sqlalchemy.orm import InstrumentedAttribute, aliased

from service import clock
from service.models import AccessEntry, Account, KeptOut, ReadingStop, Ticket, Unit, UnusualRead
from service.permissions import OUT_OF_LISTS, Actor, Role, UnitKind
from service.queries import tickets
from service.queries.keyset import Order

SIGNS = 200
"""So many unusual readings at most."""
BY_TIME = Order(AccessEntry.at, AccessEntry.id, descending=True)
"""The last first."""


def of_ticket(actor: Actor, reference: str) -> Select[AccessEntry, str, str]:
    """Who opened the ticket or was refused it; nothing of one that the actor could not read."""
    return (
        select(AccessEntry, Account.name, Unit.name)
        .join(Ticket, Ticket.id == AccessEntry.ticket_id)
        .join(Account, Account.id == AccessEntry.account_id)
        .join(Unit, Unit.code == AccessEntry.unit_id)
        .where(tickets.named(reference), _nameable(actor))
    )


def of_person(
    actor: Actor, account_id: UUID, start: datetime, end: datetime
) -> Select[AccessEntry, str | None, str]:
    """What somebody did in the actor's unit between two instants; a request that the actor may not name stays so."""
    return (
        select(AccessEntry, Ticket.reference, Unit.name)
        .join(Unit, Unit.code == AccessEntry.unit_id)
        .outerjoin(Ticket, and_(Ticket.id == AccessEntry.ticket_id, _nameable(actor)))
        .where(
            AccessEntry.account_id == account_id,
            AccessEntry.at >= start,
            AccessEntry.at < end,
            of_service(actor, AccessEntry.unit_id),
            ~_of_a_notice(),
        )
    )


def stops(actor: Actor) -> Select[ReadingStop, str, str]:
    """The readings that are stopped now, in the actor's unit or everywhere for the audit."""
    return (
        select(ReadingStop, Account.name, Unit.name)
        .join(Account, Account.id == ReadingStop.account_id)
        .join(Unit, Unit.code == ReadingStop.unit_id)
        .where(
            of_service(actor, ReadingStop.unit_id),
            ReadingStop.until > clock.now(),
            ReadingStop.lifted_at.is_(None),
        )
        .order_by(ReadingStop.stopped_at.desc())
    )


def unusual(actor: Actor) -> Select[UnusualRead, str, str, str | None]:
    """The signs of the last weeks in the actor's unit, or everywhere for the audit; never about the actor."""
    return (
        select(UnusualRead, Account.name, Unit.name, Ticket.reference)
        .join(Account, Account.id == UnusualRead.account_id)
        .join(Unit, Unit.code == UnusualRead.unit_id)
        .outerjoin(Ticket, and_(Ticket.id == UnusualRead.ticket_id, _nameable(actor)))
        .where(
            of_service(actor, UnusualRead.unit_id),
            UnusualRead.account_id != actor.account_id,
        )
        .order_by(UnusualRead.week.desc(), UnusualRead.day, Account.name, UnusualRead.id)
        .limit(SIGNS)
    )


def kept_out(actor: Actor, ticket_id: UUID) -> Select[KeptOut, str]:
    """The accounts of the actor's institution that are kept out of the ticket, but for the actor's own."""
    return (
        select(KeptOut, Account.name)
        .join(Account, Account.id == KeptOut.account_id)
        .where(
            KeptOut.ticket_id == ticket_id,
            Account.institution == actor.institution.value,
            KeptOut.account_id != actor.account_id,
        )
        .order_by(Account.name)
    )


def _of_a_notice() -> ColumnElement[bool]:
    """Not even that one was read (R-PE-4): where all others are named, the one that is not would be known."""
    notice = aliased(Ticket)
    return exists().where(notice.id == AccessEntry.ticket_id, notice.kind.in_(OUT_OF_LISTS))


def _nameable(actor: Actor) -> ColumnElement[bool]:
    """The audit reads references, those of notices left out (R-PE-4); a head those of what they may list."""
    if actor.role is Role.AUDITOR:
        return Ticket.kind.not_in(OUT_OF_LISTS)
    return tickets.listed_to(actor)


def of_service(actor: Actor, unit: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """Whose readings one looks after: a head's unit, and the secretariat for the head of the Caf social service.

    Everybody's for the audit.
    """
    if actor.role is Role.AUDITOR:
        return true()
    if actor.role is Role.CAF_HEAD:
        social = (UnitKind.CAF_SOCIAL.value, UnitKind.CAF_SECRETARIAT.value)
        return unit.in_(select(Unit.code).where(Unit.kind.in_(social)))
    return unit == actor.unit_id
