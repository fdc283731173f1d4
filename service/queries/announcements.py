"""Notices as they are read: by where they stand, what a unit has to read, who has read one (R-GO-5)."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Select, extract, func, or_, select
from sqlalchemy.orm import Session

from service.models import (
    Account,
    Announcement,
    AnnouncementFile,
    AnnouncementKind,
    AnnouncementReceipt,
    AsipContact,
)
from service.permissions import Actor
from service.workflows.announcements import Phase


def one(announcement_id: UUID) -> Select[Announcement]:
    """The notice of that identifier."""
    return select(Announcement).where(Announcement.id == announcement_id)


def listed(stands: Phase, today: date, year: int | None = None) -> Select[Announcement, str, int, int]:
    """The notices of a phase, of one year of effect: with their type, for how many units, confirmed by how many."""
    receipts = select(func.count()).where(AnnouncementReceipt.announcement_id == Announcement.id)
    query = (
        select(
            Announcement,
            AnnouncementKind.label,
            receipts.scalar_subquery(),
            receipts.where(AnnouncementReceipt.confirmed_at.is_not(None)).scalar_subquery(),
        )
        .join(AnnouncementKind, AnnouncementKind.id == Announcement.kind_id)
        .where(_in(stands, today))
    )
    if year is not None:
        query = query.where(_year() == year)
    if stands is Phase.COMING:
        return query.order_by(Announcement.takes_effect_on, Announcement.id)
    return query.order_by(Announcement.takes_effect_on.desc(), Announcement.id.desc())


def years(session: Session, stands: Phase, today: date) -> Sequence[int]:
    """The years of effect of the notices of a phase, the last one first."""
    found = session.scalars(select(_year()).where(_in(stands, today)).distinct().order_by(_year().desc()))
    return [int(year) for year in found]


def to_read(actor: Actor, today: date) -> Select[Announcement]:
    """What the actor's unit has not confirmed yet, the nearest day of effect first."""
    return (
        select(Announcement)
        .join(AnnouncementReceipt, AnnouncementReceipt.announcement_id == Announcement.id)
        .where(
            AnnouncementReceipt.unit_code == actor.unit_id,
            AnnouncementReceipt.confirmed_at.is_(None),
            ~_in(Phase.PAST, today),
        )
        .order_by(Announcement.takes_effect_on, Announcement.id)
    )


def receipts(announcement_id: UUID) -> Select[AnnouncementReceipt, str | None]:
    """The units that a notice is for, with the name of who confirmed there; those that wait first."""
    return (
        select(AnnouncementReceipt, Account.name)
        .outerjoin(Account, Account.id == AnnouncementReceipt.confirmed_by)
        .where(AnnouncementReceipt.announcement_id == announcement_id)
        .order_by(
            AnnouncementReceipt.confirmed_at.is_not(None),
            AnnouncementReceipt.confirmed_at,
            AnnouncementReceipt.unit_code,
        )
    )


def files(announcement_id: UUID) -> Select[AnnouncementFile]:
    """The files joined to a notice, without their content."""
    return (
        select(AnnouncementFile)
        .where(AnnouncementFile.announcement_id == announcement_id)
        .order_by(AnnouncementFile.joined_at, AnnouncementFile.id)
    )


def kinds(*, offered: bool = False) -> Select[AnnouncementKind, str]:
    """The types of information with who wrote each last, by name; those still `offered`, or all."""
    query = (
        select(AnnouncementKind, Account.name)
        .join(Account, Account.id == AnnouncementKind.changed_by)
        .order_by(AnnouncementKind.closed_at.is_not(None), AnnouncementKind.label)
    )
    return query.where(AnnouncementKind.closed_at.is_(None)) if offered else query


def contacts() -> Select[AsipContact]:
    """The actors of the ASIP, by name."""
    return select(AsipContact).order_by(AsipContact.name, AsipContact.email)


def _year() -> ColumnElement[int]:
    return extract("year", Announcement.takes_effect_on)


def _in(stands: Phase, today: date) -> ColumnElement[bool]:
    """As `workflows.announcements.phase`, in SQL."""
    past = or_(
        Announcement.withdrawn_at.is_not(None),
        func.coalesce(Announcement.ends_on < today, False),
    )
    if stands is Phase.PAST:
        return past
    coming = Announcement.takes_effect_on > today
    return ~past & (coming if stands is Phase.COMING else ~coming)
