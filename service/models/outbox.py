"""Mails to send, written in the transaction of their act. No personal data in them (R-DP-5)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from service.models.base import Identified, Sealed


class OutboxMail(Identified):
    """A mail with its Message-ID fixed at insertion; sending is at least once.

    `next_try_at`: when to try next; None once it left, was refused for good, or is too old to be sent at all.
    `failed_at`, `failure`: refused for good, or bounced: somebody has to look, and settles it.
    """

    __tablename__ = "outbox_mail"

    ticket_id: Mapped[UUID | None] = mapped_column(ForeignKey("ticket.id"), index=True)
    event: Mapped[str] = mapped_column(String(30))
    recipient: Mapped[str] = mapped_column(String(254))
    unit_id: Mapped[str | None] = mapped_column(ForeignKey("unit.code"), index=True)
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    message_id: Mapped[str] = mapped_column(String(120), unique=True)
    calendar: Mapped[str | None] = mapped_column(Text)
    """The invitation that goes with it (text/calendar)."""
    link_sealed: Mapped[bytes | None]
    """What opens something by itself and ends the mail: gone once the mail left or is settled."""
    created_at: Mapped[datetime] = mapped_column(index=True)
    sent_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    next_try_at: Mapped[datetime | None] = mapped_column(index=True)
    failed_at: Mapped[datetime | None] = mapped_column(index=True)
    failure: Mapped[str | None] = mapped_column(String(200))
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))

    link = Sealed()
