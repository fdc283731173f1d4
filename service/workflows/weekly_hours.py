"""Opening hours as declared – weekly slots, closures, exceptional openings – and their spans (R-CAL-2)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import groupby, pairwise
from typing import Any, NamedTuple, Self

from service.workflows import french
from service.workflows.french import PARIS

ONE_DAY = timedelta(days=1)


class HoursRefused(ValueError):
    """Opening hours that can not be: none at all, closing before opening, overlapping."""


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """Open every week on `weekday` (0 = Monday) from `opens` up to `closes`, local time of Europe/Paris."""

    weekday: int
    opens: time
    closes: time

    def __post_init__(self) -> None:
        if self.weekday not in range(7):
            raise HoursRefused(f"no weekday {self.weekday}")
        if self.opens.tzinfo or self.closes.tzinfo:
            raise HoursRefused("weekly hours are local times, without a zone")
        if self.opens >= self.closes:
            raise HoursRefused(f"opens at {self.opens}, closes at {self.closes}")


@dataclass(frozen=True, slots=True)
class Period:
    """From an instant up to another, with its reason in French: a closure or an exceptional opening."""

    start: datetime
    end: datetime
    reason: str

    def __post_init__(self) -> None:
        if seconds_of(self.start) >= seconds_of(self.end):
            raise HoursRefused(f"a period from {self.start} to {self.end}")

    @classmethod
    def of_days(cls, first: date, last: date, reason: str) -> Self:
        """Whole days in Europe/Paris, `first` and `last` included."""
        return cls(midnight(first), midnight(last + ONE_DAY), reason)


class Stage(NamedTuple):
    """Weekly hours in force from a day on, and the days that they do not open, each with its reason in French."""

    starts_on: date
    weekly: tuple[Slot, ...]
    closed_days: Mapping[date, str]


class Span(NamedTuple):
    """From a UTC second up to another."""

    start: int
    end: int


def seconds_of(at: datetime) -> int:
    """The whole UTC second of an instant. Refuses (ValueError) an instant without its time zone."""
    if at.tzinfo is None:
        raise ValueError(f"an instant without its time zone: {at}")
    return int(at.timestamp())


def midnight(day: date) -> datetime:
    """The instant at which a day begins in Europe/Paris."""
    return datetime.combine(day, time(0), PARIS)


def refuse_overlap(slots: Iterable[Slot]) -> None:
    """HoursRefused where two slots of one weekday overlap; `slots` in order."""
    for before, after in pairwise(slots):
        if before.weekday == after.weekday and after.opens < before.closes:
            raise HoursRefused(f"two slots of {french.DAYS[before.weekday]} overlap")


def spans_of_day(slots: Iterable[Slot], day: date) -> Iterator[Span]:
    """The spans of the weekly slots on that day."""
    weekday, begins = day.weekday(), _begins(day)
    ordinary = _begins(day + ONE_DAY) - begins == 86_400
    for slot in slots:
        if slot.weekday != weekday:
            continue
        if ordinary:
            span = Span(begins + _since_midnight(slot.opens), begins + _since_midnight(slot.closes))
        else:
            opens = datetime.combine(day, slot.opens, PARIS)
            # In the hour that comes twice, the later one closes: nobody shuts before having opened.
            closes = datetime.combine(day, slot.closes, PARIS).replace(fold=1)
            span = Span(seconds_of(opens), seconds_of(closes))
        if span.start < span.end:
            yield span


def without(spans: Iterable[Span], start: int, end: int) -> Iterator[Span]:
    """What is left of the spans when `start` … `end` is taken away."""
    for span in spans:
        if end <= span.start or span.end <= start:
            yield span
            continue
        if span.start < start:
            yield Span(span.start, start)
        if end < span.end:
            yield Span(end, span.end)


def merged(spans: Iterable[Span]) -> list[Span]:
    """The spans in order, those that touch or overlap made one."""
    found: list[Span] = []
    for span in sorted(spans):
        if found and span.start <= found[-1].end:
            found[-1] = Span(found[-1].start, max(found[-1].end, span.end))
        else:
            found.append(span)
    return found


def closings(span: Span) -> Iterator[tuple[date, int]]:
    """The local days that a span touches, each with the second at which it closes or the day ends."""
    day = datetime.fromtimestamp(span.start, PARIS).date()
    while (next_midnight := seconds_of(midnight(day + ONE_DAY))) < span.end:
        yield day, next_midnight
        day += ONE_DAY
    yield day, span.end


def seconds_a_week(slots: Iterable[Slot]) -> int:
    """How long the slots are open in an ordinary week, on the clock on the wall."""
    return sum(_since_midnight(slot.closes) - _since_midnight(slot.opens) for slot in slots)


def from_stored(rows: Iterable[Iterable[Any]]) -> tuple[Slot, ...]:
    """The slots behind [[weekday, "09:00", "12:00"], …]."""
    return tuple(
        Slot(day, time.fromisoformat(opens), time.fromisoformat(closes)) for day, opens, closes in rows
    )


def to_stored(slots: Iterable[Slot]) -> list[list[Any]]:
    """[[weekday, "09:00", "12:00"], …], in order."""
    return [[slot.weekday, f"{slot.opens:%H:%M}", f"{slot.closes:%H:%M}"] for slot in sorted(slots)]


def in_words(slots: Iterable[Slot]) -> str:
    """« du lundi au vendredi, 8 h 30 – 12 h 15 et 13 h 15 – 17 h 00 »; `slots` in order."""
    by_day = groupby(slots, key=lambda slot: slot.weekday)
    hours = {day: " et ".join(slot_in_words(slot) for slot in of_day) for day, of_day in by_day}
    runs: list[list[int]] = []
    for day in hours:
        if runs and runs[-1][-1] == day - 1 and hours[day - 1] == hours[day]:
            runs[-1].append(day)
        else:
            runs.append([day])
    return " ; ".join(f"{_days_words(run)}, {hours[run[0]]}" for run in runs)


def period_in_words(start: datetime, end: datetime) -> str:
    """« du mardi 1er décembre 2026 à 9 h 00 au … à 12 h 00 »; whole days without their hours, the last one included."""
    if _is_midnight(start) and _is_midnight(end):
        first, last = french.local_day(start), french.local_day(end) - ONE_DAY
        if first == last:
            return f"le {french.long_date(first)}"
        return f"du {french.long_date(first)} au {french.long_date(last)}"
    return f"du {french.instant(start)} au {french.instant(end)}"


def slot_in_words(slot: Slot) -> str:
    """« 8 h 30 – 12 h 15 »."""
    return f"{french.clock_time(slot.opens)} – {french.clock_time(slot.closes)}"


@lru_cache(maxsize=20_000)
def _begins(day: date) -> int:
    """The UTC second of a midnight; every calendar asks for the same ones."""
    return seconds_of(midnight(day))


def _is_midnight(at: datetime) -> bool:
    return at == midnight(french.local_day(at))


def _since_midnight(moment: time) -> int:
    return moment.hour * 3600 + moment.minute * 60 + moment.second


def _days_words(run: list[int]) -> str:
    first, last = french.DAYS[run[0]], french.DAYS[run[-1]]
    return f"le {first}" if first == last else f"du {first} au {last}"
