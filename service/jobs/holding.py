"""What a job locks: only the tickets that it acts upon, so that neither people nor other jobs wait for the rest."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.models import Ticket


def held(session: Session, ticket: Ticket) -> bool:
    """Whether the ticket still stands as it was read; then nobody changes it before the commit."""
    query = select(Ticket.id).where(Ticket.id == ticket.id, Ticket.version == ticket.version)
    return session.scalar(query.with_for_update(skip_locked=True)) is not None
