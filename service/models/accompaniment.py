"""The register of accompaniments by the Caf social service (R-AC): who follows whom, without any content."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from service.models.account import Account
from service.models.base import Identified, Sealed
from service.models.details import codes
from service.workflows.accompaniment import CLOSING_REASONS, EVENTS


class Accompaniment(Identified):
    """One accompaniment: person (sealed), event, worker, dates. One open at a time for the same person."""

    __tablename__ = "accompaniment"
    __table_args__ = (
        CheckConstraint(codes("event", EVENTS), name="event"),
        CheckConstraint(codes("closing_reason", CLOSING_REASONS), name="closing_reason"),
        CheckConstraint("(closed_on IS NULL) = (closing_reason IS NULL)", name="closed_with_reason"),
        CheckConstraint("term_on > opened_on", name="term_after_opening"),
        CheckConstraint("closed_on IS NULL OR closed_on >= opened_on", name="closed_after_opening"),
        CheckConstraint("renewals >= 0", name="renewals"),
        Index(
            "uq_accompaniment_one_open",
            "matricule_index",
            unique=True,
            sqlite_where=text("closed_on IS NULL"),
            postgresql_where=text("closed_on IS NULL"),
        ),
        Index("ix_accompaniment_of_worker", "worker_id", "term_on", "id"),
    )

    matricule_sealed: Mapped[bytes]
    matricule_index: Mapped[bytes] = mapped_column(index=True)
    last_name_sealed: Mapped[bytes]
    first_name_sealed: Mapped[bytes]
    event: Mapped[str] = mapped_column(String(24))
    event_on: Mapped[date | None]
    worker_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    opened_on: Mapped[date]
    term_on: Mapped[date]
    renewals: Mapped[int] = mapped_column(default=0)
    closing_talk_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    closing_reason: Mapped[str | None] = mapped_column(String(16))
    ticket_id: Mapped[UUID | None] = mapped_column(ForeignKey("ticket.id"), index=True)

    matricule = Sealed()
    last_name = Sealed()
    first_name = Sealed()

    worker: Mapped[Account] = relationship(lazy="raise")
