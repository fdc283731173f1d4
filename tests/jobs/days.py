"""Simulated days: what people do in them, when the next thing is due, and what the jobs have told.

The same days are played twice: by one scheduler that nothing disturbs, and by processes that are killed and frozen.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any, NamedTuple
from uuid import uuid4

from sqlalchemy import Row, event, select

from service import clock, database
from service.database import reading, transaction
from service.jobs.turn import enrol, turn
from service.models import Calendar, Closure, JournalEntry, OutboxMail, Reminder, ScheduledJob, Ticket, Unit
from service.operations import recomputation
from service.operations.acts import perform
from service.operations.creation import create_ticket
from service.operations.revision import bump
from service.queries.reference import reference
from service.workflows.calendars import service_hours
from service.workflows.french import PARIS
from tests.factories import REDON, VITRE, a_submitted_ticket, seeded_world
from tests.jobs.runner import HOUSE

ONE_DAY, ONE_HOUR = timedelta(days=1), timedelta(hours=1)
COURSES: Mapping[str, tuple[int, Sequence[tuple[int, str]]]] = {
    "not triaged": (1, ((0, "send"),)),
    "taken": (2, ((0, "send"), (0, "take"))),
    "waited for": (3, ((0, "send"), (0, "take"), (0, "ask"))),
    "waited for, then not": (4, ((0, "send"), (0, "take"), (0, "ask"), (4, "reply"))),
    "waited for long": (8, ((0, "send"), (0, "take"), (0, "ask"))),
    "answered": (10, ((0, "send"), (0, "take"), (0, "answer"))),
    "acknowledged": (10, ((0, "send"), (0, "take"), (0, "answer"), (10, "acknowledge"))),
    "in one day": (0, ((0, "send"), (0, "take"), (0, "ask"), (0, "reply"), (1, "answer"))),
    "relay": (10, ((0, "hand_over"), (0, "forward"))),
    "relay heard": (10, ((0, "hand_over"), (0, "forward"), (10, "record_exchange"))),
    "relay not forwarded": (2, ((0, "hand_over"),)),
}
"""What befalls a case: so many open days before the day for which it was made it begins; then its acts."""

_FIRST_LEAP, _LAST_LEAP = 9, 14
_ENTERED = time(17, 9)
"""A closing is entered in the evening: what it moves is computed before anybody is told."""
_SLOT_BY_SLOT, _LAST_OF_TEN = 3, 5
"""Every third hour goes from slot to slot; in the others those of ten minutes are due together at the last of them."""
_HURRIED = 12
"""What must be done before the end of its tenth day is done before noon: the afternoon may be closed."""
_MINUTES_OF_ACTS = range(9, 60, 10)
"""Between the slots, further from the one before than a lease lasts."""


class Act(NamedTuple):
    """Somebody does something with a case; case -1 is the house itself."""

    at: datetime
    case: int
    name: str


class Leap(NamedTuple):
    """The clock is set forward, at `at` or soon after."""

    at: datetime
    by: timedelta


@dataclass(frozen=True)
class Days:
    """From midnight of the first day on: the acts, those of the weeks before included, and the leaps of the clock."""

    begin: datetime
    end: datetime
    acts: Sequence[Act]
    leaps: Sequence[Leap]


def draw(seed: int, first: date, number: int, *, far: bool) -> Days:
    """Days in which deadlines of every kind fall. `far`: the clock leaps two days ahead once."""
    rng = Random(f"days {seed}")
    begin, end = (datetime.combine(day, time(0), PARIS) for day in (first, first + number * ONE_DAY))
    open_days = [day for day in _around(first, number) if service_hours().is_open(_at(day, time(10)))]
    mine = [day for day in open_days if first <= day < end.date()]
    leaps = [
        Leap(_at(day, time(rng.randint(_FIRST_LEAP, _LAST_LEAP), 20)), 2 * ONE_HOUR) for day in mine[1::2]
    ]
    if far:
        leaps.append(Leap(_at(mine[len(mine) // 2], time(18, 10)), 2 * ONE_DAY))
    quiet = [(leap.at, leap.at + leap.by + ONE_HOUR / 2) for leap in leaps]
    acts: list[Act] = []
    case = 0
    for day in mine:
        for name in [*COURSES, *rng.sample(list(COURSES), 3)]:
            told = _course(rng, case, name, open_days, open_days.index(day))
            if not any(start <= act.at <= until for act in told for start, until in quiet):
                acts += told
            case += 1
    acts += [Act(_at(day, _ENTERED), -1, "closing") for day in mine[::5]]
    return Days(begin, end, sorted(act for act in acts if act.at < end), sorted(leaps))


def _around(first: date, number: int) -> Iterator[date]:
    return (first + passed * ONE_DAY for passed in range(-25, number + 5))


def _course(rng: Random, case: int, name: str, open_days: Sequence[date], index: int) -> list[Act]:
    before, steps = COURSES[name]
    of_day = Counter(day for day, _ in steps)
    times = {
        day: sorted(
            rng.sample(
                [
                    (hour, minute)
                    for hour in range(9, _HURRIED if day == 10 else 17)
                    for minute in _MINUTES_OF_ACTS
                ],
                wanted,
            )
        )
        for day, wanted in of_day.items()
    }
    return [
        Act(_at(open_days[index - before + day], time(*times[day].pop(0))), case, name) for day, name in steps
    ]


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, PARIS)


# ---------------------------------------------------------------- a database in which they are played
class Play:
    """The process works on the database at `url`, on a clock that the test moves; its world has its past."""

    def __init__(self, days: Days, url: str) -> None:
        self.days, self.now = days, days.acts[0].at - ONE_DAY
        self.references: dict[int, str] = {}
        self._left = list(days.acts)
        database.configure(url)

    @contextmanager
    def opened(self) -> Iterator[None]:
        """Make the world and let its weeks before the first day pass, without any scheduler."""
        with clock.driven(lambda: self.now):
            with transaction() as session:
                self.world = seeded_world(session)
                _other_hours(session)
            while self._left[0].at < self.days.begin:
                self.now = self._left[0].at
                self.act()
            self.now = self.days.begin
            enrol(HOUSE)
            with reading() as session:
                known = reference(session)
            self.hours = [known.hours_of(code) for code in ("caf-secretariat", "cdas-vitre")]
            self._openings = sorted(
                opens for hours in self.hours for opens, _ in hours.open_spans(self.days.begin, self.days.end)
            )
            yield
        database.engine().dispose()

    def act(self) -> None:
        """Let people do what they do at this instant."""
        while self._left and self._left[0].at <= self.now:
            act = self._left.pop(0)
            _ACTS[act.name](self, act.case)

    def next_instant(self) -> datetime:
        """When something is due next. Most slots pass several at once: of an hour while everybody is at home."""
        rows = table()
        due = [row.leased_until for row in rows if row.next_slot <= self.now]
        held = [until + timedelta(seconds=1) for until in due if until is not None]
        instant = min(held) if held else self._passed(min(row.next_slot for row in rows))
        return min(instant, self._left[0].at) if self._left else instant

    def _passed(self, slot: datetime) -> datetime:
        if not any(hours.is_open(slot) for hours in self.hours):
            full_hour = self.now.replace(minute=0, second=0) + ONE_HOUR
            return min(full_hour, next((at for at in self._openings if at > self.now), full_hour))
        if slot.astimezone(UTC).hour % _SLOT_BY_SLOT == 0:
            return slot
        return slot + timedelta(minutes=(_LAST_OF_TEN - slot.minute) % 10)


def plainly(days: Days, url: str) -> "Told":
    """What the jobs tell when one scheduler does every slot at its instant, and nothing else happens."""
    play = Play(days, url)
    event.listen(database.engine(), "connect", _in_no_hurry_to_the_disk)
    with play.opened():
        looks = [days.begin - ONE_DAY]
        while (instant := play.next_instant()) < days.end:
            play.now = instant
            play.act()
            turn(HOUSE)
            looks.append(instant)
        return replace(told(play), looks=looks)


def _in_no_hurry_to_the_disk(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")


def table() -> Sequence[Row[Any]]:
    """The rows of the house's jobs."""
    with reading() as session:
        return session.execute(select(*ScheduledJob.__table__.c)).all()


