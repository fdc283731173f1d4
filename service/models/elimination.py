"""Archives opened with a reason, frozen elimination lists with their visa and approvals, and what left the access log.

No list holds a name: a reference, a kind and dates (R-DP-6).
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from service.models.base import Base, Identified, Sealed
from service.models.unit import one_of
from service.permissions import Institution

LONGEST_VISA = 80
SHORTEST_REASON, LONGEST_REASON = 20, 500


class ArchiveOpening(Identified):
    """That a head opened an archived request, why, and until when they read it. Goes with the request."""

    __tablename__ = "archive_opening"
    __table_args__ = (
        CheckConstraint("ends_at > opened_at", name="ends_after_opening"),
        Index("ix_archive_opening_reader", "account_id", "ticket_id", "ends_at"),
    )

    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("ticket.id"), index=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    opened_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    reason_sealed: Mapped[bytes]

    reason = Sealed()


class EliminationList(Identified):
    """One list of one institution. `reserved`: of notices, for the head of the Caf social service alone (R-PE-4).

    `digest` freezes its lines. `asked_at`: the administration has it run; `executed_at`: it has run to its end.
    """

    __tablename__ = "elimination_list"
    __table_args__ = (
        CheckConstraint(one_of("institution", Institution), name="institution"),
        CheckConstraint(
            "(visa_reference IS NULL) = (visa_on IS NULL) AND (visa_on IS NULL) = (visa_at IS NULL)",
            name="visa_whole",
        ),
        CheckConstraint("asked_at IS NULL OR visa_at IS NOT NULL", name="asked_after_visa"),
        CheckConstraint("executed_at IS NULL OR asked_at IS NOT NULL", name="executed_when_asked"),
        CheckConstraint("asked_at IS NULL OR set_aside_at IS NULL", name="set_aside_or_run"),
    )

    number: Mapped[int] = mapped_column(unique=True)
    institution: Mapped[str] = mapped_column(String(12))
    reserved: Mapped[bool] = mapped_column(default=False)
    drawn_at: Mapped[datetime]
    lines: Mapped[int]
    digest: Mapped[bytes]
    visa_reference: Mapped[str | None] = mapped_column(String(LONGEST_VISA))
    visa_on: Mapped[date | None]
    visa_at: Mapped[datetime | None]
    visa_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    set_aside_at: Mapped[datetime | None]
    set_aside_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    asked_at: Mapped[datetime | None]
    asked_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    executed_at: Mapped[datetime | None]


class EliminationLine(Base):
    """One request of a list, as it was when the list was drawn: nothing of a person."""

    __tablename__ = "elimination_line"

    list_id: Mapped[UUID] = mapped_column(ForeignKey("elimination_list.id"), primary_key=True)
    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("ticket.id"), primary_key=True, index=True)
    reference: Mapped[str] = mapped_column(String(16))
    kind: Mapped[str] = mapped_column(String(24))
    sent_on: Mapped[date]
    closed_on: Mapped[date]
    archived_on: Mapped[date]


class EliminationApproval(Base):
    """One head's approval; the key lets nobody approve twice."""

    __tablename__ = "elimination_approval"

    list_id: Mapped[UUID] = mapped_column(ForeignKey("elimination_list.id"), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    approved_at: Mapped[datetime]


class AccessPurge(Identified):
    """That what the access log had written before an instant left it (P-09): without this row nothing does."""

    __tablename__ = "access_purge"

    before: Mapped[datetime] = mapped_column(index=True)
    purged_at: Mapped[datetime]
    lines: Mapped[int]
