"""Publish a notice between the institutions, confirm that it was read, remind, join files, withdraw (R-GO-5)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from service import clock
from service.database import transaction
from service.errors import GuardRefused, InvalidInput, NotPermitted, NotVisible
from service.models import (
    Announcement,
    AnnouncementFile,
    AnnouncementKind,
    AnnouncementReceipt,
)
from service.notifications import announcing
from service.operations.files import Accepted
from service.operations.keepers import expect_keeper
from service.operations.once import once
from service.operations.texts import refuse_nir
from service.permissions import Actor, Permission, UnitKind, may
from service.queries.announcements import one
from service.queries.reference import Reference, UnitCard, reference
from service.workflows import french
from service.workflows.announcements import ANNOUNCERS, GROUPS, Phase, phase

MOST_FILES = 5


def publish(actor: Actor, given: Mapping[str, Any], files: Sequence[Accepted], key: str) -> UUID:
    """Publish a notice and mail its title and link to its units and to the référents of its type; gives its identifier.

    With `to_asip` its text also goes to the actors of the ASIP. The author's own unit has read it. Refuses a type
    that the other institution announces, an audience without a unit, an end before the start, and a NIR (R-DP-7).
    """
    expect_keeper(actor)
    refuse_nir(given)
    if len(files) > MOST_FILES:
        raise InvalidInput({"file": [f"Joignez {MOST_FILES} fichiers au plus."]})

    def make(session: Session) -> str:
        known, now = reference(session), clock.now()
        kind = _kind_for(session, actor, given["kind_id"])
        units = _addressees(known, given.get("groups", ()), given.get("units", ()), now)
        announcement = _announcement(actor, given, now)
        session.add(announcement)
        session.flush()
        session.add_all(_receipt(announcement.id, unit, actor, now) for unit in units)
        session.add_all(_kept(announcement.id, actor, file, now) for file in files)
        announcing.announce(session, known, announcement, kind, units, now)
        return str(announcement.id)

    asked = {**given, "files": [file.sha256.hex() for file in files]}
    made, _ = once(actor, key, {"announcement": asked}, make)
    return UUID(made)


def confirm_read(actor: Actor, announcement_id: UUID) -> bool:
    """Confirm that one's unit has read a notice; False when a colleague did before. Refuses a unit it is not for."""
    if not may(actor, Permission.READ_CONVENTION_LIFE):
        raise NotPermitted("Votre rôle ne lit pas les informations.")
    with transaction() as session:
        receipt = session.get(AnnouncementReceipt, (announcement_id, actor.unit_id))
        if receipt is None:
            raise NotVisible
        waiting = update(AnnouncementReceipt).where(
            AnnouncementReceipt.announcement_id == announcement_id,
            AnnouncementReceipt.unit_code == actor.unit_id,
            AnnouncementReceipt.confirmed_at.is_(None),
        )
        done = session.execute(waiting.values(confirmed_at=clock.now(), confirmed_by=actor.account_id))
        return bool(done.rowcount)  # type: ignore[attr-defined]


def remind(actor: Actor, announcement_id: UUID) -> int:
    """Mail the units that have not confirmed yet; gives how many. Once a day at most, publication included."""
    with transaction() as session:
        announcement = _own(session, actor, announcement_id)
        known, now = reference(session), clock.now()
        today = french.local_day(now)
        _expect_current(announcement, now)
        if french.local_day(announcement.reminded_at or announcement.published_at) == today:
            raise GuardRefused(
                "Un courriel est déjà parti aujourd’hui pour cette information.",
                rule="R-GO-5",
                advice="Relancez demain, ou appelez les services qui manquent.",
            )
        units = _waiting(session, known, announcement_id)
        if not units:
            raise GuardRefused("Tous les services ont confirmé avoir lu cette information.", rule="R-GO-5")
        kind = session.get_one(AnnouncementKind, announcement.kind_id)
        announcing.remind(session, known, announcement, kind, units, now)
        announcement.reminded_at = now
        return len(units)


def join(actor: Actor, announcement_id: UUID, file: Accepted) -> None:
    """Join one more file to a notice of one's institution. Refuses a sixth, and a notice that is past."""
    with transaction() as session:
        announcement = _own(session, actor, announcement_id)
        _expect_current(announcement, clock.now())
        count = select(func.count()).where(AnnouncementFile.announcement_id == announcement_id)
        if (session.scalar(count) or 0) >= MOST_FILES:
            raise InvalidInput({"file": [f"Cette information porte déjà {MOST_FILES} fichiers, le maximum."]})
        session.add(_kept(announcement_id, actor, file, clock.now()))


