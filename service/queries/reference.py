"""Units, hours, Settings and convention versions: read once, read again when their revision moves."""

from collections.abc import Iterable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service import database
from service.models import (
    Account,
    Calendar,
    CalendarHours,
    Closure,
    ConventionVersion,
    NoticeChoice,
    Revision,
    SavedList,
    SettingValue,
    Unit,
)
from service.models.unit import has_closed
from service.permissions import Institution, UnitKind
from service.workflows import calendars, weekly_hours
from service.workflows.business_time import OpenHours, Period
from service.workflows.calendars import HoursFrom
from service.workflows.machine import State
from service.workflows.registry import WORKFLOWS
from service.workflows.settings import Values

LINE = "line"
MOVED = "relais_reference_moved"
"""In the `info` of a session that changes reference data: what it reads is not yet everybody's."""

_KEPT = "relais_reference"
"""In the `info` of a session: what it has read, so that one request sees one revision."""


@dataclass(frozen=True, slots=True)
class UnitCard:
    """What everybody may know of a unit."""

    code: str
    name: str
    kind: UnitKind
    institution: Institution
    email: str | None
    telephone: str | None
    calendar_code: str
    closed_on: date | None = None

    def closed_by(self, day: date) -> bool:
        """Whether the unit has closed down, on that day or before."""
        return has_closed(self.closed_on, day)


@dataclass(frozen=True, slots=True)
class KeptList:
    """A list that somebody keeps, for themself or for a whole unit: its name, and the address that narrows it."""

    id: UUID
    account_id: UUID
    unit_code: str | None
    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Version:
    """A convention version as tickets read it."""

    number: int
    label: str
    effective_at: datetime
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Reference:
    """One revision of the reference data, shared by every request of the process."""

    revision: int
    units: Mapping[str, UnitCard]
    hours: Mapping[str, OpenHours]
    settings: Values
    versions: tuple[Version, ...]
    choices: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """How an address wants to hear of a sort of event, where it chose."""
    kept_lists: tuple[KeptList, ...] = ()
    """By name: they stand above every list of requests, and change less often than a Setting."""
    _values: dict[int, Values] = field(default_factory=dict)

    def hours_of(self, unit_code: str) -> OpenHours:
        """The open hours of a unit."""
        return self.hours_of_calendar(self.units[unit_code].calendar_code)

    def hours_of_calendar(self, code: str) -> OpenHours:
        """The open hours of a calendar; `line` is the direct line's."""
        return self.hours[code]

    def to_caf(self, asking_unit_code: str | None) -> bool:
        """Whether a CDAS asks; False: the Caf asks a CDAS."""
        asking = self.units.get(asking_unit_code or "")
        return asking is not None and asking.kind is UnitKind.CDAS

    def state(self, kind: str, code: str, asking_unit_code: str | None) -> State:
        """A state of a request of that kind, as its table names it in the direction that the request goes."""
        return WORKFLOWS[kind].state(code, to_caf=self.to_caf(asking_unit_code))

    def lists_of(self, account_id: UUID, unit_code: str) -> tuple[list[KeptList], list[KeptList]]:
        """The lists that an account keeps for itself, then those that its unit shares."""
        own = [one for one in self.kept_lists if one.unit_code is None and one.account_id == account_id]
        return own, [one for one in self.kept_lists if one.unit_code == unit_code]

    def version_at(self, instant: datetime) -> Version:
        """The convention version in force at an instant (R-CLK-7)."""
        return [version for version in self.versions if version.effective_at <= instant][-1]

    def version(self, number: int) -> Version:
        """A version by number."""
        return next(version for version in self.versions if version.number == number)

    def values_of(self, number: int) -> Values:
        """Every Setting as a ticket of that version sees it: the version's own, else the present one."""
        if number not in self._values:
            self._values[number] = Values({**self.settings.stored, **self.version(number).values})
        return self._values[number]

    def triage_unit(self) -> UnitCard:
        """The unit that triages urgent rights (Setting `urgent_triage_unit`)."""
        kind = UnitKind(self.settings.text("urgent_triage_unit"))
        return self.desk(kind)

    def unit_of_email(self, address: str) -> UnitCard | None:
        """The unit that owns a generic mailbox."""
        wanted = address.strip().casefold()
        return next((u for u in self.units.values() if u.email and u.email.casefold() == wanted), None)

    def units_of_side(self, side: Institution) -> tuple[str, ...]:
        """The codes of the units of one institution that can owe a step."""
        owing = (UnitKind.STEERING, UnitKind.ADMINISTRATION)
        return tuple(u.code for u in self.units.values() if u.institution is side and u.kind not in owing)

    def units_of(self, kind: UnitKind) -> list[UnitCard]:
        """The units of one kind, by name; those that have closed down among them."""
        return sorted((u for u in self.units.values() if u.kind is kind), key=lambda unit: unit.name)

    def desk(self, kind: UnitKind) -> UnitCard:
        """Where what goes to a kind of unit arrives: the first by name of those that do not close down."""
        return min(self.units_of(kind), key=lambda unit: unit.closed_on is not None)

    def open_units(self, kind: UnitKind, day: date) -> list[UnitCard]:
        """The units of one kind that work on a day, by name: what a form offers."""
        return [unit for unit in self.units_of(kind) if not unit.closed_by(day)]


