"""The journal of a ticket, append-only and chained, and the log of who read what (R-DP-4)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from service.models.base import Base, Identified, Sealed
from service.models.kept_codes import KeptCodes


class JournalEntry(Base):
    """One transition. Payload and salt may be erased; everything else stays.

    `hash` covers all of it but `codes`: the part of the payload that figures go on reading, which its digest covers.
    """

    __tablename__ = "journal_entry"
    __table_args__ = (
        CheckConstraint("happened_at <= recorded_at", name="happened_before_recorded"),
        CheckConstraint("sequence >= 1", name="sequence"),
    )

    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("ticket.id"), primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    transition: Mapped[str] = mapped_column(String(30))
    from_state: Mapped[str | None] = mapped_column(String(20))
    to_state: Mapped[str] = mapped_column(String(20))
    actor_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    actor_unit_id: Mapped[str | None] = mapped_column(ForeignKey("unit.code"))
    next_step_unit_id: Mapped[str | None] = mapped_column(ForeignKey("unit.code"))
    happened_at: Mapped[datetime]
    recorded_at: Mapped[datetime] = mapped_column(index=True)
    codes: Mapped[dict[str, Any] | None] = mapped_column(KeptCodes(400))
    payload_digest: Mapped[bytes]
    payload_salt: Mapped[bytes | None]
    payload_sealed: Mapped[bytes | None]
    previous_hash: Mapped[bytes]
    hash: Mapped[bytes]

    payload = Sealed()

    def sealing_row(self) -> str:
        """Bound to its place in the chain."""
        return f"{self.ticket_id}.{self.sequence}"


class AccessEntry(Identified):
    """Who opened, searched, downloaded, was refused, or acted on the register (R-AC); no content (R-DP-4)."""

    __tablename__ = "access_entry"
    __table_args__ = (
        # Who opened it, and when somebody opened it last: the marks of a list (queries/news.py).
        Index("ix_access_entry_reader", "ticket_id", "account_id", "at"),
        Index("ix_access_entry_account", "account_id", "at"),
    )

    at: Mapped[datetime]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    # No foreign key: it outlives a deleted draft, and may name an accompaniment.
    ticket_id: Mapped[UUID | None]
    act: Mapped[str] = mapped_column(String(20))
    refused: Mapped[bool] = mapped_column(default=False)
