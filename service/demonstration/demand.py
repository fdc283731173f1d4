"""How many requests come when, and by which channel: working days, seasons, school holidays, a slow growth."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from service.demonstration.agenda import line, office
from service.workflows.french import PARIS

# Quarterly declarations and the year's review of rights make January, April, July, October.
_MONTHS = (1.35, 1.0, 1.0, 1.15, 0.85, 0.95, 1.0, 0.65, 1.15, 1.15, 1.05, 0.9)
_WEEKDAYS = (1.25, 1.1, 0.9, 1.05, 0.85)
_SCHOOL_HOLIDAYS = 0.85
_FIRST, _LAST = 0.8, 1.25
"""Demand on the first and the last day, in means."""

_HOURS = ((9, 1.3), (10, 1.6), (11, 1.2), (14, 1.4), (15, 1.1), (16, 0.7))
_ODD_HOURS = (8, 12, 13, 16)
_LINE_OPEN = {"phone": 0.42, "service": 0.26, "cdap_form": 0.2, "email": 0.12}
_LINE_CLOSED = {"phone": 0.0, "service": 0.42, "cdap_form": 0.42, "email": 0.16}


@dataclass(frozen=True, slots=True)
class Arrival:
    """A request that comes, numbered in the order of time."""

    number: int
    at: datetime
    channel: str


def arrivals(rng: Random, first: date, last: date, number: int) -> list[Arrival]:
    """That many requests between two days, included, in the order of time."""
    days = [day for day in _days(first, last) if is_working(day)]
    weights = [_weight(day, first, last) for day in days]
    drawn = (_one(rng, day, first, last) for day in rng.choices(days, weights, k=number))
    return [Arrival(index, at, channel) for index, (at, channel) in enumerate(sorted(drawn))]


def is_working(day: date) -> bool:
    """Whether the services work on that day."""
    return office().is_open(datetime.combine(day, time(10), PARIS))


def line_is_open_on(day: date) -> bool:
    """Whether the direct line opens on that day."""
    return line().is_open(datetime.combine(day, time(10), PARIS))


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=number) for number in range((last - first).days + 1))


def _weight(day: date, first: date, last: date) -> float:
    growth = _FIRST + (_LAST - _FIRST) * _progress(day, first, last)
    holidays = 1.0 if line_is_open_on(day) else _SCHOOL_HOLIDAYS
    return growth * holidays * _MONTHS[day.month - 1] * _WEEKDAYS[day.weekday()]


def _one(rng: Random, day: date, first: date, last: date) -> tuple[datetime, str]:
    shares = dict(_LINE_OPEN if line_is_open_on(day) else _LINE_CLOSED)
    # Relais gains on the mailbox and the CDAP form as people get used to it.
    shares["service"] *= 0.6 + 0.8 * _progress(day, first, last)
    channel = rng.choices(list(shares), list(shares.values()))[0]
    return _hour(rng, day, channel), channel


def _hour(rng: Random, day: date, channel: str) -> datetime:
    hours = {hour: weight for hour, weight in _HOURS if channel != "phone" or hour != 16}
    hour = rng.choices(list(hours), list(hours.values()))[0]
    if channel != "phone" and rng.random() < 0.1:
        hour = rng.choice(_ODD_HOURS)
    # A call leaves time to be answered before the line closes.
    minute = rng.randrange(45) if channel == "phone" else rng.randrange(60)
    local = datetime.combine(day, time(hour, minute, rng.randrange(60)), PARIS)
    return local.astimezone(UTC)


def _progress(day: date, first: date, last: date) -> float:
    return (day - first).days / max(1, (last - first).days)