# ---------------------------------------------------------------- what people do
def _other_hours(session: Any) -> None:
    """Vitré is closed on Tuesdays, and open later than the others."""
    weekly = [[day, *hours] for day in (0, 2, 3, 4) for hours in (("09:00", "12:00"), ("14:00", "18:00"))]
    own = {"follows_public_holidays": True, "follows_school_holidays": False}
    session.add(Calendar(code="cdas-vitre", name="Vitré", weekly=weekly, **own))
    session.flush()
    session.get_one(Unit, "cdas-vitre").calendar_code = "cdas-vitre"
    bump(session)


def _asking(play: Play, case: int) -> tuple[Any, str]:
    return (play.world.cdas_agent_elsewhere, VITRE) if case % 3 == 2 else (play.world.cdas_agent, REDON)


def _send(play: Play, case: int) -> None:
    actor, commune = _asking(play, case)
    play.references[case] = a_submitted_ticket(actor, commune=commune).reference


def _hand_over(play: Play, case: int) -> None:
    actor, commune = _asking(play, case)
    day = play.now.date()
    given = {
        "matricule": "1234567",
        "last_name": "Exemple-Le Gall",
        "first_name": "Éloïse",
        "commune": commune,
        "agreed_on": day,
        "agreement_collected_by": "Camille Exemple",
        "regime": "ordinary",
        "relay_case": "closing_talk",
        "known_to_receiver": "few",
        "communication": "oral",
        "communicated_on": day,
        "communicated_by": "Camille Exemple",
        "communicated_to": "Dominique Démo",
        "communication_content": "Situation présentée au téléphone.",
        "scope_event": "planned_separation",
        "has_children": True,
        "is_allocataire": True,
    }
    play.references[case] = create_ticket(actor, "handover", given, str(uuid4()), submit=True)[0]


