"""Notices between the institutions, « Informations » (R-GO-5): their types, their units, who read them, their files.

No personal data in any of it: titles are mailed, texts are read by whole units.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from service.models.base import Base, Identified, Sealed, SealedBytes
from service.models.details import codes
from service.workflows.announcements import ANNOUNCERS


class AnnouncementKind(Identified):
    """A type of information: who announces it, to whom, how. The list is the « écrit de référence » of both sides.

    `closed_at`: no longer offered; the notices of that type keep it.
    """

    __tablename__ = "announcement_kind"
    __table_args__ = (CheckConstraint(codes("announced_by", ANNOUNCERS), name="announced_by"),)

    label: Mapped[str] = mapped_column(String(120), unique=True)
    announced_by: Mapped[str] = mapped_column(String(12))
    manner: Mapped[str | None] = mapped_column(String(200))
    caf_referent: Mapped[str] = mapped_column(String(120))
    caf_email: Mapped[str | None] = mapped_column(String(254))
    departement_referent: Mapped[str] = mapped_column(String(120))
    departement_email: Mapped[str | None] = mapped_column(String(254))
    changed_at: Mapped[datetime]
    changed_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    closed_at: Mapped[datetime | None]


class Announcement(Identified):
    """A published notice. Its words are never altered, since units confirm having read them; it may be withdrawn."""

    __tablename__ = "announcement"
    __table_args__ = (CheckConstraint("ends_on >= takes_effect_on", name="ends_after_start"),)

    kind_id: Mapped[UUID] = mapped_column(ForeignKey("announcement_kind.id"))
    title: Mapped[str] = mapped_column(String(160))
    body: Mapped[str] = mapped_column(Text)
    takes_effect_on: Mapped[date] = mapped_column(index=True)
    ends_on: Mapped[date | None]
    to_asip: Mapped[bool]
    published_at: Mapped[datetime]
    published_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    unit_code: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    reminded_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]


class AnnouncementReceipt(Base):
    """A unit that the notice is for, and who first confirmed there that it was read."""

    __tablename__ = "announcement_receipt"
    __table_args__ = (
        CheckConstraint("(confirmed_at IS NULL) = (confirmed_by IS NULL)", name="confirmed"),
        Index("ix_announcement_receipt_waiting", "unit_code", "confirmed_at"),
    )

    announcement_id: Mapped[UUID] = mapped_column(ForeignKey("announcement.id"), primary_key=True)
    unit_code: Mapped[str] = mapped_column(ForeignKey("unit.code"), primary_key=True)
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))


class AnnouncementFile(Identified):
    """A file joined to a notice, kept as those of requests are: encrypted, its type read from its content."""

    __tablename__ = "announcement_file"
    __table_args__ = (
        CheckConstraint(
            "content_type IN ('application/pdf', 'image/jpeg', 'image/png')", name="content_type"
        ),
        CheckConstraint("size > 0 AND size <= 10485760", name="size"),
    )

    announcement_id: Mapped[UUID] = mapped_column(ForeignKey("announcement.id"), index=True)
    author_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    joined_at: Mapped[datetime]
    content_type: Mapped[str] = mapped_column(String(20))
    size: Mapped[int]
    sha256: Mapped[bytes]
    filename_sealed: Mapped[bytes]
    content_sealed: Mapped[bytes] = mapped_column(deferred=True)

    filename = Sealed()
    content = SealedBytes()


class AsipContact(Identified):
    """An actor of the ASIP outside both institutions, who hears by mail of new rights (R-GO-5)."""

    __tablename__ = "asip_contact"

    name: Mapped[str] = mapped_column(String(160))
    email: Mapped[str] = mapped_column(String(254), unique=True)
    added_at: Mapped[datetime]
    added_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
