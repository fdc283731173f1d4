"""The awareness actions and CDAP workshops that were held (R-GO-4)."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from service.models.base import Identified
from service.models.code_list import CodeList
from service.models.details import codes
from service.workflows.awareness import ACTION_KINDS, AUDIENCES


class AwarenessAction(Identified):
    """One action, by the day it was held; `recorded_at` is when somebody wrote it down (R-CLK-8).

    `place` where it was, `cdas_code` when that is a CDAS. One that was entered by mistake is `removed_at`, not deleted.
    """

    __tablename__ = "awareness_action"
    __table_args__ = (
        CheckConstraint(codes("kind", ACTION_KINDS), name="kind"),
        CheckConstraint("participants >= 0", name="participants"),
        CheckConstraint("place IS NOT NULL OR cdas_code IS NOT NULL", name="somewhere"),
    )

    kind: Mapped[str] = mapped_column(String(24))
    held_on: Mapped[date] = mapped_column(index=True)
    place: Mapped[str | None] = mapped_column(String(160))
    cdas_code: Mapped[str | None] = mapped_column(ForeignKey("unit.code"))
    audience: Mapped[list[str]] = mapped_column(CodeList(200, AUDIENCES))
    participants: Mapped[int]
    organised_by: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    changed_at: Mapped[datetime | None]
    changed_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    removed_at: Mapped[datetime | None]
