"""Who else is named on a ticket, and which tickets come from one another."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from service.models.base import Base
from service.models.details import codes
from service.workflows.links import WHY


class Participant(Base):
    """Somebody named on a ticket besides its author and holder: may read it and act for their unit."""

    __tablename__ = "participant"

    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("ticket.id"), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True, index=True)
    added_at: Mapped[datetime]


class TicketLink(Base):
    """One ticket made from another, in the same transaction; shown on both, each with its own rights."""

    __tablename__ = "ticket_link"
    __table_args__ = (CheckConstraint(codes("why", WHY), name="why"),)

    from_id: Mapped[UUID] = mapped_column(ForeignKey("ticket.id"), primary_key=True)
    to_id: Mapped[UUID] = mapped_column(ForeignKey("ticket.id"), primary_key=True, index=True)
    why: Mapped[str] = mapped_column(String(32))
    made_at: Mapped[datetime]
