"""The lists of requests that people keep: what narrows them, under a name."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from service.models.base import Identified


class SavedList(Identified):
    """The address of a list, codes only, under the name that somebody gave it: for themself, or for a whole unit."""

    __tablename__ = "saved_list"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    unit_code: Mapped[str | None] = mapped_column(ForeignKey("unit.code"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    address: Mapped[str] = mapped_column(String(200))
    saved_at: Mapped[datetime]
