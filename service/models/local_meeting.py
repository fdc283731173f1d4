"""The local meetings of the ASIP and the governance bodies, and who was there for each side (R-GO-7)."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from service.models.base import Identified
from service.models.details import codes
from service.workflows.local_meetings import MEETING_KINDS, SCALES


class LocalMeeting(Identified):
    """One meeting. `for_caf`, `for_departement`: professionals, one a line; None when that side was not there."""

    __tablename__ = "local_meeting"
    __table_args__ = (
        CheckConstraint(codes("kind", MEETING_KINDS), name="kind"),
        CheckConstraint(codes("scale", SCALES), name="scale"),
    )

    kind: Mapped[str] = mapped_column(String(12))
    held_on: Mapped[date] = mapped_column(index=True)
    scale: Mapped[str] = mapped_column(String(4))
    territory: Mapped[str] = mapped_column(String(160))
    subject: Mapped[str | None] = mapped_column(String(200))
    for_caf: Mapped[str | None] = mapped_column(Text)
    for_departement: Mapped[str | None] = mapped_column(Text)
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    changed_at: Mapped[datetime | None]
    changed_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    removed_at: Mapped[datetime | None]
