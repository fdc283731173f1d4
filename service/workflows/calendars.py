"""Public holidays, zone B school holidays (académie de Rennes), and what they close (R-CAL-1, R-CAL-2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import lru_cache
from types import MappingProxyType

from vacances_scolaires_france import SchoolHolidayDates

from service.workflows import weekly_hours
from service.workflows.business_time import OpenHours, Period, Slot, Stage

FIRST_DAY = date(2020, 1, 1)
LAST_DAY = date(2040, 12, 31)
ZONE = "B"

_WORKING_DAYS = range(5)

# R-CAL-2, ours: to be confirmed by both institutions.
LINE_WEEKLY_HOURS = tuple(
    Slot(day, opens, closes)
    for day in _WORKING_DAYS
    for opens, closes in ((time(9), time(12)), (time(14), time(16)))
)
SERVICE_WEEKLY_HOURS = tuple(
    Slot(day, opens, closes)
    for day in _WORKING_DAYS
    for opens, closes in ((time(8, 30), time(12, 15)), (time(13, 15), time(17)))
)

# The package lacks the pont de l'Ascension of these years (Friday and Saturday); of the others it has it.
_MISSING_BRIDGES = tuple(
    date(year, 5, day)
    for year, day in (
        (2023, 19),
        (2023, 20),
        (2024, 10),
        (2024, 11),
        (2025, 30),
        (2025, 31),
        (2026, 15),
        (2026, 16),
    )
)


@dataclass(frozen=True, slots=True)
class HoursFrom:
    """Weekly hours from a day on, and the holidays on which they stay closed (R-CAL-2)."""

    starts_on: date
    weekly: tuple[Slot, ...]
    follows_public_holidays: bool = True
    follows_school_holidays: bool = False

    def in_words(self) -> str:
        """« du lundi au vendredi, 9 h 00 – 12 h 00 ; fermé les jours fériés »."""
        return f"{weekly_hours.in_words(self.weekly)} ; {self.closed_in_words()}"

    def closed_in_words(self) -> str:
        """« fermé les jours fériés et pendant les vacances scolaires »."""
        followed = (self.follows_public_holidays, self.follows_school_holidays)
        return {
            (True, True): "fermé les jours fériés et pendant les vacances scolaires",
            (True, False): "fermé les jours fériés",
            (False, True): "fermé pendant les vacances scolaires",
            (False, False): "ouvert aussi les jours fériés et pendant les vacances scolaires",
        }[followed]


@lru_cache(maxsize=1)
def public_holidays() -> Mapping[date, str]:
    """The public holidays of metropolitan France, up to `LAST_DAY`: « jour férié : Toussaint »."""
    from holidays import country_holidays  # noqa: PLC0415 -- slow to import, needed here only

    known = country_holidays("FR", years=range(FIRST_DAY.year, LAST_DAY.year + 1), language="fr")
    return MappingProxyType(
        {day: f"jour férié : {_public_name(name)}" for day, name in sorted(known.items())}
    )


@lru_cache(maxsize=1)
def school_holidays() -> Mapping[date, str]:
    """The zone B school holidays, both ends included: « vacances scolaires de la Toussaint, zone B »."""
    known = SchoolHolidayDates()
    found = dict.fromkeys(_MISSING_BRIDGES, _school_name("Pont de l'Ascension"))
    for year in range(FIRST_DAY.year, known.max_year + 1):
        of_year = known.holidays_for_year_and_zone(year, ZONE)
        found.update({day: _school_name(row["nom_vacances"]) for day, row in of_year.items()})
    return MappingProxyType(dict(sorted(found.items())))


def known_until() -> date:
    """The last day whose school holidays are known: warn six months before (R-CAL-1)."""
    return max(school_holidays())


@lru_cache(maxsize=128)
def open_hours(
    weekly: tuple[Slot, ...],
    *,
    follows_public_holidays: bool = True,
    follows_school_holidays: bool = False,
    closures: tuple[Period, ...] = (),
    openings: tuple[Period, ...] = (),
    changes: tuple[HoursFrom, ...] = (),
) -> OpenHours:
    """The open hours from `FIRST_DAY` as far as the calendars they follow are known. Refuses empty hours.

    `changes`: what replaces the weekly hours and the holidays followed, each from its day on.
    """
    first = HoursFrom(FIRST_DAY, weekly, follows_public_holidays, follows_school_holidays)
    timeline = (first, *sorted(changes, key=lambda change: change.starts_on))
    stages = [Stage(one.starts_on, one.weekly, _closed_days(one)) for one in timeline]
    return OpenHours(
        weekly,
        FIRST_DAY,
        _last_day(timeline),
        closed_days=stages[0].closed_days,
        closures=closures,
        openings=openings,
        changes=stages[1:],
    )


def direct_line_hours() -> OpenHours:
    """The default hours of the direct line (R-CAL-2)."""
    return open_hours(LINE_WEEKLY_HOURS, follows_school_holidays=True)


def service_hours() -> OpenHours:
    """The default hours of every unit (R-CAL-2)."""
    return open_hours(SERVICE_WEEKLY_HOURS)


def is_ending(day: date, warning: timedelta = timedelta(days=183)) -> bool:
    """Whether the school holidays known end within `warning` after that day."""
    return day + warning > known_until()


def _closed_days(hours: HoursFrom) -> Mapping[date, str]:
    closed: dict[date, str] = {}
    if hours.follows_public_holidays:
        closed |= public_holidays()
    if hours.follows_school_holidays:
        # The longer closure explains the next opening better: 14 July is within the summer holidays.
        closed |= school_holidays()
    return closed


def _last_day(timeline: tuple[HoursFrom, ...]) -> date:
    """The last day whose hours are known: hours that follow the school holidays are, as long as these are."""
    ends = (*(change.starts_on - timedelta(days=1) for change in timeline[1:]), LAST_DAY)
    blind = any(
        hours.follows_school_holidays and end > known_until()
        for hours, end in zip(timeline, ends, strict=True)
    )
    return known_until() if blind else LAST_DAY


def _public_name(name: str) -> str:
    return name.replace("; ", " et ").replace("'", "’")


def _school_name(name: str) -> str:
    words = name.replace("'", "’")
    what = words.replace("Vacances", "vacances scolaires", 1) if words.startswith("Vacances") else words
    return f"{what[0].lower()}{what[1:]}, zone {ZONE}"
