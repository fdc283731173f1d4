"""Load the demonstration: months of invented work, done by the real operations under a driven clock."""

import gc
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path

from sqlalchemy import delete, select, update

from service import chance, clock, database, migrate
from service.database import transaction
from service.demonstration import (
    access,
    answers,
    circuits,
    convention_life,
    documents,
    habits,
    meetings,
    present,
    seals,
    siao,
    subjects,
)
from service.demonstration.accounts import SHOWN_CDAS
from service.demonstration.agenda import Agenda, Story, Ticker, end_of
from service.demonstration.calls import telephoned
from service.demonstration.demand import Arrival, arrivals
from service.demonstration.mails import received, sorted_out
from service.demonstration.people import People
from service.demonstration.requests import written
from service.demonstration.staff import hire
from service.demonstration.stage import Stage, dice
from service.directory import reading
from service.errors import GuardRefused
from service.models import Account, IdempotencyKey, OutboxMail
from service.operations import directory
from service.operations.kept_messages import forget_set_aside
from service.operations.seed import EFFECTIVE_AT, sow
from service.workflows import french
from service.workflows.french import PARIS

TICKETS = 3_000
SEED = 35
_RECEIVED = 0.45
"""The share of CDAP's form that comes as a message; the rest is prepared in Relais and pasted."""

_TO_SORT_OF = 20
"""One message without the keyword for that many requests."""

Progress = Callable[[int, int], None]
"""Called after each day with the days done and their number."""


def load(
    where: Path | str,
    today: date | None = None,
    *,
    seed: int = SEED,
    tickets: int = TICKETS,
    since: date | None = None,
    progress: Progress = lambda done, days: None,
) -> None:
    """Fill an empty database – a SQLite file that is made, or an address – and leave the process's engine on it.

    From `since` (1 January of the year before) to `today`, at the present hour if that is really today. The same
    for the same seed and day. Refuses (GuardRefused) a database that somebody works with, and days before the
    convention.
    """
    last_day = today or _paris_day(clock.now())
    first_day = since or date(last_day.year - 1, 1, 1)
    _expect_in_order(first_day, last_day)
    url = where if isinstance(where, str) else f"sqlite:///{where}"
    migrate.upgrade(url)
    database.configure(url, hasty=True)
    gc.set_threshold(100_000, 20, 100)  # by default a tenth of the loading looks for garbage among what stays
    until = min(end_of(last_day), clock.now()) if today is None else end_of(last_day)
    ticker = Ticker(datetime.combine(first_day, time(7), PARIS).astimezone(UTC))
    with clock.driven(ticker), chance.driven(dice(seed, last_day, "references").choice):
        stage = _furnished(seed, first_day, last_day, until, ticker)
        for story in _stories(stage, tickets):
            stage.agenda.add(story)
        _play(stage, progress)
        ticker.at = until
        _tidy()
    database.configure(url)


def _expect_in_order(first_day: date, last_day: date) -> None:
    if not _paris_day(EFFECTIVE_AT) <= first_day <= last_day:
        raise GuardRefused(
            f"La démonstration va d’un jour depuis le {french.short_date(_paris_day(EFFECTIVE_AT))}, "
            "début de la convention, à un jour qui le suit."
        )


def _furnished(seed: int, first_day: date, last_day: date, until: datetime, ticker: Ticker) -> Stage:
    """The reference data, the staff, and an empty agenda."""
    places = reading.load()
    with transaction() as session:
        if session.scalars(select(Account.id).limit(1)).first() is not None:
            raise GuardRefused(
                "Cette base contient déjà des comptes : la démonstration ne s’y ajoute pas.",
                advice="Donnez une base vide, ou un fichier qui n’existe pas encore.",
            )
        sow()
        directory.keep(session, places)
        staff = hire(session, dice(seed, last_day, "staff"), first_day, last_day)
    return Stage(
        seed=seed,
        first_day=first_day,
        today=last_day,
        until=until,
        staff=staff,
        people=People(places, dice(seed, last_day, "people"), last_day, SHOWN_CDAS),
        ticker=ticker,
        agenda=Agenda(ticker),
    )


def _stories(stage: Stage, tickets: int) -> Iterator[Story]:
    coming = arrivals(stage.dice("arrivals"), stage.first_day, stage.today, tickets)
    for arrival in coming:
        if arrival.at <= stage.until:
            yield _story(stage, arrival)
    for arrival in arrivals(stage.dice("to sort"), stage.first_day, stage.today, tickets // _TO_SORT_OF):
        if arrival.at <= stage.until:
            yield sorted_out(stage, stage.dice("to sort", arrival.number), arrival.at)
    yield from present.stories(stage)
    yield from circuits.stories(stage, tickets)
    yield siao.kept(stage)
    yield from convention_life.stories(stage)
    yield from meetings.stories(stage)
    yield from documents.stories(stage)
    yield answers.kept(stage)
    yield subjects.asked(stage)
    yield access.consulted(stage)
    yield habits.kept(stage)
    yield seals.sealed(stage)


def _story(stage: Stage, arrival: Arrival) -> Story:
    rng = stage.dice("request", arrival.number)
    if arrival.channel == "phone":
        return telephoned(stage, rng, arrival.at)
    if arrival.channel == "email" or (arrival.channel == "cdap_form" and rng.random() < _RECEIVED):
        return received(stage, rng, arrival.at, arrival.channel)
    return written(stage, rng, arrival.at, arrival.channel)


def _play(stage: Stage, progress: Progress) -> None:
    """Day after day, each one transaction."""
    days = (stage.today - stage.first_day).days + 1
    while (day := stage.agenda.next_day()) is not None and day <= stage.today:
        with transaction():
            stage.agenda.play(min(end_of(day), stage.until))
        progress((day - stage.first_day).days + 1, days)
        if day == stage.today:
            break
    progress(days, days)


def _tidy() -> None:
    """As the scheduled jobs would: mails sent, keys against double clicks and old messages forgotten."""
    with transaction() as session:
        while forget_set_aside(session):
            pass
        session.execute(update(OutboxMail).values(sent_at=OutboxMail.created_at))
        session.execute(delete(IdempotencyKey))


def _paris_day(at: datetime) -> date:
    return at.astimezone(PARIS).date()