_ASKED = select(Revision.number).where(Revision.id == 1)
REVISION = _ASKED.scalar_subquery()
"""The present revision, for a statement that every request begins by."""

_cached: dict[str, Reference] = {}


@dataclass(slots=True)
class _Look:
    """The last revision that a request has found, and whether it is of that one from here on."""

    number: int | None = None
    once: bool = False


_look: ContextVar[_Look | None] = ContextVar("relais_look", default=None)


def look_each_time() -> None:
    """Ask in each session again, as jobs, commands and acts do; what was found before is forgotten."""
    _look.set(_Look())


def look_once() -> None:
    """From here to `look_each_time`, stay with the last revision found: nothing more is changed, it is only read."""
    look = _look.get()
    if look is None:
        _look.set(_Look(once=True))
    else:
        look.once = True


def note_revision(number: int | None) -> None:
    """The revision that another statement has asked along (`REVISION`): who looks once need not ask for it."""
    look = _look.get()
    if look is not None and not (look.once and look.number is not None):
        look.number = number or 0


def reference(session: Session) -> Reference:
    """The present reference data; one short statement a session when nothing changed (`look_once`: none, or one)."""
    if session.info.get(MOVED):
        number = _number(session)
        note_revision(number)
        return _read(session, number)
    kept: Reference | None = session.info.get(_KEPT)
    if kept is None:
        kept = session.info[_KEPT] = _present(session)
    return kept


def _present(session: Session) -> Reference:
    look = _look.get()
    if look is not None and look.once and look.number is not None:
        number = look.number
    else:
        number = _number(session)
        note_revision(number)
    key = str(database.engine().url)
    known = _cached.get(key)
    if known is None or known.revision != number:
        known = _cached[key] = _read(session, number)
    return known


def _number(session: Session) -> int:
    return session.scalar(_ASKED) or 0


def _read(session: Session, number: int) -> Reference:
    return Reference(
        revision=number,
        units={unit.code: _card(unit) for unit in session.scalars(select(Unit).order_by(Unit.code))},
        hours=_hours(session),
        settings=Values({row.key: row.value for row in session.scalars(select(SettingValue))}),
        versions=tuple(
            Version(row.number, row.label, row.effective_at, dict(row.values))
            for row in session.scalars(select(ConventionVersion).order_by(ConventionVersion.effective_at))
        ),
        choices=_choices(session),
        kept_lists=tuple(
            KeptList(row.id, row.account_id, row.unit_code, row.name, row.address)
            for row in session.scalars(select(SavedList).order_by(SavedList.name, SavedList.id))
        ),
    )


def _choices(session: Session) -> dict[tuple[str, str], str]:
    rows = session.execute(
        select(func.coalesce(Unit.email, Account.email), NoticeChoice.event, NoticeChoice.choice)
        .outerjoin(Unit, Unit.code == NoticeChoice.unit_code)
        .outerjoin(Account, Account.id == NoticeChoice.account_id)
    )
    return {(address, event): choice for address, event, choice in rows if address}


def timeline(row: Calendar, changes: Iterable[CalendarHours]) -> tuple[HoursFrom, ...]:
    """The weekly hours of a calendar in the order of their days, those it began with first."""
    first = _from(calendars.FIRST_DAY, row)
    return (first, *sorted((_from(one.starts_on, one) for one in changes), key=lambda one: one.starts_on))


def open_hours(timeline: Sequence[HoursFrom], exceptions: Iterable[Closure]) -> OpenHours:
    """The open hours of a timeline with its closures and exceptional openings. Refuses what never opens."""
    periods = [(one.opens, Period(one.starts_at, one.ends_at, one.reason)) for one in exceptions]
    return calendars.open_hours(
        timeline[0].weekly,
        follows_public_holidays=timeline[0].follows_public_holidays,
        follows_school_holidays=timeline[0].follows_school_holidays,
        closures=tuple(period for opens, period in periods if not opens),
        openings=tuple(period for opens, period in periods if opens),
        changes=tuple(timeline[1:]),
    )


def _hours(session: Session) -> dict[str, OpenHours]:
    exceptions: dict[str, list[Closure]] = {}
    for closure in session.scalars(select(Closure).order_by(Closure.starts_at, Closure.id)):
        exceptions.setdefault(closure.calendar_code, []).append(closure)
    changes: dict[str, list[CalendarHours]] = {}
    for change in session.scalars(select(CalendarHours)):
        changes.setdefault(change.calendar_code, []).append(change)
    rows = session.scalars(select(Calendar).order_by(Calendar.code))
    return {
        row.code: open_hours(timeline(row, changes.get(row.code, [])), exceptions.get(row.code, []))
        for row in rows
    }


def _from(day: date, row: Calendar | CalendarHours) -> HoursFrom:
    return HoursFrom(
        day,
        weekly_hours.from_stored(row.weekly),
        follows_public_holidays=row.follows_public_holidays,
        follows_school_holidays=row.follows_school_holidays,
    )


def _card(unit: Unit) -> UnitCard:
    return UnitCard(
        code=unit.code,
        name=unit.name,
        kind=UnitKind(unit.kind),
        institution=Institution(unit.institution),
        email=unit.email,
        telephone=unit.telephone,
        calendar_code=unit.calendar_code,
        closed_on=unit.closed_on,
    )
