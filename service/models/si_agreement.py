"""The convention Caf, Cpam, SIAO (R-SI): agreement, referents and partners, meetings, yearly remarks, reminders.

Names here are those of professionals at work; nothing is held about anybody who is housed (art. 9).
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from service.models.base import Base, Identified
from service.models.details import codes
from service.workflows import si

_PRESENT_REFERENT = text("ends_on IS NULL AND role IN ('caf', 'cpam', 'siao')")


class SiAgreement(Identified):
    """One agreement, renewed each year by silence until a party ends it: by whom, the letter, the end."""

    __tablename__ = "si_agreement"
    __table_args__ = (
        CheckConstraint(codes("ended_by", si.PARTIES), name="ended_by"),
        CheckConstraint(
            "(ends_on IS NULL) = (ended_by IS NULL) AND (ends_on IS NULL) = (notice_on IS NULL)",
            name="ends_with_notice",
        ),
        CheckConstraint("ends_on IS NULL OR ends_on >= notice_on", name="end_after_notice"),
        CheckConstraint("notice_on IS NULL OR notice_on >= signed_on", name="notice_after_signature"),
    )

    caf: Mapped[str] = mapped_column(String(160))
    cpam: Mapped[str] = mapped_column(String(160))
    siao: Mapped[str] = mapped_column(String(160))
    signed_on: Mapped[date] = mapped_column(index=True)
    ended_by: Mapped[str | None] = mapped_column(String(8))
    notice_on: Mapped[date | None]
    ends_on: Mapped[date | None]


class SiContact(Identified):
    """A local referent, or somebody of the DDETS or of a partner; `ends_on`: the first day they no longer are."""

    __tablename__ = "si_contact"
    __table_args__ = (
        CheckConstraint(codes("role", si.CONTACT_ROLES), name="role"),
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ends_after_start"),
        Index(
            "uq_si_contact_one_referent",
            "role",
            unique=True,
            sqlite_where=_PRESENT_REFERENT,
            postgresql_where=_PRESENT_REFERENT,
        ),
    )

    role: Mapped[str] = mapped_column(String(8))
    organisation: Mapped[str | None] = mapped_column(String(160))
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str | None] = mapped_column(String(254))
    telephone: Mapped[str | None] = mapped_column(String(40))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]


class SiMeeting(Identified):
    """A local committee or a meeting of exchanges: who was there, by party, and what was decided."""

    __tablename__ = "si_meeting"
    __table_args__ = (CheckConstraint(codes("kind", si.MEETINGS), name="kind"),)

    kind: Mapped[str] = mapped_column(String(12))
    held_on: Mapped[date] = mapped_column(index=True)
    present: Mapped[list[str]] = mapped_column(JSON)
    decisions: Mapped[str | None] = mapped_column(Text)


class SiEvaluation(Base):
    """The qualitative part of a year's evaluation (art. 7)."""

    __tablename__ = "si_evaluation"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    difficulties: Mapped[str | None] = mapped_column(Text)
    good_practices: Mapped[str | None] = mapped_column(Text)
    proposals: Mapped[str | None] = mapped_column(Text)
    objectives: Mapped[str | None] = mapped_column(Text)
    changed_at: Mapped[datetime]
    changed_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))


class SiReminder(Base):
    """That a date was told to the referents: once a week at most. `due_on`: the day that was missed, or comes."""

    __tablename__ = "si_reminder"

    subject: Mapped[str] = mapped_column(String(12), primary_key=True)
    due_on: Mapped[date] = mapped_column(primary_key=True)
    week_on: Mapped[date] = mapped_column(primary_key=True)
    told_at: Mapped[datetime]
