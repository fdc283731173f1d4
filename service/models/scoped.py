"""What a request says of the scope of the Caf social service, and what Relais computed of it (R-EL)."""

from datetime import date

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from service.models.base import Sealed


class Scoped:
    """The event and its conditions, as declared; the verdict of the day it was sent, with its sentences."""

    scope_event: Mapped[str | None] = mapped_column(String(24))
    scope_event_on: Mapped[date | None]
    has_children: Mapped[bool | None]
    is_allocataire: Mapped[bool | None]
    scope_in: Mapped[bool | None]
    scope_explanation: Mapped[str | None] = mapped_column(String(600))
    out_of_scope_reason_sealed: Mapped[bytes | None]

    out_of_scope_reason = Sealed()
