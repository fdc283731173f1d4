"""The wordings of the model letters, and the letters that were made. Newest first."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session

from service.models import Account, LetterModel, LetterPrinted, Ticket
from service.permissions import Actor
from service.queries import tickets
from service.workflows.letter_models import LetterKind, Wording


@dataclass(frozen=True, slots=True)
class Current:
    """The wording in use; version 0 is the text that Relais came with, which nobody changed."""

    version: int
    wording: Wording
    changed_at: datetime | None = None
    changed_by: UUID | None = None


def current(session: Session, kind: LetterKind) -> Current:
    """The wording that letters are made with."""
    row = session.scalar(_versions(kind.code).limit(1))
    if row is None:
        return Current(0, kind.wording)
    return Current(row.version, (row.title, row.subject, row.body), row.changed_at, row.changed_by)


def versions(code: str) -> Select[LetterModel, str]:
    """Every wording that the model has had since the first change, each with the name of who wrote it."""
    return _versions(code).join(Account, Account.id == LetterModel.changed_by).add_columns(Account.name)


def printed(actor: Actor) -> Select[LetterPrinted, str, str]:
    """The letters made by the actor's unit: who, and the reference (None for a ticket that the actor may not read)."""
    return (
        select(LetterPrinted, Account.name, Ticket.reference)
        .join(Account, Account.id == LetterPrinted.author_id)
        .outerjoin(Ticket, and_(Ticket.id == LetterPrinted.ticket_id, tickets.visible_to(actor)))
        .where(LetterPrinted.unit_id == actor.unit_id)
        .order_by(LetterPrinted.printed_at.desc(), LetterPrinted.id.desc())
    )


def _versions(code: str) -> Select[LetterModel]:
    return select(LetterModel).where(LetterModel.code == code).order_by(LetterModel.version.desc())
