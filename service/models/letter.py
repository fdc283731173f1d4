"""The wordings that a model letter has had, and which letters were made: never their content."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from service.models.base import Base, Identified


class LetterModel(Base):
    """One wording of a model, never altered: a change adds the next version. Without a row, the text it came with."""

    __tablename__ = "letter_model"
    __table_args__ = (CheckConstraint("version >= 1", name="version"),)

    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    title: Mapped[str] = mapped_column(String(120))
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime]
    changed_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))


class LetterPrinted(Identified):
    """Who made a letter, when, of which model and version, for which ticket; nothing about the person."""

    __tablename__ = "letter_printed"
    __table_args__ = (Index("ix_letter_printed_unit", "unit_id", "printed_at"),)

    model_code: Mapped[str] = mapped_column(String(20))
    model_version: Mapped[int]
    ticket_id: Mapped[UUID | None]  # no foreign key: the trace outlives a deleted draft
    author_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    printed_at: Mapped[datetime]
