"""What happened to each request: where it stands, and by which acts, at which instants, it came there."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from math import log
from random import Random
from zoneinfo import ZoneInfo

from service.demonstration.demand import arrivals
from service.workflows.business_time import OpenHours
from service.workflows.calendars import service_hours

PARIS = ZoneInfo("Europe/Paris")
OPEN_SHARE, DRAFT_SHARE = 0.20, 0.005
OPEN = {"submitted": 0.15, "assigned": 0.28, "in_progress": 0.3, "waiting_partner": 0.09, "answered": 0.18}
ENDED = {"closed": 0.86, "rejected": 0.1, "cancelled": 0.04}
CHANNELS = {"phone": 0.3, "service": 0.36, "cdap_form": 0.2, "email": 0.14}
FIRST_DAY = date(2024, 12, 3)
"""The day after the convention was signed: before it, no request can be opened."""
_ENDED_LONG_AGO = timedelta(days=75)

_HOURS = {
    "submit": 0.1,
    "complete": 0.7,
    "assign": 0.9,
    "take": 1.9,
    "ask": 1.2,
    "reply": 4.0,
    "answer": 3.2,
    "acknowledge": 5.0,
    "reopen": 45.0,
    "contest": 9.0,
    "cancel": 1.0,
    "reject": 1.5,
}
"""The median of the open hours that pass before an act."""
_LAST_ACTS = {
    "waiting_partner": ("ask",),
    "rejected": ("reject",),
    "cancelled": ("cancel",),
    "answered": ("answer",),
    "closed": ("answer",),
}
_ROUNDS = (0.08, 0.11, 0.15, 0.18, 0.19, 0.17, 0.12)
"""How often a request goes to and fro between the Caf and the CDAS: ten acts each on average, which is many."""
_IDLE_HOURS = 6.0
_ANSWER_UNREAD_AT_MOST = 60 * 3600
_CLOSED_AFTER, _CONTESTED_WITHIN = 10, 9
_REOPENED_WITHIN = timedelta(days=25)


@dataclass(frozen=True, slots=True)
class Outline:
    """A request to invent: the state it has reached, and when it began unless that follows from its end."""

    number: int
    channel: str
    state: str
    began_at: datetime | None = None


def outlines(number: int, now: datetime) -> Iterator[Outline]:
    """That many requests: the ended ones over the years in the order of time, then drafts and open ones."""
    rng = dice("outlines", number)
    drafts, current = int(number * DRAFT_SHARE), int(number * OPEN_SHARE)
    last = (now - _ENDED_LONG_AGO).astimezone(PARIS).date()
    for arrival in arrivals(rng, FIRST_DAY, last, number - drafts - current):
        state = _one_of(rng, ENDED)
        yield Outline(arrival.number, arrival.channel, state, arrival.at)
    yield from _open_ones(rng, range(number - drafts - current, number - drafts))
    for index in range(number - drafts, number):
        yield Outline(index, "service", "draft")


def open_outlines(number: int, now: datetime) -> Iterator[Outline]:
    """That many open requests and no other, in the same mix of states; none began after `now`."""
    return _open_ones(dice("open outlines", number), range(number))


def acts(rng: Random, outline: Outline, now: datetime) -> list[tuple[str, datetime]]:
    """The acts in order with their instants, none after `now`."""
    names = list(_names(rng, outline))
    waits = {index: _seconds(rng, _HOURS.get(name, 0.0)) for index, name in enumerate(names)}
    waits[0] = 0
    at = outline.began_at or _backwards(rng, outline.state, sum(waits.values()), now)
    told = []
    for index, name in enumerate(names):
        at = _next(name, at, waits[index])
        if at > now:
            break
        told.append((name, at))
    return told


def dice(*what: object) -> Random:
    """Chance that is the same each time for the same words."""
    return Random(" ".join(map(str, what)))


@cache
def office() -> OpenHours:
    """When the services of both institutions work."""
    return service_hours()


def _open_ones(rng: Random, numbers: range) -> Iterator[Outline]:
    for index in numbers:
        state = _one_of(rng, OPEN)
        early = state in {"submitted", "assigned"}
        yield Outline(index, _one_of(rng, CHANNELS) if not early else _written(rng), state)


def _names(rng: Random, outline: Outline) -> Iterator[str]:
    goal = outline.state
    if goal == "draft":
        yield "open"
        return
    if outline.channel == "phone":
        yield "record_call"
    elif outline.channel == "email":
        yield "receive"
        if rng.random() < 0.4:
            yield "complete"
    else:
        yield from ("open", "submit")
    if goal == "submitted":
        return
    if goal in {"rejected", "cancelled"} and rng.random() < 0.6:
        yield "reject" if goal == "rejected" else "cancel"
    else:
        yield from _treated(rng, outline)


def _treated(rng: Random, outline: Outline) -> Iterator[str]:
    goal = outline.state
    if outline.channel != "phone":
        if goal == "assigned" or rng.random() < 0.8:
            yield "assign"
        if goal == "assigned":
            return
        yield "take"
    for _ in range(rng.choices(range(7), _ROUNDS)[0]):
        yield from ("ask", "reply")
    yield from _LAST_ACTS.get(goal, ())
    if goal == "rejected" and rng.random() < 0.2:
        yield from ("contest", "take", "reject")
    elif goal == "closed":
        yield "acknowledge" if rng.random() < 0.7 else "auto_close"
        if rng.random() < 0.045:
            yield from ("reopen", "answer", "acknowledge")


def _next(name: str, at: datetime, seconds: int) -> datetime:
    if name == "auto_close":
        return office().end_of_open_day(at, _CLOSED_AFTER) + timedelta(minutes=10)
    later = office().add(at, seconds)
    if name == "contest":
        return min(later, office().end_of_open_day(at, _CONTESTED_WITHIN))
    return min(later, at + _REOPENED_WITHIN) if name == "reopen" else later


def _backwards(rng: Random, state: str, seconds: int, now: datetime) -> datetime:
    """When it began, so that it has been waiting for some open hours now."""
    idle = _seconds(rng, _IDLE_HOURS, 1.0)
    if state == "answered":
        idle = min(idle, _ANSWER_UNREAD_AT_MOST)
    return office().subtract(now, seconds + idle).astimezone(UTC)


def _seconds(rng: Random, hours: float, spread: float = 0.8) -> int:
    return max(60, int(3600 * rng.lognormvariate(log(hours), spread))) if hours else 0


def _written(rng: Random) -> str:
    return _one_of(rng, {channel: share for channel, share in CHANNELS.items() if channel != "phone"})


def _one_of(rng: Random, shares: dict[str, float]) -> str:
    return rng.choices(list(shares), list(shares.values()))[0]
