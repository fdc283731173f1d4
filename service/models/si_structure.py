"""The SIAO's list of emergency shelters (R-SI), each time it was refreshed, and the actions held there.

Numbers only: no column can name somebody who is housed (art. 9).
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from service.models.account import Account
from service.models.base import Base, Identified
from service.models.details import codes
from service.models.place import Commune
from service.workflows import si


class SiStructure(Identified):
    """A shelter: where, whom to reach, how many places, for whom; its joint priority; the terms agreed with it.

    `social_workers`: whether it has some; None where the SIAO does not say. `closed_on`: the first day it is closed.
    """

    __tablename__ = "si_structure"
    __table_args__ = (
        CheckConstraint(codes("shelter", si.SHELTERS), name="shelter"),
        CheckConstraint(codes("priority", si.PRIORITIES), name="priority"),
        CheckConstraint("(priority IS NULL) = (priority_on IS NULL)", name="priority_with_its_day"),
        CheckConstraint(codes("wish", si.WISHES), name="wish"),
        CheckConstraint(codes("interpreter", si.INTERPRETERS), name="interpreter"),
        CheckConstraint("places >= 0", name="places"),
        CheckConstraint("closed_on IS NULL OR closed_on >= opened_on", name="closed_after_opening"),
    )

    name: Mapped[str] = mapped_column(String(120), index=True)
    shelter: Mapped[str] = mapped_column(String(8))
    address: Mapped[str | None] = mapped_column(String(200))
    commune_insee: Mapped[str] = mapped_column(ForeignKey("commune.insee"))
    contact: Mapped[str | None] = mapped_column(String(120))
    email: Mapped[str | None] = mapped_column(String(254))
    telephone: Mapped[str | None] = mapped_column(String(40))
    places: Mapped[int | None]
    profiles: Mapped[list[str]] = mapped_column(JSON)
    social_workers: Mapped[bool | None]
    opened_on: Mapped[date]
    closed_on: Mapped[date | None]
    updated_on: Mapped[date]
    priority: Mapped[str | None] = mapped_column(String(8))
    priority_reason: Mapped[str | None] = mapped_column(Text)
    priority_on: Mapped[date | None]
    wish: Mapped[str | None] = mapped_column(String(8))
    terms: Mapped[str | None] = mapped_column(Text)
    interpreter: Mapped[str | None] = mapped_column(String(12))
    terms_on: Mapped[date | None]

    commune: Mapped[Commune] = relationship(lazy="raise")


class SiRefresh(Identified):
    """The SIAO sent its list: when, what it then counted, and whether the DDETS was told (art. 4-4, 1 b)."""

    __tablename__ = "si_refresh"

    received_on: Mapped[date] = mapped_column(unique=True)
    ddets_told: Mapped[bool]
    structures: Mapped[int]
    places: Mapped[int]
    noted_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))


class SiAction(Identified):
    """An action at a shelter. `people_met`: None until it is known; `files`: how many a shelter had identified."""

    __tablename__ = "si_action"
    __table_args__ = (
        CheckConstraint(codes("kind", si.ACTION_KINDS), name="kind"),
        CheckConstraint(codes("team", si.TEAMS), name="team"),
        CheckConstraint("people_met >= 0", name="people_met"),
        CheckConstraint("files >= 0 AND (files IS NULL OR kind = 'punctual')", name="files_of_punctual"),
        Index("ix_si_action_day", "held_on", "id"),
    )

    structure_id: Mapped[UUID] = mapped_column(ForeignKey("si_structure.id"), index=True)
    held_on: Mapped[date]
    kind: Mapped[str] = mapped_column(String(12))
    team: Mapped[str] = mapped_column(String(8))
    files: Mapped[int | None]
    people_met: Mapped[int | None]
    noted_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    noted_at: Mapped[datetime]

    structure: Mapped[SiStructure] = relationship(lazy="raise")
    author: Mapped[Account] = relationship(lazy="raise")
    rights: Mapped[list["SiRight"]] = relationship(lazy="raise", cascade="all, delete-orphan")


class SiRight(Base):
    """How many rights of a kind the Caf opened after an action."""

    __tablename__ = "si_right"
    __table_args__ = (
        CheckConstraint(codes("code", si.RIGHTS), name="code"),
        CheckConstraint("number >= 1", name="number"),
    )

    action_id: Mapped[UUID] = mapped_column(ForeignKey("si_action.id"), primary_key=True)
    code: Mapped[str] = mapped_column(String(16), primary_key=True)
    number: Mapped[int]
