"""The hourly seals of the journal, one list for each institution, append-only."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from service.models.base import Base
from service.models.unit import one_of
from service.permissions import Institution


class JournalSeal(Base):
    """One seal (service/workflows/seals.py); `heads` is the digest of its `SealedHead` rows."""

    __tablename__ = "journal_seal"
    __table_args__ = (
        CheckConstraint(one_of("institution", Institution), name="institution"),
        CheckConstraint("number >= 1", name="number"),
    )

    institution: Mapped[str] = mapped_column(String(12), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sealed_at: Mapped[datetime]
    tickets: Mapped[int]
    heads: Mapped[bytes]
    previous: Mapped[bytes]
    digest: Mapped[bytes]


class SealedHead(Base):
    """The last entry of one request as a seal found it. No foreign key: it stays to say what was removed."""

    __tablename__ = "sealed_head"
    __table_args__ = (Index("ix_sealed_head_ticket", "ticket_id", "sequence", "institution"),)

    institution: Mapped[str] = mapped_column(String(12), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    ticket_id: Mapped[UUID] = mapped_column(primary_key=True)
    sequence: Mapped[int]
    reference: Mapped[str] = mapped_column(String(16))
    hash: Mapped[bytes]
