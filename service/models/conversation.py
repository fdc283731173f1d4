"""What both sides write on a ticket, what one side keeps to itself, and the files joined to it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from service import clock
from service.models.base import Identified, Sealed, SealedBytes
from service.models.unit import one_of
from service.permissions import Institution


class Message(Identified):
    """A text that both sides of the ticket read; `sequence` is the journal entry it came with, if any.

    `recorded_at`: when it was there to be read, which for a mail is later than it was written.
    """

    __tablename__ = "message"
    __table_args__ = (Index("ix_message_ticket", "ticket_id", "id"),)

    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("ticket.id"))
    author_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    unit_id: Mapped[str | None] = mapped_column(ForeignKey("unit.code"))
    institution: Mapped[str | None] = mapped_column(String(12))
    sequence: Mapped[int | None]
    channel: Mapped[str] = mapped_column(String(12))
    written_at: Mapped[datetime]
    recorded_at: Mapped[datetime | None] = mapped_column(default=clock.now, index=True)
    body_sealed: Mapped[bytes]

    body = Sealed()


class InternalNote(Identified):
    """A note that only the institution of its author reads, by any road (R-DP-3)."""

    __tablename__ = "internal_note"
    __table_args__ = (
        CheckConstraint(one_of("institution", Institution), name="institution"),
        Index("ix_internal_note_ticket", "ticket_id", "institution", "id"),
    )

    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("ticket.id"))
    author_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    institution: Mapped[str] = mapped_column(String(12))
    written_at: Mapped[datetime]
    body_sealed: Mapped[bytes]

    body = Sealed()


class Attachment(Identified):
    """A file joined to a ticket, encrypted in the transaction of its act; `sha256` is of the plain content.

    `description`: what who joined it says that it holds, for who can not read a picture of it.
    """

    __tablename__ = "attachment"
    __table_args__ = (
        CheckConstraint(
            "content_type IN ('application/pdf', 'image/jpeg', 'image/png')", name="content_type"
        ),
        CheckConstraint("size > 0 AND size <= 10485760", name="size"),
        Index("ix_attachment_ticket", "ticket_id", "id"),
    )

    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("ticket.id"))
    author_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    unit_id: Mapped[str | None] = mapped_column(ForeignKey("unit.code"))
    joined_at: Mapped[datetime] = mapped_column(index=True)
    content_type: Mapped[str] = mapped_column(String(20))
    size: Mapped[int]
    sha256: Mapped[bytes]
    filename_sealed: Mapped[bytes]
    description_sealed: Mapped[bytes | None]
    content_sealed: Mapped[bytes] = mapped_column(deferred=True)

    filename = Sealed()
    description = Sealed()
    content = SealedBytes()
