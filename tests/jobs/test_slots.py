"""Slots are UTC instants of Europe/Paris times: always strictly later, whatever the nights of the year do."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from apscheduler.triggers.cron import CronTrigger
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from service.jobs.registry import JOBS, Job
from service.workflows.french import PARIS
from tests.scale import NIGHTLY

OCTOBER = datetime(2026, 10, 25, tzinfo=PARIS)
MARCH = datetime(2026, 3, 29, tzinfo=PARIS)
NEVER_AT_NIGHT = 2
BY_NAME = pytest.mark.parametrize("job", JOBS, ids=lambda job: job.name)


def nothing(_session: Session) -> int:
    return 0


def slots(job: Job, start: datetime, end: datetime) -> Iterator[datetime]:
    slot = job.slot_after(start)
    while slot < end:
        yield slot
        slot = job.slot_after(slot)


def is_daily(job: Job) -> bool:
    return len(list(slots(job, datetime(2026, 6, 1, tzinfo=PARIS), datetime(2026, 6, 2, tzinfo=PARIS)))) <= 1


@BY_NAME
@pytest.mark.parametrize("night", [OCTOBER, MARCH], ids=["october", "march"])
def test_from_any_second_of_a_changing_night_the_next_slot_is_strictly_later(
    job: Job, night: datetime
) -> None:
    midnight = night.astimezone(UTC)
    for second in range(0, 6 * 3600, 20):
        instant = midnight + timedelta(seconds=second)
        for given_as in (instant, instant.astimezone(PARIS)):
            slot = job.slot_after(given_as)
            assert slot > instant
            assert slot.utcoffset() == timedelta(0)
            assert job.slot_after(slot) > slot


@given(st.datetimes(datetime(2024, 1, 1), datetime(2034, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_a_slot_is_strictly_later_at_any_time_and_no_slot_is_jumped_over(instant: datetime) -> None:
    for job in JOBS:
        slot = job.slot_after(instant)
        assert slot > instant
        assert job.slot_after(slot - timedelta(microseconds=1)) == slot
        assert job.slot_due(slot, instant) == slot


@BY_NAME
def test_a_year_has_each_slot_once(job: Job) -> None:
    """Of what runs within the hour, by day the weeks in which the clock changes, which are like no other."""
    if is_daily(job):
        found = list(slots(job, datetime(2026, 1, 1, tzinfo=PARIS), datetime(2027, 1, 1, tzinfo=PARIS)))
        assert all(before < after for before, after in pairwise(found))
        days = Counter(slot.astimezone(PARIS).date() for slot in found)
        assert (len(days), set(days.values())) == (365, {1})
        return
    weeks = [(MARCH, MARCH + timedelta(days=7)), (OCTOBER, OCTOBER + timedelta(days=7))]
    year = [(datetime(2026, 1, 1, tzinfo=PARIS), datetime(2027, 1, 1, tzinfo=PARIS))]
    for start, end in year if NIGHTLY else weeks:
        found = list(slots(job, start - timedelta(days=1), end))
        assert all(before < after for before, after in pairwise(found))
        assert {after - before for before, after in pairwise(found)} == {found[1] - found[0]}


@BY_NAME
def test_no_daily_job_stands_in_the_hour_that_goes_missing(job: Job) -> None:
    if is_daily(job):
        found = slots(job, datetime(2026, 1, 1, tzinfo=PARIS), datetime(2027, 1, 1, tzinfo=PARIS))
        assert NEVER_AT_NIGHT not in {slot.astimezone(PARIS).hour for slot in found}


def test_a_job_in_that_hour_would_run_twice_in_october() -> None:
    """Why the rule above exists; if the trigger ever learns better, the rule can go."""
    job = Job("half_past_two", "", CronTrigger(hour=2, minute=30, timezone=PARIS), nothing)
    assert len(list(slots(job, OCTOBER, OCTOBER + timedelta(days=1)))) == 2


def test_missed_slots_become_the_last_one_or_are_all_replayed() -> None:
    trigger = CronTrigger(minute="*/10", timezone=PARIS)
    waiting = datetime(2026, 10, 24, 22, tzinfo=PARIS)
    now = datetime(2026, 10, 25, 4, 5, tzinfo=PARIS)
    assert Job("one", "", trigger, nothing).slot_due(waiting, now) == datetime(2026, 10, 25, 4, tzinfo=PARIS)
    assert Job("all", "", trigger, nothing, coalesce=False).slot_due(waiting, now) == waiting
