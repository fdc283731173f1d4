"""Public holidays, zone B school holidays (académie de Rennes), and what they close (R-CAL-1, R-CAL-2)."""

from collections.abc import Mapping
from datetime import date, time, timedelta
from functools import lru_cache
from types import MappingProxyType

from vacances_scolaires_france import SchoolHolidayDates

from service.workflows.business_time import OpenHours, Period, Slot

FIRST_DAY = date(2024, 1, 1)
LAST_DAY = date(2035, 12, 31)
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

# The package lacks the pont de l'Ascension of these years; of the others it has it (Friday and Saturday).
_MISSING_BRIDGES = tuple(
    date(year, 5, day)
    for year, day in ((2024, 10), (2024, 11), (2025, 30), (2025, 31), (2026, 15), (2026, 16))
)


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
) -> OpenHours:
    """The open hours from `FIRST_DAY` as far as the calendars they follow are known. Refuses empty hours."""
    closed: dict[date, str] = {}
    if follows_public_holidays:
        closed |= public_holidays()
    if follows_school_holidays:
        # The longer closure explains the next opening better: 14 July is within the summer holidays.
        closed |= school_holidays()
    last_day = min(LAST_DAY, known_until()) if follows_school_holidays else LAST_DAY
    return OpenHours(weekly, FIRST_DAY, last_day, closed_days=closed, closures=closures, openings=openings)


def direct_line_hours() -> OpenHours:
    """The default hours of the direct line (R-CAL-2)."""
    return open_hours(LINE_WEEKLY_HOURS, follows_school_holidays=True)


def service_hours() -> OpenHours:
    """The default hours of every unit (R-CAL-2)."""
    return open_hours(SERVICE_WEEKLY_HOURS)


def is_ending(day: date, warning: timedelta = timedelta(days=183)) -> bool:
    """Whether the school holidays known end within `warning` after that day."""
    return day + warning > known_until()


def _public_name(name: str) -> str:
    return name.replace("; ", " et ").replace("'", "’")


def _school_name(name: str) -> str:
    words = name.replace("'", "’")
    what = words.replace("Vacances", "vacances scolaires", 1) if words.startswith("Vacances") else words
    return f"{what[0].lower()}{what[1:]}, zone {ZONE}"
