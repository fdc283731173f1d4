"""What an `appointment` ticket says, the calls, the offers and what came of it (R-RV)."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from service.models.base import Sealed
from service.models.details import Details, Grounded, codes
from service.models.phone import Telephoned
from service.models.scoped import Scoped
from service.workflows.appointment import ABSENCES, OUTCOMES, REDIRECTIONS, REFUSED_OFFER, SOURCES
from service.workflows.routing import Referent
from service.workflows.scope import ScopeEvent


class AppointmentDetails(Grounded, Scoped, Telephoned, Details):
    """One row for each sent request. The first call and the first one that reached the person are kept apart.

    `calls_in_vain` counts since the person was last reached or expected; `unreachable`: as many as the Setting says.
    """

    __tablename__ = "appointment"
    __table_args__ = (
        CheckConstraint(codes("source", SOURCES), name="source"),
        CheckConstraint(codes("who_accompanies", Referent), name="who_accompanies"),
        CheckConstraint(codes("scope_event", ScopeEvent), name="scope_event"),
        CheckConstraint(codes("refused_because", REFUSED_OFFER), name="refused_because"),
        CheckConstraint(codes("absence", ABSENCES), name="absence"),
        CheckConstraint(codes("outcome", OUTCOMES), name="outcome"),
        CheckConstraint(codes("redirect_to", REDIRECTIONS), name="redirect_to"),
    )

    source: Mapped[str | None] = mapped_column(String(20))
    description_sealed: Mapped[bytes | None]
    who_accompanies: Mapped[str | None] = mapped_column(String(12))
    referent_name_sealed: Mapped[bytes | None]
    calls: Mapped[int] = mapped_column(default=0)
    calls_in_vain: Mapped[int] = mapped_column(default=0)
    unreachable: Mapped[bool] = mapped_column(default=False)
    first_called_at: Mapped[datetime | None]
    first_reached_at: Mapped[datetime | None]
    meeting_on: Mapped[date | None]
    meeting_time: Mapped[time | None]
    place: Mapped[str | None] = mapped_column(String(200))
    offers: Mapped[int] = mapped_column(default=0)
    offers_refused: Mapped[int] = mapped_column(default=0)
    refused_because: Mapped[str | None] = mapped_column(String(12))
    no_shows: Mapped[int] = mapped_column(default=0)
    absence: Mapped[str | None] = mapped_column(String(16))
    held_on: Mapped[date | None]
    outcome: Mapped[str | None] = mapped_column(String(24))
    redirect_to: Mapped[str | None] = mapped_column(String(20))
    redirect_cdas: Mapped[str | None] = mapped_column(ForeignKey("unit.code"))
    redirect_service: Mapped[str | None] = mapped_column(String(120))

    description = Sealed()
    referent_name = Sealed()

    def facts(self) -> Mapping[str, Any]:
        """Whether enough calls were made in vain (R-RV)."""
        return {"unreachable": bool(self.unreachable)}
