"""The dated trace that a CDAS was informed (R-PE): codes, dates, names; no column could hold the facts."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from service.models.base import Sealed
from service.models.details import Details, codes
from service.workflows.child_protection_notice import (
    DECISIONS,
    FAMILY,
    FUNCTIONS,
    MEANS,
    REASONS_NOT_INFORMED,
)


class ChildProtectionNoticeDetails(Details):
    """One row for each notice that was sent."""

    __tablename__ = "child_protection_notice"
    __table_args__ = (
        CheckConstraint(codes("means", MEANS), name="means"),
        CheckConstraint(codes("informed_function", FUNCTIONS), name="informed_function"),
        CheckConstraint(codes("family_informed", FAMILY), name="family_informed"),
        CheckConstraint(codes("reason_not_informed", REASONS_NOT_INFORMED), name="reason_not_informed"),
        CheckConstraint(codes("decision", DECISIONS), name="decision"),
        CheckConstraint("(decision IS NULL) = (decided_on IS NULL)", name="decision_dated"),
        CheckConstraint(
            "(family_informed = 'informed') = (family_informed_on IS NOT NULL)", name="family_dated"
        ),
        CheckConstraint(
            "(family_informed = 'not_informed') = (reason_not_informed IS NOT NULL)", name="family_or_reason"
        ),
    )

    known_to_cdas: Mapped[bool | None]
    means: Mapped[str | None] = mapped_column(String(12))
    informed_name_sealed: Mapped[bytes | None]
    informed_function: Mapped[str | None] = mapped_column(String(20))
    informed_on: Mapped[date | None]
    family_informed: Mapped[str | None] = mapped_column(String(16))
    family_informed_on: Mapped[date | None]
    reason_not_informed: Mapped[str | None] = mapped_column(String(20))
    art40_on: Mapped[date | None]
    art40_reference_sealed: Mapped[bytes | None]
    decision: Mapped[str | None] = mapped_column(String(20))
    decided_on: Mapped[date | None]

    informed_name = Sealed()
    art40_reference = Sealed()

    def facts(self) -> Mapping[str, Any]:
        """R-PE-3: coded fields only, no message, note or attachment."""
        return {"coded_only": True}
