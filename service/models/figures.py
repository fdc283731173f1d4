"""The figures of the months, the packs and reports made of them, and what is counted elsewhere and typed in."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.models.base import Base, Identified

DOCUMENT_KINDS = ("monthly_pack", "annual_report")


class MonthFigures(Base):
    """Every indicator of a month, or a year, for one scope (`all`, or one CDAS, channel, benefit), unmasked: not shown.

    `month`: « 2026-10 », or « 2026 » for a year. `settled`: it was over when they were computed.
    """

    __tablename__ = "month_figures"

    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    scope: Mapped[str] = mapped_column(String(60), primary_key=True)
    computed_at: Mapped[datetime]
    settled: Mapped[bool]
    body: Mapped[str] = mapped_column(Text)


class SharedDocument(Identified):
    """A pack or a report as it was published: its one text, masked, and the hash of it; or why it was not."""

    __tablename__ = "shared_document"
    __table_args__ = (
        CheckConstraint(f"kind IN {DOCUMENT_KINDS!r}", name="kind"),
        CheckConstraint("(body IS NULL) = (digest IS NULL)", name="hashed"),
        CheckConstraint("(body IS NULL) <> (problem IS NULL)", name="published_or_why_not"),
        UniqueConstraint("kind", "period", "revision"),
    )

    kind: Mapped[str] = mapped_column(String(16))
    period: Mapped[str] = mapped_column(String(7))
    revision: Mapped[int]
    made_at: Mapped[datetime]
    made_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    body: Mapped[str | None] = mapped_column(Text, deferred=True)
    digest: Mapped[str | None] = mapped_column(String(64))
    problem: Mapped[str | None] = mapped_column(Text)


class ReportedCount(Base):
    """A figure of one month that no ticket holds: what reached the Caf by CDAP without the keyword (R-IND-I-1)."""

    __tablename__ = "reported_count"
    __table_args__ = (CheckConstraint("number >= 0", name="number"),)

    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    name: Mapped[str] = mapped_column(String(24), primary_key=True)
    number: Mapped[int]
    noted_at: Mapped[datetime]
    noted_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
