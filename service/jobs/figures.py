"""The figures of the month that runs, the pack of the month and the report of the year that are over (R-GO-1, 2)."""

from collections.abc import Callable
from datetime import datetime, timedelta

from service import clock
from service.database import reading
from service.permissions import Institution
from service.queries.documents import published
from service.queries.reference import Reference, reference
from service.statistics.annual import KIND as REPORT
from service.statistics.pack import KIND
from service.statistics.periods import Month, Year
from service.statistics.publishing import keep_month, publish_pack
from service.statistics.reading import is_empty
from service.statistics.reporting import publish_report

_DAYS_BEFORE_A_REPORT = 2


def keep_running_month(renew: Callable[[], None]) -> int:
    """Compute the figures of the present month again: what « Statistiques » shows."""
    keep_month(Month.of(clock.now()))
    return 1


def publish_last_month(renew: Callable[[], None]) -> int:
    """From the first open day of a month on, publish the pack of the month before, if it is not there yet."""
    now = clock.now()
    month = Month.of(now).back(1)
    with reading() as session:
        if published(session, KIND, month.key) or _days_opened(reference(session), month.end, now) < 1:
            return 0
    made = publish_pack(month)
    return int(made is not None and made.body is not None)


def publish_last_year(renew: Callable[[], None]) -> int:
    """From the second open day of January on, publish the report of the year before, if it is not there yet.

    A year in which nothing happened, before Relais, has none.
    """
    now = clock.now()
    year = Year.of(now).back(1)
    with reading() as session:
        if published(session, REPORT, year.key) or is_empty(session, year):
            return 0
        if _days_opened(reference(session), year.end, now) < _DAYS_BEFORE_A_REPORT:
            return 0
    made = publish_report(year)
    return int(made is not None and made.body is not None)


def _days_opened(known: Reference, since: datetime, now: datetime) -> int:
    """How many open days a service of the Caf has had since the end of a period, today included."""
    before = since - timedelta(seconds=1)
    units = known.units_of_side(Institution.CAF)
    return max((known.hours_of(unit).open_days_between(before, now) for unit in units), default=0)
