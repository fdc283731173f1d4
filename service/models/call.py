"""Calls on the direct line (R-UD-3, R-IND-I-10): answered ones have a ticket, unanswered ones may get one."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from service.models.base import Identified, Sealed


class Call(Identified):
    """One call. `ticket_id`: the ticket it opened, or, unanswered, the request made of it afterwards."""

    __tablename__ = "call"
    __table_args__ = (
        CheckConstraint("minutes >= 0 AND minutes <= 240", name="minutes"),
        CheckConstraint("NOT answered OR ticket_id IS NOT NULL", name="answered_has_ticket"),
    )

    cdas_code: Mapped[str] = mapped_column(ForeignKey("unit.code"), index=True)
    matricule_sealed: Mapped[bytes | None]
    matricule_index: Mapped[bytes | None] = mapped_column(index=True)
    benefit: Mapped[str | None] = mapped_column(String(20))
    event: Mapped[str | None] = mapped_column(String(20))
    started_at: Mapped[datetime] = mapped_column(index=True)
    minutes: Mapped[int]
    answered: Mapped[bool]
    outcome: Mapped[str | None] = mapped_column(String(24))
    remark_sealed: Mapped[bytes | None]
    ticket_id: Mapped[UUID | None] = mapped_column(ForeignKey("ticket.id"), index=True)
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    recorded_unit_id: Mapped[str] = mapped_column(ForeignKey("unit.code"))

    matricule = Sealed()
    remark = Sealed()
