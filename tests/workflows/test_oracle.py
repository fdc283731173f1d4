"""Business time and a naive calculator that looks at every minute agree (R-CAL-2, R-CAL-3, R-CLK-3, R-CLK-7).

The years 2020 to 2040 with their public holidays, the school holidays as far as they are known, closures, openings, and
hours that change on several days. Usually some instants of fourteen months; at night a million
instants over all the years.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from random import Random

import pytest

from service.workflows import calendars
from service.workflows.business_time import OpenHours, OutsideKnownDays, Period, Slot, Stage
from service.workflows.calendars import FIRST_DAY, LAST_DAY, HoursFrom
from tests import scale
from tests.workflows.minute_by_minute import MINUTE, PARIS, MinuteByMinute

INSTANTS = scale.count(2000, 1_000_000)
FIRST = FIRST_DAY if scale.NIGHTLY else date(2026, 3, 1)
LAST = LAST_DAY if scale.NIGHTLY else date(2027, 4, 30)
BETWEEN_EACH = scale.count(15, 1)
"""Minutes."""
NIGHTS = tuple(Slot(day, time(0), time(5)) for day in range(7))
MORNINGS = tuple(Slot(day, time(9), time(12)) for day in range(5))


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=PARIS)  # type: ignore[misc,arg-type]


def changes_of_clock() -> list[date]:
    """The last Sundays of March and October, 2020 to 2040 – a change each."""
    last_days = [
        date(year, month, 31) for year in range(FIRST_DAY.year, LAST_DAY.year + 1) for month in (3, 10)
    ]
    return [day - timedelta(days=(day.weekday() + 1) % 7) for day in last_days]


TIMELINES = {
    "line": (HoursFrom(FIRST_DAY, calendars.LINE_WEEKLY_HOURS, follows_school_holidays=True),),
    "service": (HoursFrom(FIRST_DAY, calendars.SERVICE_WEEKLY_HOURS),),
    "changing": (
        HoursFrom(FIRST_DAY, calendars.SERVICE_WEEKLY_HOURS),
        HoursFrom(date(2026, 3, 29), MORNINGS, follows_school_holidays=True),  # the day of a change of clock
        HoursFrom(date(2026, 10, 25), NIGHTS, follows_public_holidays=False),
        HoursFrom(date(2027, 1, 4), (*MORNINGS, Slot(5, time(9), time(12)))),
    ),
}
CLOSURES = (
    Period(at(2026, 10, 24, 22), at(2026, 10, 25, 2, 30), "nuit du changement d’heure"),
    Period(at(2026, 12, 24, 12), at(2027, 1, 2), "fin d’année"),
)
OPENINGS = (
    Period(at(2026, 12, 29, 9, 17), at(2026, 12, 29, 11, 2), "permanence"),
    Period(at(2027, 3, 27, 23), at(2027, 3, 28, 4), "nuit du changement d’heure"),
)


@lru_cache(maxsize=3)
def both(name: str) -> tuple[OpenHours, MinuteByMinute]:
    timeline = TIMELINES[name]
    fast = calendars.open_hours(
        timeline[0].weekly,
        follows_school_holidays=timeline[0].follows_school_holidays,
        closures=CLOSURES,
        openings=OPENINGS,
        changes=timeline[1:],
    )
    stages = [Stage(one.starts_on, one.weekly, _closed(one)) for one in timeline]
    return fast, MinuteByMinute(stages, FIRST, min(LAST, fast.last_day), CLOSURES, OPENINGS)


def _closed(hours: HoursFrom) -> dict[date, str]:
    public, school = calendars.public_holidays(), calendars.school_holidays()
    return {
        **(public if hours.follows_public_holidays else {}),
        **(school if hours.follows_school_holidays else {}),
    }


def drawn(naive: MinuteByMinute, rng: Random, number: int) -> Iterator[tuple[datetime, datetime, int]]:
    """Two instants in order, and some open minutes."""
    for _ in range(number):
        first = rng.randrange(naive.minutes)
        second = min(first + rng.choice((90, 3000, 40_000)) + rng.randrange(3000), naive.minutes - 1)
        yield naive.instant(first), naive.instant(max(first, second)), rng.choice((1, 240, 2000))


@pytest.mark.parametrize("name", TIMELINES)
def test_r_cal_3_random_instants_give_what_looking_at_every_minute_gives(name: str) -> None:
    fast, naive = both(name)
    rng = Random(f"{name} {INSTANTS}")
    for start, end, minutes in drawn(naive, rng, INSTANTS // len(TIMELINES) + 1):
        assert fast.is_open(start) == naive.is_open(start), start
        assert fast.between(start, end) == naive.between(start, end), (start, end)
        expected = naive.add(start, minutes)
        if expected is not None:
            assert fast.add(start, 60 * minutes) == expected, (start, minutes)
        earlier = naive.subtract(end, minutes)
        if earlier is not None:
            assert fast.subtract(end, 60 * minutes) == earlier, (end, minutes)
        days = 1 + minutes % 10
        closing = naive.end_of_open_day(start, days)
        if closing is not None:
            assert fast.end_of_open_day(start, days) == closing, (start, days)


@pytest.mark.parametrize("weekly", [calendars.SERVICE_WEEKLY_HOURS, NIGHTS], ids=["service", "nights"])
def test_r_cal_3_every_minute_around_each_change_of_clock_from_2020_to_2040(weekly: tuple[Slot, ...]) -> None:
    fast = calendars.open_hours(weekly, follows_public_holidays=False)
    for change in changes_of_clock():
        naive = MinuteByMinute(
            [Stage(date.min, weekly, {})], change - timedelta(days=1), change + timedelta(days=1)
        )
        assert naive.minutes == 3 * 1440 + (60 if change.month == 10 else -60)
        for minute in range(naive.minutes):
            instant = naive.instant(minute)
            assert fast.is_open(instant) == naive.is_open(instant), instant
            if minute % BETWEEN_EACH == 0:
                assert fast.between(naive.start, instant) == naive.between(naive.start, instant), instant


def test_r_clk_7_a_change_of_hours_moves_nothing_that_lies_before_it() -> None:
    """Each stage answers, before the next one begins, as if nothing came after."""
    timeline = TIMELINES["changing"]
    whole = calendars.open_hours(timeline[0].weekly, changes=timeline[1:])
    rng = Random("before")
    for number in range(1, len(timeline)):
        shorter = calendars.open_hours(timeline[0].weekly, changes=timeline[1:number])
        begins = datetime.combine(timeline[number].starts_on, time(0), PARIS).astimezone(UTC)
        for _ in range(scale.count(200, 20_000)):
            end = begins - rng.randrange(1000 * 1440) * MINUTE
            start = end - rng.randrange(60 * 1440) * MINUTE
            assert whole.between(start, end) == shorter.between(start, end)
            assert whole.subtract(end, 7200) == shorter.subtract(end, 7200)


def test_r_cal_1_hours_that_followed_the_school_holidays_for_a_time_are_known_to_the_end() -> None:
    school = HoursFrom(date(2026, 11, 1), MORNINGS, follows_school_holidays=True)
    after = HoursFrom(date(2027, 9, 1), MORNINGS)
    assert calendars.open_hours(MORNINGS, changes=(school,)).last_day == calendars.known_until()
    assert calendars.open_hours(MORNINGS, changes=(school, after)).last_day == LAST_DAY
    with pytest.raises(OutsideKnownDays):
        calendars.open_hours(MORNINGS, changes=(school,)).is_open(at(2030, 1, 2, 10))
