"""What a rendez-vous des droits was asked for, how it was held, and what came of it (R-RD)."""

from datetime import date, time

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from service.models.base import Sealed
from service.models.code_list import CodeList
from service.models.details import Details, Grounded, codes
from service.models.phone import Telephoned
from service.workflows.rights_meeting import (
    ASKED_BY,
    CAF_RIGHTS,
    CODES,
    DOCUMENTS,
    MEANS,
    RESULTS,
    RIGHTS,
    SERVICES,
    TARGET_GROUPS,
)


class RightsMeetingDetails(Grounded, Telephoned, Details):
    """One row for each request. What RD-1 and RD-2 count stands in plain columns, which outlive every text.

    `check_due_on`: three calendar months after `held_on`. `rights_opened` is empty where `check_result` says none.
    """

    __tablename__ = "rights_meeting"
    __table_args__ = (
        CheckConstraint(codes("to_service", SERVICES), name="to_service"),
        CheckConstraint(codes("asked_by", ASKED_BY), name="asked_by"),
        CheckConstraint(codes("means", MEANS), name="means"),
        CheckConstraint(codes("code", CODES), name="code"),
        CheckConstraint(codes("target_group", TARGET_GROUPS), name="target_group"),
        CheckConstraint(codes("check_result", RESULTS), name="check_result"),
        CheckConstraint("(held_on IS NULL) = (check_due_on IS NULL)", name="check_follows_meeting"),
        CheckConstraint("(checked_on IS NULL) = (check_result IS NULL)", name="checked"),
        CheckConstraint(
            "(rights_opened IS NOT NULL) = (check_result IS NOT NULL AND check_result = 'opened')",
            name="rights_opened",
        ),
    )

    to_service: Mapped[str] = mapped_column(String(16))
    asked_by: Mapped[str] = mapped_column(String(16))
    wish_sealed: Mapped[bytes | None]
    meeting_on: Mapped[date | None]
    meeting_time: Mapped[time | None]
    means: Mapped[str | None] = mapped_column(String(12))
    place_sealed: Mapped[bytes | None]
    held_on: Mapped[date | None]
    code: Mapped[str | None] = mapped_column(String(2))
    target_group: Mapped[str | None] = mapped_column(String(20))
    rights_discussed: Mapped[list[str] | None] = mapped_column(CodeList(240, RIGHTS))
    documents_awaited: Mapped[list[str] | None] = mapped_column(CodeList(120, DOCUMENTS))
    summary_sealed: Mapped[bytes | None]
    check_due_on: Mapped[date | None] = mapped_column(index=True)
    check_result: Mapped[str | None] = mapped_column(String(8))
    rights_opened: Mapped[list[str] | None] = mapped_column(CodeList(160, CAF_RIGHTS))
    checked_on: Mapped[date | None]

    wish = Sealed()
    place = Sealed()
    summary = Sealed()

    def awaited(self) -> tuple[str, date] | None:
        """The check, once the meeting was held."""
        return None if self.check_due_on is None else ("Droits à vérifier", self.check_due_on)
