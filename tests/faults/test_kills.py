"""kill -9 at every fail-point and at random instants, while many write: what was acknowledged is there, once.

What dies is a server process, the scheduler or the database. After each kill the books of the programs are compared
with the database: no write lost, none double, none that nobody made; at the end every mail was taken by the mail
server, and one that was taken twice has one Message-ID.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from random import Random

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError

from service import clock, database
from service.database import reading, transaction
from service.models import OutboxMail
from tests import scale
from tests.faults.conftest import Build, House, work_on
from tests.faults.evidence import Rows, rows
from tests.faults.killing import Killer
from tests.faults.storm import WRITES, Chain, Storm, counted
from tests.jobs.yard import until
from tests.mail_server import Books, mail_server

SEED = 20261126
KILLS = scale.count(5, 500)
"""On each kind of database."""

CHAINS = scale.count(2, 8)
SORTS = ("fail-point", "web", "fail-point", "scheduler", "database")
TOLD_EVERY = 10


@pytest.fixture(scope="module")
def stormy(build: Build) -> House:
    """Two server processes of four threads, forked from a ready one; each can be told to die at a step."""
    return build(
        "--preload", "tests.faults.entry:application", WORKERS="2", THREADS="4", LOG_LEVEL="CRITICAL"
    )


@pytest.fixture
def books() -> Iterator[Books]:
    with mail_server() as books:
        yield books


@pytest.fixture
def killer(stormy: House, books: Books) -> Iterator[Killer]:
    work_on(stormy.url)
    killer = Killer(stormy, Random(SEED), books.port)
    killer.start_scheduler()
    yield killer
    killer.stop_scheduler()
    database.engine().dispose()


def test_what_was_acknowledged_is_there_once_whatever_was_killed(
    stormy: House, killer: Killer, books: Books
) -> None:
    world, chance = stormy.world, Random(SEED)
    storm = Storm(stormy.program(world.cdas_agent), stormy.program(world.caf_agent), world.caf_agent)
    strikes = {"web": killer.web, "scheduler": killer.scheduler, "database": killer.database}
    points, began = FailPoints(), time.monotonic()
    killed: Counter[str] = Counter()
    number, before = 0, counted_rows()
    while killed.total() < KILLS:
        sort = SORTS[number % len(SORTS)]
        chains = [Chain(f"{number}-{place}") for place in range(CHAINS)]
        if sort == "fail-point":
            killed[sort] += points.try_next(partial(storm.blow, chains))
        else:
            storm.pulse.set(chance.randrange(1, WRITES * CHAINS), strikes[sort])
            storm.blow(chains)
        killed |= killer.killed
        database.engine().dispose()
        until(answers, "the database back")
        now = counted_rows()
        storm.expect_whole(
            chains, {name: now[name] - before[name] for name in now if now[name] != before[name]}
        )
        number, before = number + 1, now
        if number % TOLD_EVERY == 0:
            tell(stormy, storm, killed, began)
    let_what_is_held_leave()
    until(lambda: waiting_mails() == 0, "every mail taken", every=0.2)
    doubled = expect_every_mail(books)
    tell(stormy, storm, killed, began)
    print(f"mails: {len(books.taken)} taken, {doubled} of them twice under one Message-ID")


@dataclass
class FailPoints:
    """Each write of a chain and each of its steps, one after the other, for ever."""

    write: int = 0
    step: int = 1

    def try_next(self, blow: Callable[[int, int], bool]) -> bool:
        """Whether the server died there; if not, this write has no more steps, and the next write is begun."""
        died = blow(self.write, self.step)
        self.write, self.step = (self.write, self.step + 1) if died else ((self.write + 1) % WRITES, 1)
        return died


def counted_rows() -> Rows:
    return counted(rows())


def answers() -> bool:
    try:
        waiting_mails()
    except DBAPIError:
        database.engine().dispose()
        return False
    return True


def waiting_mails() -> int:
    with reading() as session:
        query = select(func.count()).select_from(OutboxMail).where(OutboxMail.sent_at.is_(None))
        return session.scalar(query) or 0


def let_what_is_held_leave() -> None:
    """The mails of acts that could still be undone: their two minutes are not waited for."""
    with transaction() as session:
        held = update(OutboxMail).where(OutboxMail.attempts == 0, OutboxMail.next_try_at > clock.now())
        session.execute(held.values(next_try_at=clock.now()))


def expect_every_mail(books: Books) -> int:
    """Every row has left at least once, and nothing else has; how many left twice."""
    taken = Counter(str(mail["Message-ID"]) for mail in books.taken)
    with reading() as session:
        written = set(session.scalars(select(OutboxMail.message_id)))
    assert set(taken) == written
    return sum(number - 1 for number in taken.values())


def tell(house: House, storm: Storm, killed: Counter[str], began: float) -> None:
    kind, pulse = house.url.partition(":")[0], storm.pulse
    print(
        f"{kind}, seed {SEED}: {killed.total()} kills {dict(killed)}, {pulse.acknowledged} writes acknowledged,"
        f" {pulse.died} cut off and {pulse.unavailable} answered 503 then sent again,"
        f" 0 lost, 0 double, 0 invented, {time.monotonic() - began:.0f} s",
        flush=True,
    )
