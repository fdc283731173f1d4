"""Which readings of a week deserve a question, from who, when and which: no content, no measure of anybody's work."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from uuid import UUID

VOLUME, HOURS, REFUSED, SAME_NAME, NO_ACTION = "volume", "hours", "refused", "same_name", "no_action"
SIGNS: Mapping[str, str] = {
    VOLUME: "beaucoup plus de demandes ouvertes que d’habitude ce jour-là",
    HOURS: "ouvertes la nuit ou le week-end",
    REFUSED: "plusieurs demandes d’ailleurs essayées, et refusées",
    SAME_NAME: "la personne porte le même nom que l’agent",
    NO_ACTION: "demande terminée depuis longtemps, ouverte sans rien y faire",
}

MANY = 60
"""Tickets in a day under which volume says nothing."""
TIMES_USUAL = 2
FIRST_HOUR, LAST_HOUR = 7, 20
SATURDAY = 5
TRIES = 3
LONG_ENDED = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Read:
    """One reading. `at` is local time; `ended_at` when the ticket ended; `acted`: its reader did something there."""

    account_id: UUID
    unit_id: str
    ticket_id: UUID
    at: datetime
    refused: bool = False
    ended_at: datetime | None = None
    same_name: bool = False
    acted: bool = False


@dataclass(frozen=True, slots=True)
class Sign:
    """One line of the list: of one ticket, or of so many of a day."""

    account_id: UUID
    unit_id: str
    sign: str
    day: date
    ticket_id: UUID | None
    tickets: int


def signs(reads: Iterable[Read]) -> list[Sign]:
    """The signs of a week's readings, person by person, day by day."""
    by_person: dict[tuple[UUID, str], list[Read]] = defaultdict(list)
    for one in reads:
        by_person[one.account_id, one.unit_id].append(one)
    return [
        Sign(account_id, unit_id, *found)
        for (account_id, unit_id), own in by_person.items()
        for found in (*_of_days(own), *_of_tickets(own))
    ]


_Found = tuple[str, date, UUID | None, int]


def _of_days(reads: Sequence[Read]) -> Iterator[_Found]:
    days: dict[date, list[Read]] = defaultdict(list)
    for one in reads:
        days[one.at.date()].append(one)
    opened = {day: _tickets(one for one in those if not one.refused) for day, those in days.items()}
    for day, those in days.items():
        others = [number for other, number in opened.items() if other != day and number]
        if opened[day] > max(MANY, TIMES_USUAL * median(others) if others else 0):
            yield VOLUME, day, None, opened[day]
        if late := _tickets(one for one in those if not one.refused and _is_late(one.at)):
            yield HOURS, day, None, late
        if (tried := _tickets(one for one in those if one.refused)) >= TRIES:
            yield REFUSED, day, None, tried


def _of_tickets(reads: Sequence[Read]) -> Iterator[_Found]:
    told = set()
    for one in reads:
        for sign, stands in ((SAME_NAME, one.same_name), (NO_ACTION, _for_nothing(one))):
            if stands and not one.refused and (sign, one.ticket_id) not in told:
                told.add((sign, one.ticket_id))
                yield sign, one.at.date(), one.ticket_id, 1


def _tickets(reads: Iterable[Read]) -> int:
    return len({one.ticket_id for one in reads})


def _is_late(at: datetime) -> bool:
    return at.weekday() >= SATURDAY or not FIRST_HOUR <= at.hour < LAST_HOUR


def _for_nothing(one: Read) -> bool:
    return not one.acted and one.ended_at is not None and one.at - one.ended_at > LONG_ENDED
