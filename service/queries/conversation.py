"""What was written on a ticket and joined to it, as the actor may read it, oldest first."""

from functools import cache
from uuid import UUID

from sqlalchemy import Select, bindparam, select

from service.models import Account, Attachment, InternalNote, Message, Ticket, Unit
from service.permissions import Actor
from service.queries.readers import Asked, as_read_by, sort_of
from service.queries.tickets import readable_to


def messages(actor: Actor, ticket_id: UUID) -> Asked[Message, str, str]:
    """The shared messages, each with the name of its author and of their unit (None when it came by mail)."""
    return Asked(_messages(sort_of(actor)), as_read_by(actor, ticket=ticket_id))


@cache
def _messages(reader: Actor) -> Select[Message, str, str]:
    return (
        select(Message, Account.name, Unit.name)
        .join(Ticket, Ticket.id == Message.ticket_id)
        .outerjoin(Account, Account.id == Message.author_id)
        .outerjoin(Unit, Unit.code == Message.unit_id)
        .where(Message.ticket_id == bindparam("ticket"), readable_to(reader))
        .order_by(Message.written_at, Message.id)
    )


def notes(actor: Actor, ticket_id: UUID) -> Asked[InternalNote, str, str]:
    """The internal notes of the actor's own institution, never the other's (R-DP-3), with author and unit."""
    return Asked(_notes(sort_of(actor)), as_read_by(actor, ticket=ticket_id))


@cache
def _notes(reader: Actor) -> Select[InternalNote, str, str]:
    return (
        select(InternalNote, Account.name, Unit.name)
        .join(Ticket, Ticket.id == InternalNote.ticket_id)
        .join(Account, Account.id == InternalNote.author_id)
        .join(Unit, Unit.code == InternalNote.unit_id)
        .where(
            InternalNote.ticket_id == bindparam("ticket"),
            InternalNote.institution == reader.institution,
            readable_to(reader),
        )
        .order_by(InternalNote.written_at, InternalNote.id)
    )


def attachments(actor: Actor, ticket_id: UUID) -> Asked[Attachment, str, str]:
    """The joined files without their content, with the name of who joined them and of their unit."""
    return Asked(_attachments(sort_of(actor)), as_read_by(actor, ticket=ticket_id))


@cache
def _attachments(reader: Actor) -> Select[Attachment, str, str]:
    return (
        select(Attachment, Account.name, Unit.name)
        .join(Ticket, Ticket.id == Attachment.ticket_id)
        .outerjoin(Account, Account.id == Attachment.author_id)
        .outerjoin(Unit, Unit.code == Attachment.unit_id)
        .where(Attachment.ticket_id == bindparam("ticket"), readable_to(reader))
        .order_by(Attachment.joined_at, Attachment.id)
    )
