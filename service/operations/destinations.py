"""Where an incoming message belongs: on a known ticket, on a new one, or before somebody's eyes (workflows.md §1)."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.models import OutboxMail, Ticket
from service.notifications.incoming import IncomingMessage
from service.operations.correspondents import Correspondents
from service.workflows import reference as references
from service.workflows.qualification import Waits
from service.workflows.registry import WORKFLOWS


def destination(
    session: Session, message: IncomingMessage, who: Correspondents
) -> tuple[Ticket | None, Waits | None]:
    """The ticket to join, held until the end of the transaction, or why somebody has to judge; neither: a new ticket.

    A message joins a ticket only when it is the word of the CDAS that asks there: a reference opens nothing to
    others, and what the Caf writes to itself is not published to a CDAS (R-DP-3). An archived ticket is not known.
    """
    meant = _tickets_meant(session, message)
    if not meant:
        return None, (None if message.keyword else Waits.NO_KEYWORD)
    if who.vouched is None:
        return None, (Waits.FROM_CAF if who.by_caf else Waits.STRANGER)
    theirs = [ticket for ticket in meant if ticket.asking_unit_id == who.vouched.code]
    if not theirs:
        return None, Waits.STRANGER
    going = [ticket for ticket in theirs if not WORKFLOWS[ticket.kind].state(ticket.state).final]
    return (going[0], None) if going else (None, Waits.ENDED)


def is_own(session: Session, message: IncomingMessage) -> bool:
    """Whether it is a mail of Relais itself: the mailbox that is read may be one that is told of things."""
    if message.message_id is None:
        return False
    query = select(OutboxMail.id).where(OutboxMail.message_id.in_(_written([message.message_id])))
    return session.scalar(query) is not None


def _tickets_meant(session: Session, message: IncomingMessage) -> Sequence[Ticket]:
    """Tickets named in what was written, else answered to, else named in the history.

    With the keyword the history says nothing: people answer to an old mail to tell of somebody else.
    """
    passed_on = (message.forwarded,) if message.is_forward else ()
    texts = (message.subject, message.text, *passed_on)
    named = [reference for text in texts for reference in references.find(text)]
    if found := _by_reference(session, named):
        return found
    if found := _answered(session, message):
        return found
    return [] if message.keyword else _by_reference(session, message.references)


def _by_reference(session: Session, named: Sequence[str]) -> Sequence[Ticket]:
    if not named:
        return []
    query = select(Ticket).where(Ticket.reference.in_(named), Ticket.archived_at.is_(None))
    query = query.order_by(Ticket.id).with_for_update()
    return sorted(session.scalars(query), key=lambda ticket: named.index(ticket.reference))


def _answered(session: Session, message: IncomingMessage) -> Sequence[Ticket]:
    identifiers = [one for one in (message.in_reply_to, *message.thread) if one]
    if not identifiers:
        return []
    told = select(OutboxMail.ticket_id).where(OutboxMail.message_id.in_(_written(identifiers)))
    query = select(Ticket).where(Ticket.id.in_(told), Ticket.archived_at.is_(None))
    query = query.order_by(Ticket.id).with_for_update()
    return session.scalars(query).all()


def _written(identifiers: Sequence[str]) -> list[str]:
    """Message-IDs with and without their brackets."""
    return [form for one in identifiers for form in (one, f"<{one}>")]
