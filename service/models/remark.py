"""What field teams say of the cooperation, at any time (R-GO-2); nothing of a person."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from service.models.base import Identified
from service.models.details import codes
from service.models.unit import one_of
from service.permissions import Institution
from service.workflows.meetings import THEMES

LONGEST_REMARK = 1000


class Remark(Identified):
    """One remark. Its institution's heads and steering read it; the other side once it is shared, without the unit."""

    __tablename__ = "remark"
    __table_args__ = (
        CheckConstraint(one_of("institution", Institution), name="institution"),
        CheckConstraint(codes("theme", THEMES), name="theme"),
        CheckConstraint(codes("tone", ("works", "to_improve")), name="tone"),
        CheckConstraint("(shared_at IS NULL) = (shared_by IS NULL)", name="shared"),
    )

    theme: Mapped[str] = mapped_column(String(16))
    tone: Mapped[str] = mapped_column(String(12))
    text: Mapped[str] = mapped_column(String(LONGEST_REMARK))
    institution: Mapped[str] = mapped_column(String(12))
    unit_code: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    author_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    written_at: Mapped[datetime] = mapped_column(index=True)
    shared_at: Mapped[datetime | None]
    shared_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
