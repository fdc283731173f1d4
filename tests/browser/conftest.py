"""A house for the stories of a module, and people in front of browsers of their own."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from itertools import count
from pathlib import Path
from sqlite3 import connect
from typing import Any

import pytest
from playwright.sync_api import Browser
from sqlalchemy import update

from service import database, sealing
from service.database import transaction
from service.models import Revision
from tests.browser.people import Person
from tests.factories import World, seeded_world

_RENEWALS = count(1_000, 1_000)

Enter = Callable[..., Person]


@pytest.fixture(scope="module")
def house(
    serve: Callable[..., str], sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Path]:
    """A server for all stories and the file of its database: its address, the path."""
    path = tmp_path_factory.mktemp("house") / "relais.sqlite3"
    return serve(f"sqlite:///{shutil.copy(sqlite_template, path)}"), path


@pytest.fixture
def world(house: tuple[str, Path], sqlite_url: str, key_ring: sealing.KeyRing) -> Iterator[World]:
    """The small world, fresh, in the database that the server works on."""
    _, path = house
    with closing(connect(sqlite_url.removeprefix("sqlite:///"))) as fresh, closing(connect(path)) as served:
        fresh.backup(served)
    engine = database.configure(f"sqlite:///{path}")
    with transaction() as session:
        # The server reads its reference data again: a number that no earlier story has reached.
        session.execute(update(Revision).values(number=Revision.number + next(_RENEWALS)))
        made = seeded_world(session)
    yield made
    engine.dispose()


@pytest.fixture
def enter(browser: Browser, house: tuple[str, Path], world: World) -> Iterator[Enter]:
    """`enter("cdas_agent")` is that person in front of a browser of their own."""
    address, _ = house
    with ExitStack() as leaving:

        def come(post: str, **options: Any) -> Person:
            person = Person(browser, address, post, **options)
            leaving.callback(person.close)
            return person

        yield come
