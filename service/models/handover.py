"""What a `handover` ticket says: agreement, case, communication, exchanges, confirmations (R-PR)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from service.models.base import Sealed
from service.models.details import Details, Grounded, codes
from service.models.scoped import Scoped
from service.workflows.circuits import DECLINE_REASONS, REGIMES
from service.workflows.handover import CANCEL_REASONS, CASES, LINKS, MEANS
from service.workflows.scope import ScopeEvent


class HandoverDetails(Grounded, Scoped, Details):
    """One row for each sent relay: it never leaves without the person's dated agreement (R-PR-1).

    `rsa_part_kept`: the référent RSA keeps the RSA part (R-PR-5); `returned`: how often silence brought it back.
    """

    __tablename__ = "handover"
    __table_args__ = (
        CheckConstraint(codes("regime", REGIMES), name="regime"),
        CheckConstraint(codes("relay_case", CASES), name="relay_case"),
        CheckConstraint(codes("known_to_receiver", LINKS), name="known_to_receiver"),
        CheckConstraint(codes("communication", MEANS), name="communication"),
        CheckConstraint(codes("scope_event", ScopeEvent), name="scope_event"),
        CheckConstraint(codes("decline_reason", DECLINE_REASONS), name="decline_reason"),
        CheckConstraint(codes("cancel_reason", CANCEL_REASONS), name="cancel_reason"),
        CheckConstraint("agreed_on IS NOT NULL", name="agreed"),
        CheckConstraint(
            "relay_case <> 'other' OR relay_case_detail_sealed IS NOT NULL", name="other_case_explained"
        ),
    )

    regime: Mapped[str] = mapped_column(String(20))
    agreement_collected_by_sealed: Mapped[bytes | None]
    relay_case: Mapped[str] = mapped_column(String(24))
    relay_case_detail_sealed: Mapped[bytes | None]
    known_to_receiver: Mapped[str] = mapped_column(String(8))
    communication: Mapped[str] = mapped_column(String(8))
    communicated_on: Mapped[date]
    communicated_by_sealed: Mapped[bytes | None]
    communicated_to_sealed: Mapped[bytes | None]
    communication_content_sealed: Mapped[bytes | None]
    rsa_part_kept: Mapped[bool] = mapped_column(default=False)
    concertation_on: Mapped[date | None]
    exchange_on: Mapped[date | None]
    participants_sealed: Mapped[bytes | None]
    joint_meeting: Mapped[bool | None]
    meeting_on: Mapped[date | None]
    meeting_place_sealed: Mapped[bytes | None]
    decline_reason: Mapped[str | None] = mapped_column(String(16))
    turn_to_sealed: Mapped[bytes | None]
    cancel_reason: Mapped[str | None] = mapped_column(String(12))
    giver_confirmed: Mapped[bool] = mapped_column(default=False)
    receiver_confirmed: Mapped[bool] = mapped_column(default=False)
    returned: Mapped[int] = mapped_column(default=0)

    agreement_collected_by = Sealed()
    relay_case_detail = Sealed()
    communicated_by = Sealed()
    communicated_to = Sealed()
    communication_content = Sealed()
    participants = Sealed()
    meeting_place = Sealed()
    turn_to = Sealed()

    def facts(self) -> Mapping[str, Any]:
        """The regime, who has confirmed (R-PR-6), whether both sides have exchanged."""
        return {
            "regime": self.regime,
            "giver_confirmed": self.giver_confirmed,
            "receiver_confirmed": self.receiver_confirmed,
            "exchanged": self.exchange_on is not None,
        }
