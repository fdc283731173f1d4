"""The trade's Settings that differ from their default, their changes, and the dated versions of the convention."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from service.models.base import Base, Identified


class SettingValue(Base):
    """The present value of a Setting that is not part of a convention version."""

    __tablename__ = "setting_value"

    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)


class SettingChange(Identified):
    """Who changed a Setting, when, from what to what; never altered."""

    __tablename__ = "setting_change"

    key: Mapped[str] = mapped_column(String(60), index=True)
    before: Mapped[Any] = mapped_column(JSON)
    after: Mapped[Any] = mapped_column(JSON)
    changed_at: Mapped[datetime]
    changed_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))


class ConventionVersion(Base):
    """Targets and urgency definition from an instant on; a ticket keeps the version it was opened under (R-CLK-7)."""

    __tablename__ = "convention_version"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    label: Mapped[str] = mapped_column(String(120))
    effective_at: Mapped[datetime] = mapped_column(unique=True)
    values: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime | None]
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
