"""A server that dies when told to, and one that does not, each on a database that survives a crash."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from service import database, migrate, sealing
from service.database import transaction
from service.operations import tokens
from service.permissions import Actor
from tests import missing, postgres, settings
from tests.factories import World, let_programs_read, seeded_world
from tests.faults.client import Program, Visitor
from tests.serving import serving

KINDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]


@dataclass(frozen=True)
class House:
    """A real server, its database, and the people of a small world with a token each."""

    address: str
    url: str
    world: World
    cluster: postgres.Cluster | None

    def program(self, actor: Actor) -> Program:
        """The actor's program, with a token of its own."""
        return Program(self.address, tokens.create(actor, "tests"))

    def visitor(self, post: str) -> Visitor:
        """Somebody of that post of the small world, logged in."""
        visitor = Visitor(self.address)
        visitor.log_in(f"{post.replace('_', '-')}@test.example")
        return visitor


Build = Callable[..., House]


@pytest.fixture(scope="module", params=KINDS)
def build(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Build]:
    """`build(*arguments, NAME=value…)`: a house with that server, on a durable database of each kind."""
    with ExitStack() as standing:

        def make(*arguments: str, **changes: str) -> House:
            folder = tmp_path_factory.mktemp("house")
            cluster = _cluster(standing) if request.param == "postgresql" else None
            url = cluster.create("relais") if cluster else f"sqlite:///{folder / 'relais.sqlite3'}"
            migrate.upgrade(url)
            work_on(url)
            with transaction() as session:
                world = seeded_world(session)
            let_programs_read(world)
            changes["WARMING_TOKEN"] = tokens.create(world.cdas_agent, "warming")
            address = standing.enter_context(serving(url, folder, *arguments, **changes))
            return House(address, url, world, cluster)

        yield make


@pytest.fixture(scope="module")
def built_to_die(build: Build) -> House:
    """One server process, forked afresh from a ready one each time it has died."""
    return build("--preload", "tests.faults.entry:application", WORKERS="1", LOG_LEVEL="ERROR")


@pytest.fixture(scope="module")
def built(build: Build) -> House:
    """The server as it runs for people: two processes of four threads."""
    return build(WORKERS="2", THREADS="4")


@pytest.fixture
def mortal(built_to_die: House) -> Iterator[House]:
    """The server that dies when told to; the test's own process looks at its database."""
    work_on(built_to_die.url)
    yield built_to_die
    database.engine().dispose()


@pytest.fixture
def house(built: House) -> Iterator[House]:
    """The server as it is; the test's own process looks at its database."""
    work_on(built.url)
    yield built
    database.engine().dispose()


def work_on(url: str) -> None:
    """Give this process the engine of that database, and the tests' keys."""
    config = settings.config(url)
    database.configure(url)
    sealing.configure(sealing.KeyRing(config.encryption_keys, config.blind_index_key))


def _cluster(standing: ExitStack) -> postgres.Cluster:
    if postgres.binaries() is None:
        missing.tool("postgresql")
    cluster = postgres.start(durable=True)
    standing.callback(cluster.stop)
    return cluster
