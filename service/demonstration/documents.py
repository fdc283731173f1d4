"""Figures of the demonstration: each month over is computed, packs and reports are published (R-GO-1, R-GO-2)."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from service.database import transaction
from service.demonstration.agenda import Story, office
from service.demonstration.stage import Stage
from service.operations.reported_counts import report_count
from service.permissions import Role
from service.statistics.periods import Month, Year
from service.statistics.publishing import keep_month, publish_pack
from service.statistics.reporting import publish_report
from service.statistics.volet_one import CDAP_REPORTED
from service.workflows.french import PARIS, local_day

PACKS = 12


def stories(stage: Stage) -> Iterator[Story]:
    """The packs and reports as the scheduled jobs make them, and the figures of the running month."""
    yield _packs(stage)
    yield _reports(stage)
    yield _running(stage)


def _packs(stage: Stage) -> Story:
    month = Month(stage.first_day.year, stage.first_day.month)
    last = Month(stage.today.year, stage.today.month).back(1)
    while True:
        first_open = local_day(office().end_of_open_day(month.end - timedelta(seconds=1), 1))
        yield datetime.combine(first_open, time(5, 50), PARIS)
        with transaction() as session:
            number = stage.dice("cdap", month.key).randint(4, 19)
            secretary = stage.staff.shown(Role.CAF_SECRETARIAT)
            report_count(session, secretary, month.key, CDAP_REPORTED, number)
        if month > last.back(PACKS):
            publish_pack(month)
        else:
            keep_month(month)
        month = month.back(-1)


def _reports(stage: Stage) -> Story:
    """Of each year that is over; the committee of March comments it (`meetings`)."""
    year = Year(stage.first_day.year)
    while True:
        second_open = local_day(office().end_of_open_day(year.end - timedelta(seconds=1), 2))
        yield datetime.combine(second_open, time(6, 20), PARIS)
        publish_report(year)
        year = year.back(-1)


def _running(stage: Stage) -> Story:
    yield stage.until
    keep_month(Month.of(stage.until))
