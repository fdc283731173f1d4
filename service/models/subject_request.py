"""What persons ask about their own data, and what was corrected for them (R-DP-9)."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from service.models.base import Base, Identified, Sealed
from service.models.details import codes
from service.workflows.subject_access import IDENTITY


class SubjectRequest(Identified):
    """Somebody asks for what is held about them; `written_reference` is how their letter is filed."""

    __tablename__ = "subject_request"

    institution: Mapped[str] = mapped_column(String(12))
    unit_code: Mapped[str] = mapped_column(ForeignKey("unit.code"), index=True)
    received_on: Mapped[date]
    written_reference_sealed: Mapped[bytes]
    last_name_sealed: Mapped[bytes]
    first_name_sealed: Mapped[bytes]
    birth_date_sealed: Mapped[bytes]
    matricule_sealed: Mapped[bytes | None]
    noted_at: Mapped[datetime]
    noted_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))

    written_reference = Sealed()
    last_name = Sealed()
    first_name = Sealed()
    birth_date = Sealed()
    matricule = Sealed()


class Rectification(Base):
    """A correction of a person's identity on a ticket, never altered: what stood there before, and why it was wrong.

    It stands beside the journal, which is not rewritten: acts stay as they were done.
    """

    __tablename__ = "rectification"
    __table_args__ = (
        CheckConstraint(codes("field", IDENTITY), name="field"),
        CheckConstraint("number >= 1", name="number"),
    )

    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("ticket.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    field: Mapped[str] = mapped_column(String(12))
    before_sealed: Mapped[bytes | None]
    after_sealed: Mapped[bytes]
    reason_sealed: Mapped[bytes]
    made_at: Mapped[datetime]
    made_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    unit_code: Mapped[str] = mapped_column(ForeignKey("unit.code"))

    before = Sealed()
    after = Sealed()
    reason = Sealed()

    def sealing_row(self) -> str:
        """Bound to its place among the corrections of its ticket."""
        return f"{self.ticket_id}.{self.number}"
