"""The directory of places into the database: units, communes, sectors, who covers what, units that close down."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from service import clock
from service.database import transaction
from service.directory import reading, units
from service.directory.findings import Report, Spot
from service.directory.places import Directory
from service.directory.rows import UnitRow
from service.errors import GuardRefused, InvalidInput, NotPermitted, NotVisible
from service.models import Base, Commune, Coverage, Sector, Unit
from service.models.unit import has_closed
from service.operations import revision
from service.operations.seed import SERVICES
from service.permissions import Actor, Permission, may
from service.queries.directory import held_by
from service.workflows import french

_UNIT_FIELDS = ("name", "email", "telephone", "address", "illustrative")


@dataclass(frozen=True, slots=True)
class Imported:
    """What one import did. `kept`: units that the folder no longer names, kept for the tickets that do."""

    units: int
    communes: int
    sectors: int
    coverage: int
    changed: int
    kept: tuple[str, ...]


def import_directory(folder: Path = reading.DATA) -> Imported:
    """Read a folder and keep it, all or nothing; the same folder again changes nothing.

    Refuses (DirectoryRefused) with everything that is to mend. What people set in Relais stays: the calendar
    of a unit, the worker of a sector.
    """
    directory = reading.load(folder)
    with transaction() as session:
        return keep(session, directory)


def close_unit(actor: Actor, code: str, day: date) -> None:
    """Close a unit down from a day on: the directory says so, nothing of the past changes. Another day moves it.

    Refuses who is not the administration, an unknown unit and one that is gone, a day that has passed, and
    (GuardRefused) the only one of its kind, and from today on one that has a part in requests under way, with their
    number. A day to come is written down meanwhile: « Santé » says what is left.
    """
    _expect_closer(actor)
    now = clock.now()
    today = french.local_day(now)
    if day < today:
        raise InvalidInput({"day": ["Ce jour est passé : choisissez aujourd’hui ou un jour à venir."]})
    with transaction() as session:
        unit = _working(session, code, today)
        if day == today and (words := held_by(session, code, now).words):
            raise GuardRefused(
                f"{unit.name} {words}.",
                advice="Faites affecter à un autre service ou terminer ces demandes, ou choisissez un jour à venir : "
                "d’ici là, « Santé » dit ce qui reste.",
            )
        staying = select(Unit.code).where(Unit.kind == unit.kind, Unit.code != code, Unit.closed_on.is_(None))
        if session.scalar(staying.order_by(Unit.code).limit(1)) is None:
            raise GuardRefused(
                f"{unit.name} est le seul de son genre : ce qui lui revient n’irait nulle part.",
                advice="Ajoutez d’abord à l’annuaire le service qui le remplace.",
            )
        unit.closed_on = day
        revision.bump(session)


def keep_open(actor: Actor, code: str) -> None:
    """Take back a closing whose day has not come. Refuses who is not the administration, and any other unit."""
    _expect_closer(actor)
    with transaction() as session:
        unit = _working(session, code, french.local_day(clock.now()))
        if unit.closed_on is None:
            raise NotVisible
        unit.closed_on = None
        revision.bump(session)


def _expect_closer(actor: Actor) -> None:
    if not may(actor, Permission.CLOSE_UNITS):
        raise NotPermitted("Fermer un service revient à l’administration.")


def _working(session: Session, code: str, today: date) -> Unit:
    unit = session.get(Unit, code, with_for_update=True)
    if unit is None or has_closed(unit.closed_on, today):
        raise NotVisible
    return unit


def keep(session: Session, directory: Directory) -> Imported:
    """Keep an accepted directory, in the caller's transaction; the revision moves when something changed."""
    known = {unit.code: unit for unit in session.scalars(select(Unit).order_by(Unit.code))}
    _refuse_misfits(directory.units, known)
    changed = _keep_units(session, directory.units, known)
    changed += _keep_communes(session, directory)
    changed += _keep_sectors(session, directory)
    changed += _keep_coverage(session, directory)
    if changed:
        revision.bump(session)
    named = {row.code for row in directory.units}
    return Imported(
        units=len(directory.units),
        communes=len(directory.communes),
        sectors=len(directory.sectors),
        coverage=len(directory.coverage),
        changed=changed,
        kept=tuple(unit.name for code, unit in known.items() if code not in named),
    )