def withdraw(actor: Actor, announcement_id: UUID) -> None:
    """Withdraw a notice of one's institution: it stays among the past ones, says so, and asks nobody any more."""
    with transaction() as session:
        announcement = _own(session, actor, announcement_id)
        announcement.withdrawn_at = announcement.withdrawn_at or clock.now()


def _kind_for(session: Session, actor: Actor, kind_id: UUID) -> AnnouncementKind:
    kind = session.get(AnnouncementKind, kind_id)
    if kind is None or kind.closed_at is not None:
        raise InvalidInput({"kind_id": ["Choisissez dans la liste."]})
    if kind.announced_by not in ("both", actor.institution):
        other = kind.caf_referent if kind.announced_by == "caf" else kind.departement_referent
        sentence = f"{ANNOUNCERS[kind.announced_by]} annonce ce type d’information : adressez-vous à {other}."
        raise InvalidInput({"kind_id": [sentence]}, rule="R-GO-5")
    return kind


def _addressees(
    known: Reference, groups: Iterable[str], chosen: Iterable[str], now: datetime
) -> list[UnitCard]:
    today = french.local_day(now)
    kinds = frozenset[UnitKind]().union(*(GROUPS[group][1] for group in groups))
    named = frozenset(chosen)
    units = [
        unit
        for unit in known.units.values()
        if (unit.kind in kinds or (unit.kind is UnitKind.CDAS and unit.code in named))
        and not unit.closed_by(today)
    ]
    if not units:
        raise InvalidInput({"groups": ["Choisissez au moins un service."]}, rule="R-GO-5")
    return units


def _announcement(actor: Actor, given: Mapping[str, Any], now: datetime) -> Announcement:
    starts_on, ends_on = given["takes_effect_on"], given.get("ends_on")
    if ends_on is not None and ends_on < max(starts_on, french.local_day(now)):
        raise InvalidInput({"ends_on": ["La fin vient avant la date d’effet, ou elle est passée."]})
    return Announcement(
        kind_id=given["kind_id"],
        title=given["title"],
        body=given["body"],
        takes_effect_on=starts_on,
        ends_on=ends_on,
        to_asip=bool(given.get("to_asip")),
        published_at=now,
        published_by=actor.account_id,
        unit_code=actor.unit_id,
    )


def _receipt(announcement_id: UUID, unit: UnitCard, actor: Actor, now: datetime) -> AnnouncementReceipt:
    own = unit.code == actor.unit_id
    return AnnouncementReceipt(
        announcement_id=announcement_id,
        unit_code=unit.code,
        confirmed_at=now if own else None,
        confirmed_by=actor.account_id if own else None,
    )


def _kept(announcement_id: UUID, actor: Actor, file: Accepted, now: datetime) -> AnnouncementFile:
    return AnnouncementFile(
        announcement_id=announcement_id,
        author_id=actor.account_id,
        joined_at=now,
        content_type=file.content_type,
        size=len(file.content),
        sha256=file.sha256,
        filename=file.filename,
        content=file.content,
    )


def _waiting(session: Session, known: Reference, announcement_id: UUID) -> list[UnitCard]:
    waiting = select(AnnouncementReceipt.unit_code).where(
        AnnouncementReceipt.announcement_id == announcement_id, AnnouncementReceipt.confirmed_at.is_(None)
    )
    return [known.units[code] for code in session.scalars(waiting.order_by(AnnouncementReceipt.unit_code))]


def _own(session: Session, actor: Actor, announcement_id: UUID) -> Announcement:
    """The notice, held, for who keeps those of the institution that published it."""
    expect_keeper(actor)
    announcement = session.scalar(one(announcement_id).with_for_update())
    if announcement is None:
        raise NotVisible
    if reference(session).units[announcement.unit_code].institution is not actor.institution:
        raise NotPermitted("Cette information est celle de l’autre institution : elle seule la suit.")
    return announcement


def _expect_current(announcement: Announcement, now: datetime) -> None:
    stands = phase(
        announcement.takes_effect_on,
        announcement.ends_on,
        withdrawn=announcement.withdrawn_at is not None,
        today=french.local_day(now),
    )
    if stands is Phase.PAST:
        raise GuardRefused("Cette information est passée : elle ne se relance ni ne se complète plus.")
