"""The mails written by Relais, newest first; those that nobody received. They hold no personal data (R-DP-5)."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.orm import Session

from service.models import OutboxMail, Ticket
from service.permissions import CONTENT_ROLES, OUT_OF_LISTS, Actor, Permission, Role, may
from service.queries.tickets import in_no_archive, visible_to


class MailPosition(NamedTuple):
    """The last mail of a page."""

    created_at: datetime
    id: UUID


class MailRow(NamedTuple):
    """A mail, and the reference of its ticket if the actor may read that too."""

    mail: OutboxMail
    ticket: str | None


class MailPage(NamedTuple):
    """Some mails; `next` is None on the last page."""

    rows: Sequence[MailRow]
    next: MailPosition | None


def readable_mails(actor: Actor) -> ColumnElement[bool]:
    """Those of one's own unit; all for the administration; none for who has neither tickets nor units."""
    if actor.role is Role.ADMIN:
        return in_no_archive(OutboxMail.ticket_id)
    if actor.role in CONTENT_ROLES:
        return and_(OutboxMail.unit_id == actor.unit_id, in_no_archive(OutboxMail.ticket_id))
    return false()


def page(session: Session, actor: Actor, limit: int, after: MailPosition | None = None) -> MailPage:
    """The first `limit` mails after a position, and where the list goes on."""
    query = (
        select(OutboxMail, Ticket.reference)
        .outerjoin(Ticket, and_(Ticket.id == OutboxMail.ticket_id, visible_to(actor)))
        .where(readable_mails(actor))
        .order_by(OutboxMail.created_at.desc(), OutboxMail.id.desc())
    )
    if after is not None:
        same_instant = and_(OutboxMail.created_at == after.created_at, OutboxMail.id < after.id)
        query = query.where(or_(OutboxMail.created_at < after.created_at, same_instant))
    rows = [MailRow(mail, reference) for mail, reference in session.execute(query.limit(limit + 1))]
    if len(rows) <= limit:
        return MailPage(rows, None)
    last = rows[limit - 1].mail
    return MailPage(rows[:limit], MailPosition(last.created_at, last.id))


def count(session: Session, actor: Actor, most: int) -> tuple[int, bool]:
    """How many mails the actor may read, and whether there are more than `most`."""
    bare = select(OutboxMail.id).where(readable_mails(actor)).limit(most + 1).subquery()
    found = session.scalar(select(func.count()).select_from(bare)) or 0
    return min(found, most), found > most


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
    session: Session, actor: Actor, limit: int, after: MailPosition | None = None
) -> Sequence[FailedRow]:
    """Those that wait for the actor, the longest waiting first, after a position by `failed_at`."""
    query = (
        select(OutboxMail, Ticket.reference, Ticket.kind, visible_to(actor))
        .outerjoin(Ticket, Ticket.id == OutboxMail.ticket_id)
        .where(failed_for(actor))
        .order_by(OutboxMail.failed_at, OutboxMail.id)
        .limit(limit)
    )
    if after is not None:
        same_instant = and_(OutboxMail.failed_at == after.created_at, OutboxMail.id > after.id)
        query = query.where(or_(OutboxMail.failed_at > after.created_at, same_instant))
    return [
        FailedRow(mail, reference if seen or kind not in OUT_OF_LISTS else None, bool(seen))
        for mail, reference, kind, seen in session.execute(query)
    ]


def count_failed(session: Session, actor: Actor) -> int:
    """How many wait for the actor."""
    return session.scalar(select(func.count(OutboxMail.id)).where(failed_for(actor))) or 0
