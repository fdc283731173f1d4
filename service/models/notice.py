"""What is told later or not at all: choices, lines of the digest, and the reminders that were given."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.models.base import Base, Identified


class NoticeChoice(Identified):
    """How a unit's mailbox, or a person, wants to hear of an event: at once, in the daily digest, or not."""

    __tablename__ = "notice_choice"
    __table_args__ = (
        CheckConstraint("(unit_code IS NULL) <> (account_id IS NULL)", name="of_one"),
        CheckConstraint("choice IN ('at_once', 'digest', 'none')", name="choice"),
        UniqueConstraint("unit_code", "event"),
        UniqueConstraint("account_id", "event"),
    )

    unit_code: Mapped[str | None] = mapped_column(ForeignKey("unit.code"))
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    event: Mapped[str] = mapped_column(String(30))
    choice: Mapped[str] = mapped_column(String(8))


class DigestLine(Identified):
    """One thing that moved, kept for the next daily digest of an address. No personal data (R-DP-5)."""

    __tablename__ = "digest_line"
    __table_args__ = (Index("ix_digest_line_waiting", "told_at", "recipient"),)

    recipient: Mapped[str] = mapped_column(String(254))
    unit_id: Mapped[str | None] = mapped_column(ForeignKey("unit.code"))
    ticket_id: Mapped[UUID | None] = mapped_column(ForeignKey("ticket.id"), index=True)
    event: Mapped[str] = mapped_column(String(30))
    words: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]
    told_at: Mapped[datetime | None]


class Reminder(Base):
    """That a stage of a deadline was told, once (R-CLK-4). `since`: when the clock, or the wait, began."""

    __tablename__ = "reminder"

    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("ticket.id"), primary_key=True)
    clock: Mapped[str] = mapped_column(String(20), primary_key=True)
    since: Mapped[datetime] = mapped_column(primary_key=True)
    stage: Mapped[str] = mapped_column(String(12), primary_key=True)
    told_at: Mapped[datetime] = mapped_column(index=True)
    told_to: Mapped[str] = mapped_column(Text)
