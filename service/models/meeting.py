"""The meetings of both institutions (R-GO-1 to 3): who may read meetings reads all of it, and nothing of a person."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from service.models.base import Base, Identified
from service.models.details import codes
from service.models.unit import one_of
from service.permissions import Institution
from service.workflows.meetings import HEADINGS, HELD, PLANNED, MeetingKind

LONGEST_QUESTION, LONGEST_LINE, LONGEST_RECORD, LONGEST_COMMENT = 300, 300, 600, 4000
_STANDING = text("withdrawn_at IS NULL AND meeting_id IS NULL")


class Meeting(Identified):
    """One meeting. `about_on`: the first day of the month or year it is about; `version` moves with its day or place.

    `asked_by`, `reason`: of a particular meeting. `called_at`: when the field teams were asked for their remarks.
    """

    __tablename__ = "meeting"
    __table_args__ = (
        CheckConstraint(codes("kind", MeetingKind), name="kind"),
        CheckConstraint(codes("state", (PLANNED, HELD)), name="state"),
        CheckConstraint(codes("asked_by", [side.value for side in Institution]), name="asked_by"),
        CheckConstraint(f"(state = '{HELD}') = (held_at IS NOT NULL)", name="held"),
        CheckConstraint("(kind = 'particular') = (about_on IS NULL)", name="about"),
        CheckConstraint("(kind = 'particular') = (asked_by IS NOT NULL)", name="asked"),
        CheckConstraint("(kind = 'particular') = (reason IS NOT NULL)", name="reasoned"),
        UniqueConstraint("kind", "about_on"),
    )

    kind: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(8))
    about_on: Mapped[date | None]
    held_on: Mapped[date] = mapped_column(index=True)
    starts_at: Mapped[str] = mapped_column(String(5))
    place: Mapped[str] = mapped_column(String(160))
    asked_by: Mapped[str | None] = mapped_column(String(12))
    reason: Mapped[str | None] = mapped_column(String(LONGEST_RECORD))
    version: Mapped[int] = mapped_column(default=1)
    planned_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    called_at: Mapped[datetime | None]
    held_at: Mapped[datetime | None]


class MeetingParticipant(Identified):
    """A unit or a person who takes part; `invited_version`: the last version of the meeting they were told of."""

    __tablename__ = "meeting_participant"
    __table_args__ = (
        CheckConstraint("(unit_code IS NULL) <> (account_id IS NULL)", name="of_one"),
        UniqueConstraint("meeting_id", "unit_code"),
        UniqueConstraint("meeting_id", "account_id"),
    )

    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id"))
    unit_code: Mapped[str | None] = mapped_column(ForeignKey("unit.code"))
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    invited_version: Mapped[int | None]


class MeetingLine(Identified):
    """A line of the agenda. Before the meeting: typed freely, or a case put aside. Once held: all lines, frozen."""

    __tablename__ = "meeting_line"
    __table_args__ = (
        CheckConstraint("(ticket_id IS NULL) <> (text IS NULL)", name="case_or_text"),
        UniqueConstraint("meeting_id", "ticket_id"),
    )

    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id"))
    ticket_id: Mapped[UUID | None] = mapped_column(ForeignKey("ticket.id"), index=True)
    text: Mapped[str | None] = mapped_column(String(LONGEST_LINE))
    set_aside: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0)
    reasons: Mapped[list[str]] = mapped_column(JSON, default=list)
    state: Mapped[str | None] = mapped_column(String(20))
    age_days: Mapped[int | None]
    question: Mapped[str | None] = mapped_column(Text)


class MeetingRecord(Identified):
    """A decision, or an action with its owner (a unit or a person) and its day, carried over until it is done."""

    __tablename__ = "meeting_record"
    __table_args__ = (
        CheckConstraint(codes("kind", ("decision", "action")), name="kind"),
        CheckConstraint("unit_code IS NULL OR account_id IS NULL", name="one_owner"),
        CheckConstraint(
            "(kind = 'action') = (unit_code IS NOT NULL OR account_id IS NOT NULL)", name="action_owned"
        ),
        CheckConstraint("(kind = 'action') = (due_on IS NOT NULL)", name="action_due"),
        CheckConstraint("done_on IS NULL OR kind = 'action'", name="action_done"),
    )

    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id"), index=True)
    kind: Mapped[str] = mapped_column(String(8))
    text: Mapped[str] = mapped_column(String(LONGEST_RECORD))
    unit_code: Mapped[str | None] = mapped_column(ForeignKey("unit.code"))
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    due_on: Mapped[date | None]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    done_on: Mapped[date | None]
    done_note: Mapped[str | None] = mapped_column(String(LONGEST_RECORD))
    done_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))


class MeetingComment(Base):
    """What one institution says around the figures of the year, under one heading."""

    __tablename__ = "meeting_comment"
    __table_args__ = (
        CheckConstraint(one_of("institution", Institution), name="institution"),
        CheckConstraint(codes("heading", HEADINGS), name="heading"),
    )

    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id"), primary_key=True)
    institution: Mapped[str] = mapped_column(String(12), primary_key=True)
    heading: Mapped[str] = mapped_column(String(12), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(default=1)
    written_at: Mapped[datetime]
    written_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))


class PutForward(Identified):
    """A request that one institution puts forward for the next monthly meeting, with its question; no name in it.

    `meeting_id`: the meeting that examined it; until then it stands, or is withdrawn.
    """

    __tablename__ = "put_forward"
    __table_args__ = (
        CheckConstraint(one_of("institution", Institution), name="institution"),
        Index(
            "ix_put_forward_standing",
            "ticket_id",
            "institution",
            unique=True,
            sqlite_where=_STANDING,
            postgresql_where=_STANDING,
        ),
    )

    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("ticket.id"), index=True)
    institution: Mapped[str] = mapped_column(String(12))
    unit_code: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    question: Mapped[str] = mapped_column(String(LONGEST_QUESTION))
    put_at: Mapped[datetime]
    put_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    meeting_id: Mapped[UUID | None] = mapped_column(ForeignKey("meeting.id"), index=True)
