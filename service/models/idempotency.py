"""Creating calls already answered, so that the same key makes the same thing once."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from service.models.base import Base


class IdempotencyKey(Base):
    """One key of one account: the digest of what was asked and the name of what was made."""

    __tablename__ = "idempotency_key"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    body_digest: Mapped[bytes]
    made: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(index=True)
