"""The units of both institutions, their hours, and the counter that tells processes to read them again."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from service.models.base import Base, Identified
from service.permissions import Institution, UnitKind


def one_of(column: str, values: type[Institution] | type[UnitKind]) -> str:
    """The CHECK that a text column holds one of the codes of an enumeration."""
    return f"{column} IN ({', '.join(repr(value.value) for value in values)})"


class Calendar(Base):
    """Weekly opening hours and the closed days they follow (R-CAL-2); `weekly` is [[weekday, "09:00", "12:00"], …]."""

    __tablename__ = "calendar"

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    weekly: Mapped[list[list[Any]]] = mapped_column(JSON)
    follows_public_holidays: Mapped[bool]
    follows_school_holidays: Mapped[bool]


class CalendarHours(Base):
    """The weekly hours of a calendar from a day on, in the place of those it began with; the past keeps its own."""

    __tablename__ = "calendar_hours"

    calendar_code: Mapped[str] = mapped_column(ForeignKey("calendar.code"), primary_key=True)
    starts_on: Mapped[date] = mapped_column(primary_key=True)
    weekly: Mapped[list[list[Any]]] = mapped_column(JSON)
    follows_public_holidays: Mapped[bool]
    follows_school_holidays: Mapped[bool]
    changed_at: Mapped[datetime]
    changed_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))


class Closure(Identified):
    """An exceptional closure, or an exceptional opening, of one calendar (R-CAL-1)."""

    __tablename__ = "closure"
    __table_args__ = (CheckConstraint("starts_at < ends_at", name="ends_after_start"),)

    calendar_code: Mapped[str] = mapped_column(ForeignKey("calendar.code"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    opens: Mapped[bool]
    reason: Mapped[str] = mapped_column(String(200))


class Unit(Base):
    """A CDAS or a service of the Caf; `code` is its name in every address and journal entry.

    `closed_on`: the first day on which it no longer exists; it stays, for the tickets that name it.
    """

    __tablename__ = "unit"
    __table_args__ = (
        CheckConstraint(one_of("kind", UnitKind), name="kind"),
        CheckConstraint(one_of("institution", Institution), name="institution"),
    )

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(20))
    institution: Mapped[str] = mapped_column(String(12))
    email: Mapped[str | None] = mapped_column(String(254), unique=True)
    telephone: Mapped[str | None] = mapped_column(String(30))
    address: Mapped[str | None] = mapped_column(String(300))
    illustrative: Mapped[bool] = mapped_column(default=False)
    calendar_code: Mapped[str] = mapped_column(ForeignKey("calendar.code"))
    closed_on: Mapped[date | None]


def has_closed(closed_on: date | None, day: date) -> bool:
    """Whether a unit with that first day without it is closed down on a day."""
    return closed_on is not None and closed_on <= day


class Revision(Base):
    """One row: the number moves with each change of units, calendars, Settings or versions."""

    __tablename__ = "revision"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int]
