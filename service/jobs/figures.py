"""The figures of the month that runs, and the pack of the month that is over (R-GO-1, indicators.md)."""

from collections.abc import Callable
from datetime import datetime, timedelta

from service import clock
from service.database import reading
from service.permissions import Institution
from service.queries.documents import published
from service.queries.reference import Reference, reference
from service.statistics.pack import KIND
from service.statistics.periods import Month
from service.statistics.publishing import keep_month, publish_pack


def keep_running_month(renew: Callable[[], None]) -> int:
    """Compute the figures of the present month again: what « Statistiques » shows."""
    keep_month(Month.of(clock.now()))
    return 1


def publish_last_month(renew: Callable[[], None]) -> int:
    """From the first open day of a month on, publish the pack of the month before, if it is not there yet."""
    now = clock.now()
    month = Month.of(now).back(1)
    with reading() as session:
        if published(session, KIND, month.key) or not _has_opened(reference(session), now):
            return 0
    made = publish_pack(month)
    return int(made is not None and made.body is not None)


def _has_opened(known: Reference, now: datetime) -> bool:
    """Whether a service of the Caf has had an open day in the present month, today included."""
    before = Month.of(now).start - timedelta(seconds=1)
    units = known.units_of_side(Institution.CAF)
    return any(known.hours_of(unit).open_days_between(before, now) > 0 for unit in units)
