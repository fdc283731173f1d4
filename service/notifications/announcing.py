"""Mails of a notice between the institutions (R-GO-5): its title and link, and its text to whoever has no account."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.models import Announcement, AnnouncementKind, AsipContact
from service.notifications.telling import tell_address
from service.queries.reference import Reference, UnitCard
from service.workflows import french

PUBLISHED, REMINDER = "announcement", "announcement_reminder"


def announce(
    session: Session,
    known: Reference,
    announcement: Announcement,
    kind: AnnouncementKind,
    units: Iterable[UnitCard],
    now: datetime,
) -> None:
    """Each address once: the mailboxes of the units but the author's, both référents, then the actors of the ASIP."""
    told = {unit.email: unit.name for unit in units if unit.email and unit.code != announcement.unit_code}
    for address, name in (
        (kind.caf_email, kind.caf_referent),
        (kind.departement_email, kind.departement_referent),
    ):
        if address:
            told.setdefault(address, name)
    for address, name in told.items():
        _mail(session, known, announcement, kind, address, name, PUBLISHED, now)
    if announcement.to_asip:
        contacts = session.scalars(select(AsipContact.email).order_by(AsipContact.email)).all()
        for address in (one for one in contacts if one not in told):
            _mail_text(session, known, announcement, address, now)


def remind(
    session: Session,
    known: Reference,
    announcement: Announcement,
    kind: AnnouncementKind,
    units: Iterable[UnitCard],
    now: datetime,
) -> None:
    """The mailboxes of the units that have not confirmed."""
    for unit in units:
        if unit.email:
            _mail(session, known, announcement, kind, unit.email, unit.name, REMINDER, now)


def _mail(
    session: Session,
    known: Reference,
    announcement: Announcement,
    kind: AnnouncementKind,
    address: str,
    addressee: str,
    event: str,
    now: datetime,
) -> None:
    tell_address(
        session,
        address,
        known.units[announcement.unit_code],
        event,
        f"Relais – {'rappel' if event == REMINDER else 'information'} : {announcement.title}",
        "announcement.txt",
        now,
        path=f"/convention/informations/{announcement.id}",
        reminder=event == REMINDER,
        addressee=addressee,
        title=announcement.title,
        kind=kind.label,
        effect=french.long_date(announcement.takes_effect_on),
    )


def _mail_text(
    session: Session, known: Reference, announcement: Announcement, address: str, now: datetime
) -> None:
    """Whoever has no account gets the text itself: it holds no personal data."""
    tell_address(
        session,
        address,
        known.units[announcement.unit_code],
        PUBLISHED,
        f"Information ASIP – {announcement.title}",
        "announcement_asip.txt",
        now,
        path="",
        title=announcement.title,
        effect=french.long_date(announcement.takes_effect_on),
        text=announcement.body,
    )
