"""Programs that are told when a request moves, and what each was told. References only (R-DP-5)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from service.models.base import Identified, Sealed


class WebhookEndpoint(Identified):
    """An address that is told of the chosen events; its secret signs what is sent, and was shown once.

    `failing_since`: no delivery has succeeded since; `switched_off_at`: nothing is written for it any more.
    """

    __tablename__ = "webhook_endpoint"

    label: Mapped[str] = mapped_column(String(80))
    url: Mapped[str] = mapped_column(String(500))
    events: Mapped[list[str]] = mapped_column(JSON)
    secret_sealed: Mapped[bytes | None]
    created_at: Mapped[datetime]
    created_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    failing_since: Mapped[datetime | None]
    switched_off_at: Mapped[datetime | None]

    secret = Sealed()


class WebhookDelivery(Identified):
    """One event for one address, written in the transaction of its act; sending is at least once.

    `next_try_at`: when to try next; None once it was taken or set aside. `waiting_since`: written, or asked for again.
    `answer`: what came back last, a code without text. The ticket is named by its reference alone: the row is gone
    long before the ticket is eliminated.
    """

    __tablename__ = "webhook_delivery"

    endpoint_id: Mapped[UUID] = mapped_column(ForeignKey("webhook_endpoint.id"), index=True)
    event: Mapped[str] = mapped_column(String(60))
    reference: Mapped[str] = mapped_column(String(20))
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(index=True)
    waiting_since: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    next_try_at: Mapped[datetime | None] = mapped_column(index=True)
    delivered_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    answer: Mapped[str | None] = mapped_column(String(60))

    @property
    def message_id(self) -> str:
        """The `webhook-id`: the same at each try and each replay."""
        return f"msg_{self.id.hex}"
