"""Who is away, from one day to another, and who answers meanwhile. Never why: that is nobody's business here."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from service.models.base import Identified


class Absence(Identified):
    """Somebody away from `starts_on` to `ends_on`, both included; `replacement_id` acts for them meanwhile."""

    __tablename__ = "absence"
    __table_args__ = (CheckConstraint("ends_on >= starts_on", name="ends_after_start"),)

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date] = mapped_column(index=True)
    replacement_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    noted_by_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    noted_at: Mapped[datetime]
