"""Mails to send, written in the transaction of their act. No personal data in them (R-DP-5)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from service.models.base import Identified


class OutboxMail(Identified):
    """A mail with its Message-ID fixed at insertion; sending is at least once."""

    __tablename__ = "outbox_mail"

    ticket_id: Mapped[UUID | None] = mapped_column(ForeignKey("ticket.id"), index=True)
    event: Mapped[str] = mapped_column(String(30))
    recipient: Mapped[str] = mapped_column(String(254))
    unit_id: Mapped[str | None] = mapped_column(ForeignKey("unit.code"), index=True)
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    message_id: Mapped[str] = mapped_column(String(120), unique=True)
    created_at: Mapped[datetime] = mapped_column(index=True)
    sent_at: Mapped[datetime | None]
