"""The mailboxes that Relais reads, as the last polls found them."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from service.models.base import Base


class MailboxPoll(Base):
    """The last poll of a mailbox, and the last one that worked; `failures` in a row since."""

    __tablename__ = "mailbox_poll"

    name: Mapped[str] = mapped_column(String(120), primary_key=True)
    polled_at: Mapped[datetime]
    worked_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)
    failure: Mapped[str | None] = mapped_column(String(200))
