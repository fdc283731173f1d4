"""The mails written by Relais, newest first; those that nobody received. They hold no personal data (R-DP-5)."""

from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, false, select, true
from sqlalchemy.orm import Session

from service.models import OutboxMail, Ticket
from service.permissions import CONTENT_ROLES, OUT_OF_LISTS, Actor, Permission, Role, may
from service.queries import keyset
from service.queries.keyset import Counted, Order, Page, Place
from service.queries.tickets import in_no_archive, visible_to

BY_WRITING = Order(OutboxMail.created_at, OutboxMail.id, descending=True)
"""The newest first."""
BY_FAILURE = Order(OutboxMail.failed_at, OutboxMail.id)
"""The longest waiting first. For those not delivered only."""


class MailRow(NamedTuple):
    """A mail, and the reference of its ticket if the actor may read that too."""

    mail: OutboxMail
    ticket: str | None


def readable_mails(actor: Actor) -> ColumnElement[bool]:
    """Those of one's own unit; all for the administration; none for who has neither tickets nor units."""
    if actor.role is Role.ADMIN:
        return in_no_archive(OutboxMail.ticket_id)
    if actor.role in CONTENT_ROLES:
        return and_(OutboxMail.unit_id == actor.unit_id, in_no_archive(OutboxMail.ticket_id))
    return false()


def page(
    session: Session, actor: Actor, limit: int, order: Order = BY_WRITING, place: Place | None = None
) -> Page[MailRow]:
    """The mails that the actor may read, in an order, from a place on."""
    query = (
        select(OutboxMail, Ticket.reference)
        .outerjoin(Ticket, and_(Ticket.id == OutboxMail.ticket_id, visible_to(actor)))
        .where(readable_mails(actor))
    )
    found = session.execute(order.rows(query, place).limit(limit + 1))
    rows = [MailRow(mail, reference) for mail, reference in found]
    return keyset.page(rows, limit, place, lambda row: order.edge(row.mail))


def count(session: Session, actor: Actor) -> Counted:
    """How many mails the actor may read."""
    return keyset.count(session, select(OutboxMail.id).where(readable_mails(actor)))


def failed_for(actor: Actor) -> ColumnElement[bool]:
    """Not delivered, not settled: those of the unit for its head or secretariat, all for the administration."""
    if not may(actor, Permission.READ_FAILED_MAILS):
        return false()
    waiting = and_(
        OutboxMail.failed_at.is_not(None),
        OutboxMail.settled_at.is_(None),
        in_no_archive(OutboxMail.ticket_id),
    )
    return waiting if actor.role is Role.ADMIN else and_(waiting, OutboxMail.unit_id == actor.unit_id)


class FailedRow(NamedTuple):
    """A mail not delivered, the reference that its subject names, and whether the actor may open that ticket.

    No reference of a notice for who may not open it (R-PE-4).
    """

    mail: OutboxMail
    reference: str | None
    opens: bool


def failed(
    session: Session,
    actor: Actor,
    limit: int,
    *,
    unit: str | None = None,
    order: Order = BY_FAILURE,
    place: Place | None = None,
) -> Page[FailedRow]:
    """Those that wait for the actor, the longest waiting first or in another order, from a place on."""
    query = (
        select(OutboxMail, Ticket.reference, Ticket.kind, visible_to(actor))
        .outerjoin(Ticket, Ticket.id == OutboxMail.ticket_id)
        .where(failed_for(actor), true() if unit is None else OutboxMail.unit_id == unit)
    )
    rows = [
        FailedRow(mail, reference if seen or kind not in OUT_OF_LISTS else None, bool(seen))
        for mail, reference, kind, seen in session.execute(order.rows(query, place).limit(limit + 1))
    ]
    return keyset.page(rows, limit, place, lambda row: order.edge(row.mail))


def count_failed(session: Session, actor: Actor, unit: str | None = None) -> Counted:
    """How many wait for the actor."""
    of_unit = true() if unit is None else OutboxMail.unit_id == unit
    return keyset.count(session, select(OutboxMail.id).where(failed_for(actor), of_unit))
