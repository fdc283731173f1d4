"""What is asked of the rights themselves: openings out of scope, accounts kept out, readings stopped or unusual."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.models.base import Identified, Sealed


class OutOfScopeOpening(Identified):
    """One ticket, opened by a head outside their scope for a few hours, with a reason; another person reviews it."""

    __tablename__ = "out_of_scope_opening"
    __table_args__ = (
        CheckConstraint("(reviewed_by IS NULL) = (reviewed_at IS NULL)", name="reviewed"),
        CheckConstraint("reviewed_by IS NULL OR reviewed_by <> account_id", name="reviewed_by_another"),
        Index("ix_out_of_scope_opening_account", "account_id", "expires_at"),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("ticket.id"), index=True)
    reason_sealed: Mapped[bytes]
    opened_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    reviewed_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    reviewed_at: Mapped[datetime | None]
    verdict: Mapped[str | None] = mapped_column(String(12))

    reason = Sealed()


class KeptOut(Identified):
    """An account that has a link with the family: it finds the ticket, and those of that matricule, nowhere."""

    __tablename__ = "kept_out"
    __table_args__ = (
        UniqueConstraint("account_id", "ticket_id"),
        CheckConstraint("declared_by <> account_id", name="declared_by_another"),
        Index("ix_kept_out_matricule", "matricule_index", "account_id"),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("ticket.id"), index=True)
    matricule_index: Mapped[bytes | None]
    declared_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    declared_at: Mapped[datetime]


class PhoneShown(Identified):
    """A protected telephone, shown to somebody on one page, with the reason they gave (R-DP-8)."""

    __tablename__ = "phone_shown"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("ticket.id"), index=True)
    reason_sealed: Mapped[bytes]
    shown_at: Mapped[datetime]

    reason = Sealed()


class ReadingStop(Identified):
    """The readings of an account, stopped because there were too many, until `until` or until a head lifts it."""

    __tablename__ = "reading_stop"
    __table_args__ = (
        CheckConstraint("(lifted_by IS NULL) = (lifted_at IS NULL)", name="lifted"),
        CheckConstraint("lifted_by IS NULL OR lifted_by <> account_id", name="lifted_by_another"),
        Index("ix_reading_stop_account", "account_id", "until"),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    limit_key: Mapped[str] = mapped_column(String(30))
    stopped_at: Mapped[datetime]
    until: Mapped[datetime]
    lifted_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    lifted_at: Mapped[datetime | None]
    lift_reason_sealed: Mapped[bytes | None]

    lift_reason = Sealed()


class UnusualRead(Identified):
    """A sign that the readings of a week deserve a question; no measure of anybody's work."""

    __tablename__ = "unusual_read"
    __table_args__ = (UniqueConstraint("account_id", "week", "sign", "day", "ticket_id"),)

    week: Mapped[date] = mapped_column(index=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    sign: Mapped[str] = mapped_column(String(16))
    day: Mapped[date]
    ticket_id: Mapped[UUID | None]  # no foreign key: the sign outlives what is eliminated
    tickets: Mapped[int]


class NamedList(Identified):
    """A list with names that a head asks for, another head of the institution accepts, and the first one takes."""

    __tablename__ = "named_list"
    __table_args__ = (
        CheckConstraint("(decided_by IS NULL) = (decided_at IS NULL)", name="decided"),
        CheckConstraint("decided_by IS NULL OR decided_by <> account_id", name="decided_by_another"),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    view: Mapped[str] = mapped_column(String(20))
    reason_sealed: Mapped[bytes]
    asked_at: Mapped[datetime]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None]
    accepted: Mapped[bool] = mapped_column(default=False)
    downloads: Mapped[int] = mapped_column(default=0)

    reason = Sealed()
