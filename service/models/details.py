"""What the details of every kind share: one row a ticket, the facts that guards read, the ground of the exchange."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from service.models.base import Base, Sealed


def codes(column: str, allowed: Iterable[object]) -> str:
    """The CHECK that a column is empty or holds one of the codes."""
    quoted = ", ".join(f"'{code!s}'" for code in allowed)
    return f"{column} IS NULL OR {column} IN ({quoted})"


class Details(Base):
    """The details of one kind of ticket: a row from the moment the request leaves."""

    __abstract__ = True

    @declared_attr
    def ticket_id(self) -> Mapped[UUID]:
        """The ticket, and the row's own key."""
        return mapped_column(ForeignKey("ticket.id"), primary_key=True)

    def sealing_row(self) -> str:
        """Bound to the ticket."""
        return str(self.ticket_id)

    def facts(self) -> Mapping[str, Any]:
        """The codes that the guards of the kind compare with; nothing that a person wrote."""
        return {}

    def awaited(self) -> tuple[str, date] | None:
        """What comes next, and its day, while nobody owes anything and no clock runs; None: nothing does."""
        return None


class Grounded:
    """The ground of the exchange (R-DP-2): told, agreed, or why the person could not be told."""

    told_on: Mapped[date | None]
    agreed_on: Mapped[date | None]
    reason_not_told_sealed: Mapped[bytes | None]

    reason_not_told = Sealed()
