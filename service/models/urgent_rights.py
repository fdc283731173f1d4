"""What an `urgent_rights` ticket says and what the Caf answered (R-UD)."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Numeric, String
from sqlalchemy.orm import Mapped, mapped_column

from service.models.base import Base, Sealed
from service.workflows.urgency import Benefit, Event
from service.workflows.urgent_rights import LINE_OPEN_REASONS, OUTCOMES, REJECTION_REASONS


def _codes(column: str, codes: object) -> str:
    quoted = ", ".join(f"'{code!s}'" for code in codes)  # type: ignore[attr-defined]
    return f"{column} IS NULL OR {column} IN ({quoted})"


class UrgentRightsDetails(Base):
    """One row for each sent urgent_rights ticket; fields may miss only on calls and received messages."""

    __tablename__ = "urgent_rights"
    __table_args__ = (
        CheckConstraint(_codes("benefit", Benefit), name="benefit"),
        CheckConstraint(_codes("event", Event), name="event"),
        CheckConstraint(_codes("outcome", OUTCOMES), name="outcome"),
        CheckConstraint(_codes("rejection_reason", REJECTION_REASONS), name="rejection_reason"),
        CheckConstraint(_codes("line_open_reason", LINE_OPEN_REASONS), name="line_open_reason"),
        CheckConstraint("amount_before IS NULL OR amount_before >= 0", name="amount_before"),
        CheckConstraint("amount_after IS NULL OR amount_after >= 0", name="amount_after"),
        CheckConstraint(
            "outcome IS NULL OR outcome NOT IN ('payment_scheduled', 'under_review') OR outcome_on IS NOT NULL",
            name="outcome_dated",
        ),
        CheckConstraint("usefulness IS NULL OR usefulness BETWEEN 1 AND 5", name="usefulness"),
        CheckConstraint("told_on IS NULL OR reason_not_told_sealed IS NULL", name="told_or_reason"),
    )

    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("ticket.id"), primary_key=True)
    benefit: Mapped[str | None] = mapped_column(String(20))
    event: Mapped[str | None] = mapped_column(String(20))
    last_payment_on: Mapped[date | None]
    amount_before: Mapped[Decimal | None] = mapped_column(Numeric(9, 2))
    amount_after: Mapped[Decimal | None] = mapped_column(Numeric(9, 2))
    urgency_rule: Mapped[str | None] = mapped_column(String(20))
    urgency_reached_on: Mapped[date | None]
    urgency_explanation: Mapped[str | None] = mapped_column(String(600))
    cdap_consulted_on: Mapped[date | None]
    cdap_missing_sealed: Mapped[bytes | None]
    cdap_no_access: Mapped[bool] = mapped_column(default=False)
    line_was_open: Mapped[bool] = mapped_column(default=False)
    line_open_reason: Mapped[str | None] = mapped_column(String(20))
    accompanied_by_author: Mapped[bool | None]
    accompanied_by_name_sealed: Mapped[bytes | None]
    accompanied_by_unit: Mapped[str | None] = mapped_column(String(120))
    told_on: Mapped[date | None]
    agreed_on: Mapped[date | None]
    reason_not_told_sealed: Mapped[bytes | None]
    description_sealed: Mapped[bytes | None]
    outcome: Mapped[str | None] = mapped_column(String(24))
    outcome_on: Mapped[date | None]
    outcome_detail_sealed: Mapped[bytes | None]
    rejection_reason: Mapped[str | None] = mapped_column(String(24))
    rejected_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    duplicate_of_id: Mapped[UUID | None] = mapped_column(ForeignKey("ticket.id"))
    contested: Mapped[bool] = mapped_column(default=False)
    reopened: Mapped[int] = mapped_column(default=0)
    closed_automatically: Mapped[bool] = mapped_column(default=False)
    usefulness: Mapped[int | None]
    remark_sealed: Mapped[bytes | None]

    cdap_missing = Sealed()
    accompanied_by_name = Sealed()
    reason_not_told = Sealed()
    description = Sealed()
    outcome_detail = Sealed()
    remark = Sealed()

    def sealing_row(self) -> str:
        """Bound to the ticket."""
        return str(self.ticket_id)
