"""Messages that came from CDAP or a mailbox: joined to a ticket, waiting to be qualified, or kept aside whole."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from service.models.base import Identified, Sealed, SealedBytes

FATES = ("ticket", "joined", "to_qualify", "qualified", "set_aside", "automatic")


class IncomingMail(Identified):
    """One message, once: `fingerprint` is what makes the same message known when it comes again.

    `text` is what a ticket made of it would show to both sides; `rest` what it would not: the word of a colleague
    of the Caf who passed it on, the history. What a ticket holds is not kept here a second time. `raw`: the bytes
    of a message that could not be read, or not to its end, until somebody has seen it or 30 days (R-DP-7).
    `matricule_index`: of the Caf file that a waiting message names, for who has a link with that family (R-DP-1).
    """

    __tablename__ = "incoming_mail"
    __table_args__ = (
        CheckConstraint(f"fate IN {FATES!r}", name="fate"),
        CheckConstraint("fate NOT IN ('ticket', 'joined') OR ticket_id IS NOT NULL", name="has_ticket"),
        CheckConstraint(
            "fate <> 'qualified' OR (nature IS NOT NULL AND qualified_at IS NOT NULL)", name="nature"
        ),
        Index("ix_incoming_mail_fate", "fate", "received_at", "id"),
        Index("ix_incoming_mail_qualified", "fate", "qualified_at", "id"),
    )

    fingerprint: Mapped[str] = mapped_column(String(80), unique=True)
    fate: Mapped[str] = mapped_column(String(12))
    nature: Mapped[str | None] = mapped_column(String(30))
    reason: Mapped[str | None] = mapped_column(String(200))
    channel: Mapped[str] = mapped_column(String(12))
    received_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    qualified_at: Mapped[datetime | None]
    qualified_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    asking_unit_id: Mapped[str | None] = mapped_column(ForeignKey("unit.code"))
    ticket_id: Mapped[UUID | None] = mapped_column(ForeignKey("ticket.id"), index=True)
    matricule_index: Mapped[bytes | None]
    nir_masked: Mapped[int] = mapped_column(default=0)
    sender_sealed: Mapped[bytes | None]
    subject_sealed: Mapped[bytes | None]
    text_sealed: Mapped[bytes | None] = mapped_column(deferred=True)
    rest_sealed: Mapped[bytes | None] = mapped_column(deferred=True)
    raw_sealed: Mapped[bytes | None] = mapped_column(deferred=True)

    sender = Sealed()
    subject = Sealed()
    text = Sealed()
    rest = Sealed()
    raw = SealedBytes()


class IncomingFile(Identified):
    """A file of a message that waits to be qualified, of a type that tickets take; it follows the message."""

    __tablename__ = "incoming_file"

    mail_id: Mapped[UUID] = mapped_column(ForeignKey("incoming_mail.id"), index=True)
    content_type: Mapped[str] = mapped_column(String(20))
    size: Mapped[int]
    filename_sealed: Mapped[bytes]
    content_sealed: Mapped[bytes] = mapped_column(deferred=True)

    filename = Sealed()
    content = SealedBytes()
