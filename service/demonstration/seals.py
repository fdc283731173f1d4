"""Seals of the demonstration: at the end of each month, then as the scheduled job sets them for the last days."""

from datetime import datetime, time, timedelta

from service.database import transaction
from service.demonstration.agenda import Story
from service.demonstration.stage import Stage
from service.operations.seals import seal_journal
from service.statistics.periods import Month
from service.workflows.french import PARIS

HOURLY_DAYS = 3
FIRST, LAST = 8, 19


def sealed(stage: Stage) -> Story:
    """Few seals for what is long past, one each working hour for the last days."""
    hourly = stage.until - timedelta(days=HOURLY_DAYS)
    month = Month(stage.first_day.year, stage.first_day.month)
    while month.end < hourly:
        yield month.end
        _seal()
        month = month.back(-1)
    day = hourly.astimezone(PARIS).date()
    while day <= stage.today:
        for hour in range(FIRST, LAST):
            yield datetime.combine(day, time(hour, 25), PARIS)
            _seal()
        day += timedelta(days=1)


def _seal() -> None:
    with transaction() as session:
        seal_journal(session)