def _closing(play: Play, _case: int) -> None:
    """The services close in the afternoon after, and all that runs is computed anew."""
    day = play.now.astimezone(PARIS).date() + ONE_DAY
    with transaction() as session:
        session.add(
            Closure(
                calendar_code="services",
                starts_at=_at(day, time(13)),
                ends_at=_at(day, time(18)),
                opens=False,
                reason="Panne de chauffage",
            )
        )
        bump(session)
        recomputation.ask(session)


def _performed(
    name: str, post: str, given: Callable[[Play], Mapping[str, Any]]
) -> Callable[[Play, int], None]:
    def act(play: Play, case: int) -> None:
        actor = getattr(play.world, post) if post else _asking(play, case)[0]
        perform(actor, play.references[case], name, given(play))

    return act


_ACTS: Mapping[str, Callable[[Play, int], None]] = {
    "closing": _closing,
    "send": _send,
    "hand_over": _hand_over,
    "take": _performed("take", "caf_agent", lambda play: {}),
    "ask": _performed("ask", "caf_agent", lambda play: {"question": "Quel est le loyer ?"}),
    "reply": _performed("reply", "", lambda play: {"text": "Le loyer est inchangé."}),
    "answer": _performed(
        "answer", "caf_agent", lambda play: {"outcome": "restored", "text": "Le droit est rétabli."}
    ),
    "acknowledge": _performed("acknowledge", "", lambda play: {"usefulness": 4}),
    "forward": _performed(
        "forward", "caf_secretariat", lambda play: {"holder_id": play.world.caf_ts.account_id}
    ),
    "record_exchange": _performed(
        "record_exchange",
        "caf_ts",
        lambda play: {"exchange_on": play.now.date(), "participants": "Démo Deux"},
    ),
}


# ---------------------------------------------------------------- what was told and moved
class Key(NamedTuple):
    """A stage of a deadline of a case, or a move of the house."""

    case: int
    clock: str
    since: datetime
    stage: str


Stages = Mapping[Key, tuple[datetime, str]]
"""When each was told, and to whom."""


@dataclass(frozen=True)
class Told:
    """When each stage was told and to whom; when the house moved a case; and what is wrong in itself.

    `looks`: when the scheduler looked for what is due. What is told at one of them became due after the one before.
    """

    reminders: Stages
    moves: Stages
    wrong: Sequence[str]
    looks: Sequence[datetime] = ()

    def look_before(self, at: datetime) -> datetime:
        """The last look at which what is told at `at` was not due yet."""
        return self.looks[bisect_left(self.looks, at) - 1]


def wanted_by_two(told: Told) -> frozenset[tuple[int, datetime]]:
    """The cases that one job tells of at the instant at which another moves them.

    Only then may one of the two find the case locked, and come back to it at its next slot.
    """
    reminded = {(key.case, at) for key, (at, _) in told.reminders.items()}
    return frozenset(reminded & {(key.case, at) for key, (at, _) in told.moves.items()})


def told(play: Play) -> Told:
    """What the database says of the reminders, their mails and the moves."""
    cases = {name: case for case, name in play.references.items()}
    with reading() as session:
        known = reference(session)
        tickets = {row.id: row for row in session.scalars(select(Ticket))}
        case_of = {ticket_id: cases[row.reference] for ticket_id, row in tickets.items()}
        reminders = session.scalars(select(Reminder)).all()
        mails = session.scalars(select(OutboxMail).where(OutboxMail.event.startswith("reminder_"))).all()
        entries = session.scalars(
            select(JournalEntry).where(JournalEntry.transition.in_(("auto_close", "return_silent")))
        ).all()
    wrong: list[str] = []
    due, moves = Counter[tuple[Any, ...]](), {}
    for row in reminders:
        to = row.told_to.split(", ")
        if row.stage == "second":
            to.append(known.units[tickets[row.ticket_id].assigned_unit_id].email)
        due.update((case_of[row.ticket_id], f"reminder_{row.stage}", address, row.told_at) for address in to)
    written = Counter(
        (case_of[mail.ticket_id], mail.event, mail.recipient, mail.created_at) for mail in mails
    )
    wrong += [f"{of}: {written[of]} mails for {due[of]}" for of in {*due, *written} if written[of] != due[of]]
    wrong += [
        f"{mail.event} to {mail.unit_id} when it is closed: {mail.created_at}"
        for mail in mails
        if (mail.event != "reminder_second" or mail.unit_id.startswith("cdas"))
        and not known.hours_of(mail.unit_id).is_open(mail.created_at)
    ]
    for entry in entries:
        key = Key(case_of[entry.ticket_id], "", play.days.begin, entry.transition)
        if key in moves:
            wrong.append(f"{key.stage} twice: case {key.case}")
        moves[key] = (entry.happened_at, "")
    kept = {
        Key(case_of[row.ticket_id], row.clock, row.since, row.stage): (row.told_at, row.told_to)
        for row in reminders
    }
    return Told(kept, moves, tuple(wrong))
