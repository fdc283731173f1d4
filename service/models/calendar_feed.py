"""A private address at which a person's calendar software reads what awaits them: references only (R-DP-5)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from service.models.base import Identified


class CalendarFeed(Identified):
    """One for each account; the secret of its address was shown once, only its digest is kept."""

    __tablename__ = "calendar_feed"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), unique=True)
    token_digest: Mapped[bytes] = mapped_column(unique=True)
    created_at: Mapped[datetime]
