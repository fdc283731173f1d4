"""Calendars: whose hours they are, what is planned for them, what was changed."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from service.models import Account, Calendar, CalendarHours, Closure, SettingChange, Ticket
from service.permissions import OUT_OF_LISTS
from service.queries.reference import LINE, UnitCard, reference, timeline
from service.queries.settings import CALENDAR_KEYS
from service.workflows.calendars import HoursFrom


@dataclass(frozen=True, slots=True)
class Place:
    """Something that has hours: the line, a unit, or what several units share.

    `code` names it in every address. `unit`: whose own hours they are, None for the line and for shared ones.
    `followers`: the units whose deadlines are computed in this calendar.
    """

    code: str
    name: str
    calendar_code: str
    calendar_name: str
    unit: UnitCard | None
    followers: tuple[UnitCard, ...]

    @property
    def own(self) -> bool:
        """Whether the calendar is this place's alone; a unit that still shares one gets its own with a change."""
        return self.code == self.calendar_code

    @property
    def is_line(self) -> bool:
        """The direct line's."""
        return self.calendar_code == LINE

    @property
    def concerned(self) -> tuple[str, ...]:
        """The codes of the units that a change made here is for."""
        return tuple(one.code for one in self.followers) if self.own else (self.code,)


def place(session: Session, code: str) -> Place | None:
    """The calendar of that code, else the unit of that code with the calendar that it follows."""
    units = reference(session).units
    calendar_code = code if session.get(Calendar, code) or code not in units else units[code].calendar_code
    row = session.get(Calendar, calendar_code)
    if row is None:
        return None
    followers = tuple(unit for unit in units.values() if unit.calendar_code == calendar_code)
    return Place(
        code=code,
        name=units[code].name if code in units else row.name,
        calendar_code=calendar_code,
        calendar_name=row.name,
        unit=units.get(code),
        followers=tuple(sorted(followers, key=lambda unit: unit.name)),
    )


def places(session: Session) -> list[Place]:
    """Every calendar: the line, what units share, then each unit's own, by name."""
    found = [place(session, code) for code in session.scalars(select(Calendar.code))]
    known = [one for one in found if one is not None]
    return sorted(known, key=lambda one: (not one.is_line, one.unit is not None, one.name))


def timeline_of(session: Session, calendar_code: str) -> tuple[HoursFrom, ...]:
    """The weekly hours of a calendar, past and to come, in order."""
    changes = session.scalars(select(CalendarHours).where(CalendarHours.calendar_code == calendar_code))
    return timeline(session.get_one(Calendar, calendar_code), changes)


def planned(calendar_code: str, today: date) -> Select[CalendarHours, str]:
    """Hours that have not begun, soonest first, each with the name of who planned them."""
    return (
        select(CalendarHours, Account.name)
        .outerjoin(Account, Account.id == CalendarHours.changed_by)
        .where(CalendarHours.calendar_code == calendar_code, CalendarHours.starts_on > today)
        .order_by(CalendarHours.starts_on)
    )


def exceptions(calendar_code: str, since: datetime | None = None) -> Select[Closure]:
    """Closures and exceptional openings in order; with `since`, those that are not over by then."""
    query = select(Closure).where(Closure.calendar_code == calendar_code)
    query = query if since is None else query.where(Closure.ends_at > since)
    return query.order_by(Closure.starts_at, Closure.id)


def history_key(calendar_code: str) -> str:
    """The key under which the changes of a calendar are kept."""
    return f"{CALENDAR_KEYS}{calendar_code}"


def last_change(session: Session, calendar_code: str) -> str:
    """A text that moves with each change of a calendar: what a form carries as `seen`."""
    key = history_key(calendar_code)
    number = session.scalar(select(func.count(SettingChange.id)).where(SettingChange.key == key)) or 0
    return f"{calendar_code}:{number}"


def deadlines_in(unit_codes: Collection[str]) -> Select[int]:
    """How many open requests have their deadline computed in the hours of these units."""
    return select(func.count(Ticket.id)).where(
        Ticket.next_step_unit_id.in_(sorted(unit_codes)),
        Ticket.next_deadline_at.is_not(None),
        Ticket.kind.not_in(sorted(OUT_OF_LISTS)),
    )
