"""What an `urgent_rights` ticket says and what the Caf answered (R-UD)."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Numeric, String
from sqlalchemy.orm import Mapped, mapped_column

from service.models.base import Sealed
from service.models.details import Details, Grounded, codes
from service.workflows.urgency import Benefit, Event
from service.workflows.urgent_rights import LINE_OPEN_REASONS, OUTCOMES, REJECTION_REASONS


class UrgentRightsDetails(Grounded, Details):
    """One row for each sent urgent_rights ticket; fields may miss only on calls and received messages.

    `kept_benefit`, `kept_event`: the ground that the Caf kept when it decided (R-UD-8). `repeats_id`: the request of
    the same person for the same benefit, closed shortly before (R-IND-I-9).
    """

    __tablename__ = "urgent_rights"
    __table_args__ = (
        CheckConstraint(codes("benefit", Benefit), name="benefit"),
        CheckConstraint(codes("event", Event), name="event"),
        CheckConstraint(codes("outcome", OUTCOMES), name="outcome"),
        CheckConstraint(codes("rejection_reason", REJECTION_REASONS), name="rejection_reason"),
        CheckConstraint(codes("line_open_reason", LINE_OPEN_REASONS), name="line_open_reason"),
        CheckConstraint("amount_before IS NULL OR amount_before >= 0", name="amount_before"),
        CheckConstraint("amount_after IS NULL OR amount_after >= 0", name="amount_after"),
        CheckConstraint(
            "outcome IS NULL OR outcome NOT IN ('payment_scheduled', 'under_review') OR outcome_on IS NOT NULL",
            name="outcome_dated",
        ),
        CheckConstraint("usefulness IS NULL OR usefulness BETWEEN 1 AND 5", name="usefulness"),
        CheckConstraint("told_on IS NULL OR reason_not_told_sealed IS NULL", name="told_or_reason"),
    )

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
    kept_benefit: Mapped[str | None] = mapped_column(String(20))
    kept_event: Mapped[str | None] = mapped_column(String(20))
    repeats_id: Mapped[UUID | None] = mapped_column(ForeignKey("ticket.id"))
    remark_sealed: Mapped[bytes | None]

    cdap_missing = Sealed()
    accompanied_by_name = Sealed()
    description = Sealed()
    outcome_detail = Sealed()
    remark = Sealed()

    def facts(self) -> Mapping[str, Any]:
        """Who refused, and whether the second reading was asked for (R-UD-8)."""
        return {"refused_by": self.rejected_by, "contested": self.contested}
