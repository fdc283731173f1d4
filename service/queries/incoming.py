"""Incoming messages as those who qualify them may read them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, tuple_
from sqlalchemy.orm import Session, aliased, undefer

from service.models import Account, IncomingFile, IncomingMail, Ticket
from service.permissions import Actor, Permission, Role, may
from service.queries import keyset
from service.queries.keyset import Counted, Order, Place
from service.queries.readers import as_read_by, sort_of
from service.queries.tickets import in_no_archive, names_family_of, visible_to

VIEWS = ("waiting", "aside", "left", "qualified")
"""To qualify; kept aside whole; what stands beside a ticket; qualified, newest first."""


BY_RECEPTION = Order(IncomingMail.received_at, IncomingMail.id)
"""The longest waiting first."""
BY_QUALIFICATION = Order(IncomingMail.qualified_at, IncomingMail.id, descending=True)
"""The last qualified first. For qualified ones only."""


def readable_by(actor: Actor) -> ColumnElement[bool]:
    """The rows that the actor may read. What no program could read is the secretariat's alone (R-DP-7)."""
    if not may(actor, Permission.QUALIFY_MESSAGES):
        return false()
    hidden = ("automatic",) if may_read_raw(actor) else ("automatic", "set_aside")
    return and_(
        IncomingMail.fate.not_in(hidden),
        in_no_archive(IncomingMail.ticket_id),
        ~names_family_of(
            actor.account_id, ticket_id=IncomingMail.ticket_id, matricule_index=IncomingMail.matricule_index
        ),
    )


def may_read_raw(actor: Actor) -> bool:
    """Whether the actor may read messages whole, as they came."""
    return actor.role is Role.CAF_SECRETARIAT


def listed(
    actor: Actor, view: str, order: Order = BY_RECEPTION, place: Place | None = None
) -> Select[IncomingMail]:
    """The messages of a view, in an order, from a place on."""
    return order.rows(select(IncomingMail).where(readable_by(actor), _of_view(view)), place)


def count(session: Session, actor: Actor, view: str) -> Counted:
    """How many messages a view holds."""
    return keyset.count(session, _to_count(sort_of(actor), view), as_read_by(actor))


@lru_cache(maxsize=64)  # one of them is asked for the menu of each page
def _to_count(reader: Actor, view: str) -> Select[UUID]:
    return select(IncomingMail.id).where(readable_by(reader), _of_view(view))


def counts(session: Session, actor: Actor) -> Mapping[str, Counted]:
    """The same of each view."""
    return {view: count(session, actor, view) for view in VIEWS}


def next_waiting(actor: Actor, after: UUID | None = None) -> Select[UUID]:
    """The message to qualify that has waited longest; after another one when the actor passes it over."""
    query = listed(actor, "waiting").with_only_columns(IncomingMail.id).limit(1)
    if after is None:
        return query
    other = aliased(IncomingMail)
    passed = select(other.received_at, other.id).where(other.id == after).scalar_subquery()
    return query.where(tuple_(IncomingMail.received_at, IncomingMail.id) > passed)


def one(actor: Actor, mail_id: UUID) -> Select[IncomingMail]:
    """The message with its texts, if the actor may read it."""
    return (
        select(IncomingMail)
        .where(IncomingMail.id == mail_id, readable_by(actor))
        .options(undefer(IncomingMail.text_sealed), undefer(IncomingMail.rest_sealed))
    )


def has_raw() -> ColumnElement[bool]:
    """Whether the bytes of the message are kept."""
    return IncomingMail.raw_sealed.is_not(None)


def files(actor: Actor, mail_id: UUID) -> Select[IncomingFile]:
    """The files of a message that waits, without their content."""
    return (
        select(IncomingFile)
        .join(IncomingMail, IncomingMail.id == IncomingFile.mail_id)
        .where(IncomingFile.mail_id == mail_id, readable_by(actor))
        .order_by(IncomingFile.id)
    )


def references(session: Session, actor: Actor, mails: Sequence[IncomingMail]) -> Mapping[UUID, str]:
    """The references of the requests that the messages made or joined, by message, as far as the actor may read."""
    rows = session.execute(
        select(IncomingMail.id, Ticket.reference)
        .join(Ticket, Ticket.id == IncomingMail.ticket_id)
        .where(IncomingMail.id.in_([mail.id for mail in mails]), visible_to(actor))
    )
    return {row.id: row.reference for row in rows}


def qualifier(mail_id: UUID) -> Select[str]:
    """Who qualified the message, by name."""
    return (
        select(Account.name)
        .join(IncomingMail, IncomingMail.qualified_by == Account.id)
        .where(IncomingMail.id == mail_id)
    )


def natures(since: datetime, until: datetime) -> Select[str | None, int]:
    """How many messages were qualified in a period, by nature."""
    return (
        select(IncomingMail.nature, func.count(IncomingMail.id))
        .where(
            IncomingMail.fate == "qualified",
            IncomingMail.qualified_at >= since,
            IncomingMail.qualified_at < until,
        )
        .group_by(IncomingMail.nature)
        .order_by(IncomingMail.nature)
    )


def _of_view(view: str) -> ColumnElement[bool]:
    unseen = IncomingMail.qualified_at.is_(None)
    return {
        "waiting": IncomingMail.fate == "to_qualify",
        "aside": and_(IncomingMail.fate == "set_aside", has_raw()),
        "left": and_(
            IncomingMail.fate.in_(("ticket", "joined")),
            unseen,
            or_(has_raw(), IncomingMail.rest_sealed.is_not(None)),
        ),
        "qualified": IncomingMail.fate == "qualified",
    }[view]
