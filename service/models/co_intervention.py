"""What a `co_intervention` ticket says, both opinions, who does what and how it ended (R-CI)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from service.models.base import Sealed
from service.models.details import Details, Grounded, codes
from service.models.scoped import Scoped
from service.workflows.circuits import DECLINE_REASONS, REGIMES
from service.workflows.co_intervention import NEEDS, OPINIONS, OUTCOMES
from service.workflows.scope import ScopeEvent


class CoInterventionDetails(Grounded, Scoped, Details):
    """One row for each sent co-intervention. The asking side's opinion is favourable: it sends the request.

    `cdas_professional` takes part for the CDAS; `caf_part_only`: only the Caf's part has ended (R-CI-2).
    """

    __tablename__ = "co_intervention"
    __table_args__ = (
        CheckConstraint(codes("regime", REGIMES), name="regime"),
        CheckConstraint(codes("need", NEEDS), name="need"),
        CheckConstraint(codes("scope_event", ScopeEvent), name="scope_event"),
        CheckConstraint(codes("opinion", OPINIONS), name="opinion"),
        CheckConstraint(codes("decline_reason", DECLINE_REASONS), name="decline_reason"),
        CheckConstraint(codes("outcome", OUTCOMES), name="outcome"),
        CheckConstraint("opinion IS NULL OR regime = 'ordinary'", name="no_opinion_asked"),
        CheckConstraint("opinion IS NULL OR exchange_on IS NOT NULL", name="opinion_dated"),
    )

    regime: Mapped[str] = mapped_column(String(20))
    need: Mapped[str | None] = mapped_column(String(24))
    need_detail_sealed: Mapped[bytes | None]
    asking_opinion_on: Mapped[date | None]
    asking_participants_sealed: Mapped[bytes | None]
    asking_opinion_sealed: Mapped[bytes | None]
    cdas_professional_sealed: Mapped[bytes | None]
    concertation_on: Mapped[date | None]
    exchange_on: Mapped[date | None]
    participants_sealed: Mapped[bytes | None]
    opinion: Mapped[str | None] = mapped_column(String(12))
    opinion_reason_sealed: Mapped[bytes | None]
    decline_reason: Mapped[str | None] = mapped_column(String(16))
    turn_to_sealed: Mapped[bytes | None]
    cdas_scope_sealed: Mapped[bytes | None]
    caf_scope_sealed: Mapped[bytes | None]
    family_talk_on: Mapped[date | None]
    reviewed_on: Mapped[date | None]
    review_on: Mapped[date | None]
    outcome: Mapped[str | None] = mapped_column(String(16))
    outcome_detail_sealed: Mapped[bytes | None]
    caf_part_only: Mapped[bool] = mapped_column(default=False)

    need_detail = Sealed()
    asking_participants = Sealed()
    asking_opinion = Sealed()
    cdas_professional = Sealed()
    participants = Sealed()
    opinion_reason = Sealed()
    turn_to = Sealed()
    cdas_scope = Sealed()
    caf_scope = Sealed()
    outcome_detail = Sealed()

    def awaited(self) -> tuple[str, date] | None:
        """The next review."""
        return None if self.review_on is None else ("Prochain point", self.review_on)

    def facts(self) -> Mapping[str, Any]:
        """The regime (R-CI-2, R-PR-5)."""
        return {"regime": self.regime}