def _refuse_misfits(rows: Iterable[UnitRow], known: dict[str, Unit]) -> None:
    """What the folder alone can not show: a unit that becomes another thing, a mailbox already taken."""
    report = Report()
    given = {row.code: row for row in rows}
    mailboxes = {
        unit.email.casefold(): unit for unit in known.values() if unit.email and unit.code not in given
    }
    for row in given.values():
        spot, unit = Spot(report, units.FILE, row.line), known.get(row.code)
        if unit is not None and (unit.kind, unit.institution) != (row.kind, row.institution):
            spot.add(
                f'« {row.code} » existe déjà avec kind = "{unit.kind}" et institution = "{unit.institution}".',
                "Un service ne change pas de nature : donnez un autre code au nouveau.",
            )
        owner = mailboxes.get(row.email.casefold()) if row.email else None
        if owner is not None:
            spot.add(
                f"La boîte « {row.email} » est celle de {owner.name}, que ce dossier ne nomme plus.",
                "Gardez ce service dans le dossier avec une autre boîte, ou donnez-en une autre à celui-ci.",
            )
    report.refuse_if_any()


def _keep_units(session: Session, rows: Iterable[UnitRow], known: dict[str, Unit]) -> int:
    changed = 0
    moved = [row for row in rows if row.code in known and known[row.code].email != row.email]
    for row in moved:
        known[row.code].email = None
    if moved:
        session.flush()  # two units may exchange their mailboxes
    for row in rows:
        values = {name: getattr(row, name) for name in _UNIT_FIELDS}
        unit = known.get(row.code)
        if unit is None:
            unit = Unit(code=row.code, kind=row.kind, institution=row.institution, calendar_code=SERVICES)
            session.add(unit)
            changed += 1
        elif row in moved or any(getattr(unit, name) != value for name, value in values.items()):
            changed += 1
        for name, value in values.items():
            setattr(unit, name, value)
    session.flush()
    return changed


def _keep_communes(session: Session, directory: Directory) -> int:
    known = {row.insee: row for row in session.scalars(select(Commune).order_by(Commune.insee))}
    changed = 0
    for row in directory.communes:
        values = {
            "name": row.name,
            "postal_codes": " ".join(row.postal_codes),
            "epci": row.epci,
            "population": row.population,
        }
        changed += _upsert(session, known.get(row.insee) or Commune(insee=row.insee), values)
    session.flush()
    return changed


def _keep_sectors(session: Session, directory: Directory) -> int:
    known = {row.code: row for row in session.scalars(select(Sector).order_by(Sector.code))}
    changed = 0
    for row in directory.sectors:
        places = "\n".join(directory.permanences_of(row.code)) or None
        values: dict[str, object] = {"name": row.name, "permanences": places}
        changed += _upsert(session, known.get(row.code) or Sector(code=row.code), values)
    session.flush()
    return changed


def _keep_coverage(session: Session, directory: Directory) -> int:
    known = {
        (row.commune_insee, row.quarter): row
        for row in session.scalars(select(Coverage).order_by(Coverage.commune_insee, Coverage.quarter))
    }
    changed = 0
    for row in directory.coverage:
        kept = known.pop((row.insee, row.quarter), None) or Coverage(
            commune_insee=row.insee, quarter=row.quarter
        )
        values: dict[str, object] = {
            "quarter_name": directory.quarter_name(row.quarter),
            "cdas_code": row.cdas,
            "sector_code": row.sector,
        }
        changed += _upsert(session, kept, values)
    gone = [row.id for row in known.values()]
    session.flush()
    if gone:
        session.execute(delete(Coverage).where(Coverage.id.in_(gone)))
    _forget_sectors(session, directory)
    return changed + len(gone)


def _forget_sectors(session: Session, directory: Directory) -> None:
    """A sector that covers nothing any more is gone: its map is redrawn with the folder."""
    named = [sector.code for sector in directory.sectors]
    session.execute(delete(Sector).where(Sector.code.not_in(named)))


def _upsert(session: Session, row: Base, values: dict[str, object]) -> int:
    """1 when the row is new or changes."""
    if row not in session:
        session.add(row)
    elif all(getattr(row, name) == value for name, value in values.items()):
        return 0
    for name, value in values.items():
        setattr(row, name, value)
    return 1
