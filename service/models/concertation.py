"""The concertations of social service of a CDAS (R-CI-3): its dated sessions, and the requests on their agenda."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from service.models.base import Base, Identified

_STANDING = text("cancelled_at IS NULL")


class Concertation(Identified):
    """One session. A CDAS has at most one on a day, those that were cancelled apart."""

    __tablename__ = "concertation"
    __table_args__ = (
        Index(
            "ix_concertation_day",
            "unit_code",
            "held_on",
            unique=True,
            sqlite_where=_STANDING,
            postgresql_where=_STANDING,
        ),
    )

    unit_code: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    held_on: Mapped[date]
    starts_at: Mapped[str | None] = mapped_column(String(5))
    place: Mapped[str | None] = mapped_column(String(120))
    cancelled_at: Mapped[datetime | None]


class ConcertationItem(Base):
    """One request on the agenda of a session; nothing of what it says."""

    __tablename__ = "concertation_item"
    __table_args__ = (CheckConstraint("position >= 1", name="position"),)

    concertation_id: Mapped[UUID] = mapped_column(ForeignKey("concertation.id"), primary_key=True)
    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("ticket.id"), primary_key=True, index=True)
    position: Mapped[int]
