"""The wordings that a model of answer has had."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from service.models.base import Base


class AnswerModel(Base):
    """One wording of a model, never altered: a change adds the next version, a withdrawal too.

    It is a unit's or one account's own, for good; one's own is deleted when it is withdrawn.
    """

    __tablename__ = "answer_model"
    __table_args__ = (
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint("(unit_code IS NULL) <> (account_id IS NULL)", name="of_one"),
    )

    model_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    unit_code: Mapped[str | None] = mapped_column(ForeignKey("unit.code"), index=True)
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"), index=True)
    title: Mapped[str] = mapped_column(String(80))
    body: Mapped[str] = mapped_column(Text)
    withdrawn: Mapped[bool]
    changed_at: Mapped[datetime]
    changed_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
