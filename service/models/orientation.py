"""What a fiche d’orientation says, the advice it was given, and what the receiver answered (R-OR)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from service.models.base import Sealed
from service.models.details import Details, Grounded, codes
from service.workflows.orientation import ADVISED, JUDGEMENTS, SERVICES
from service.workflows.orientation_rules import Reason
from service.workflows.routing import Referent
from service.workflows.scope import ScopeEvent


class OrientationDetails(Grounded, Details):
    """One row for each fiche; `scope_…` is the verdict of R-EL on the day it left, `advised_…` that of R-OR."""

    __tablename__ = "orientation"
    __table_args__ = (
        CheckConstraint(codes("reason", Reason), name="reason"),
        CheckConstraint(codes("accompanied_by", Referent), name="accompanied_by"),
        CheckConstraint(codes("scope_event", ScopeEvent), name="scope_event"),
        CheckConstraint(codes("to_service", SERVICES), name="to_service"),
        CheckConstraint(codes("advised_service", ADVISED), name="advised_service"),
        CheckConstraint(codes("judgement", JUDGEMENTS), name="judgement"),
        CheckConstraint("told_on IS NULL OR reason_not_told_sealed IS NULL", name="told_or_reason"),
    )

    reason: Mapped[str] = mapped_column(String(32))
    accompanied_by: Mapped[str] = mapped_column(String(16))
    accompanied_by_name_sealed: Mapped[bytes | None]
    scope_event: Mapped[str | None] = mapped_column(String(24))
    scope_event_on: Mapped[date | None]
    has_children: Mapped[bool | None]
    is_allocataire: Mapped[bool | None]
    scope_in: Mapped[bool | None]
    scope_explanation: Mapped[str | None] = mapped_column(String(600))
    to_service: Mapped[str] = mapped_column(String(16))
    advised_service: Mapped[str] = mapped_column(String(16))
    advised_rule: Mapped[str] = mapped_column(String(16))
    advised_explanation: Mapped[str] = mapped_column(String(1000))
    advice_followed: Mapped[bool]
    reason_not_followed_sealed: Mapped[bytes | None]
    judgement: Mapped[str | None] = mapped_column(String(16))

    accompanied_by_name = Sealed()
    reason_not_followed = Sealed()

    def facts(self) -> Mapping[str, Any]:
        """The judgement, once given."""
        return {"judgement": self.judgement}
