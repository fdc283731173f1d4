"""Fixtures for everybody: databases of both kinds, one per test; a server; a browser.

`database_url`  runs the test twice, on SQLite and on PostgreSQL, each time with a fresh migrated database; in
                `pages` and `api` on one of them by day.
`db`            the same, with the process's engine and key ring set on it.
`sqlite_url`    SQLite only, for tests above the database.
`live_server`   the address of a real server on the demonstration's data; `page` opens it in Chromium.
"""

import gc
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4
from zlib import crc32

import pytest
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from playwright.sync_api import Browser, Page, sync_playwright

from service import database, migrate, sealing
from service.app import create_app
from tests import missing, postgres, run_folder, scale
from tests import settings as test_settings
from tests.factories import seeded_world, today
from tests.serving import serving

CHROMIUM_ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_TEMPLATE, _WORLD = "relais_template", "relais_world"
_TICKETS = scale.count(60, 3000)
"""Requests of the demonstration that is served to tests."""
_BY_DAY = timedelta(weeks=12)
"""What it tells of by day; at night, all of it."""

_KINDS = ("sqlite", "postgresql")
_ABOVE = frozenset({"pages", "api"})
"""The folders whose tests are shared out between both kinds: operations and queries are tried on each."""

_FOLDER = pytest.StashKey[Path]()

scale.load_profile()


# ---------------------------------------------------------------- the run
def pytest_configure(config: pytest.Config) -> None:
    """The first process makes the run's folder, and sweeps what killed runs have left."""
    if not hasattr(config, "workerinput"):
        for left in run_folder.abandoned():
            _stop_cluster(left)
            run_folder.sweep(left)
        config.stash[_FOLDER] = run_folder.create()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """By day what stands above the operations is asked on one kind of database a test, at night on both."""
    if scale.NIGHTLY:
        return
    others = [item for item in items if _is_for_the_night(item)]
    config.hook.pytest_deselected(items=others)
    items[:] = [item for item in items if not _is_for_the_night(item)]


def pytest_collection_finish() -> None:
    """What was read up to here stays for the whole run: nobody needs to look for garbage in it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)


def _is_for_the_night(item: pytest.Item) -> bool:
    kind = getattr(getattr(item, "callspec", None), "params", {}).get("database_url")
    if kind is None or item.path.parent.name not in _ABOVE:
        return False
    kinds = _KINDS if postgres.binaries() else _KINDS[:1]
    return bool(kind != kinds[crc32(item.nodeid.replace(kind, "").encode()) % len(kinds)])


def pytest_unconfigure(config: pytest.Config) -> None:
    """The first process stops what its workers shared."""
    if _FOLDER in config.stash:
        _stop_cluster(config.stash[_FOLDER])
        run_folder.sweep(config.stash[_FOLDER])


def _stop_cluster(folder: Path) -> None:
    for written in folder.glob("cluster*"):
        if written.suffix != ".lock":
            postgres.Cluster(Path(written.read_text())).stop()


@pytest.fixture(scope="session", autouse=True)
def _templates_compiled_once() -> None:
    """Each test has an application of its own; their templates are compiled once a run, not once a test."""
    folder = run_folder.folder() / "templates"
    folder.mkdir(exist_ok=True)
    Flask.jinja_options = {"bytecode_cache": FileSystemBytecodeCache(str(folder))}


# ---------------------------------------------------------------- SQLite
@pytest.fixture(scope="session")
def sqlite_template() -> Path:
    """A migrated, empty SQLite database, made once a run. Copy it, do not open it."""
    return run_folder.made_once("template.sqlite3", lambda path: migrate.upgrade(f"sqlite:///{path}"))


@pytest.fixture
def sqlite_url(request: pytest.FixtureRequest, sqlite_template: Path, tmp_path: Path) -> str:
    """A fresh migrated SQLite database; a test with a `world` finds it there already."""
    template = sqlite_template
    if "world" in request.fixturenames:

        def make(path: Path) -> None:
            _inhabit(f"sqlite:///{shutil.copy(sqlite_template, path)}")

        template = run_folder.made_once("world.sqlite3", make)
    return f"sqlite:///{shutil.copy(template, tmp_path / 'relais.sqlite3')}"


def _inhabit(url: str) -> None:
    _set_keys()
    engine = database.configure(url)
    with database.transaction() as session:
        seeded_world(session)
    engine.dispose()


# ---------------------------------------------------------------- PostgreSQL
@pytest.fixture(scope="session")
def postgres_cluster() -> postgres.Cluster:
    """The run's cluster, shared by all its processes. Without fsync: nothing here survives a crash."""
    if postgres.binaries() is None:
        missing.tool("postgresql")
    written = run_folder.made_once("cluster", lambda path: path.write_text(str(postgres.start().folder)))
    return postgres.Cluster(Path(written.read_text()))


@pytest.fixture(scope="session")
def postgres_template(postgres_cluster: postgres.Cluster) -> str:
    """The name of a migrated, empty database, made once a run. Copy it, do not connect to it."""

    def make(path: Path) -> None:
        migrate.upgrade(postgres_cluster.create(_TEMPLATE))
        path.touch()

    run_folder.made_once(_TEMPLATE, make)
    return _TEMPLATE


@pytest.fixture
def postgresql_url(
    request: pytest.FixtureRequest, postgres_cluster: postgres.Cluster, postgres_template: str
) -> Iterator[str]:
    """A fresh migrated PostgreSQL database; a test with a `world` finds it there already."""
    template = postgres_template
    if "world" in request.fixturenames:

        def make(path: Path) -> None:
            _inhabit(postgres_cluster.create(_WORLD, postgres_template))
            path.touch()

        template = run_folder.made_once(_WORLD, make).name
    name = f"t_{uuid4().hex[:16]}"
    yield postgres_cluster.create(name, template)
    postgres_cluster.drop(name)


@pytest.fixture
def durable_cluster() -> Iterator[postgres.Cluster]:
    """A cluster of this test's own with fsync on: to stop, kill and start again."""
    if postgres.binaries() is None:
        missing.tool("postgresql")
    cluster = postgres.start(durable=True)
    yield cluster
    cluster.stop()


# ---------------------------------------------------------------- either of them
@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh migrated database: the test runs once on each kind."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def key_ring() -> sealing.KeyRing:
    """The process's key ring, with the fixed keys of the tests."""
    return _set_keys()


def _set_keys() -> sealing.KeyRing:
    config = test_settings.config()
    ring = sealing.KeyRing(config.encryption_keys, config.blind_index_key)
    sealing.configure(ring)
    return ring


@pytest.fixture
def db(database_url: str, key_ring: sealing.KeyRing) -> Iterator[str]:
    """The process works on a fresh database of each kind; gives its address."""
    engine = database.configure(database_url)
    yield database_url
    engine.dispose()


@pytest.fixture
def sqlite_db(sqlite_url: str, key_ring: sealing.KeyRing) -> Iterator[str]:
    """The process works on a fresh SQLite database, for tests that one kind satisfies; gives its address."""
    engine = database.configure(sqlite_url)
    yield sqlite_url
    engine.dispose()


# ---------------------------------------------------------------- application
@pytest.fixture(scope="session")
def served_app() -> Flask:
    """The application, made once a process: it keeps nothing of the database that it works on."""
    return create_app(test_settings.config())


@pytest.fixture
def own_app(db: str) -> Flask:
    """An application of this test's own, to add to; its browsers and programs ask this one."""
    return create_app(test_settings.config(db))


@pytest.fixture
def app(request: pytest.FixtureRequest, db: str, served_app: Flask) -> Flask:
    """The application on the test's database; nobody has asked it anything yet."""
    if "own_app" in request.fixturenames:
        own: Flask = request.getfixturevalue("own_app")
        return own
    for limiter in served_app.extensions["limiter"]:
        limiter.enabled = True
        limiter.reset()
    return served_app


# ---------------------------------------------------------------- server and browser
@pytest.fixture(scope="session")
def demonstration_template() -> Path:
    """The demonstration's database, loaded once a run under the tests' keys. Copy it, do not open it."""
    return run_folder.made_once("demonstration.sqlite3", _load_demonstration)


def _load_demonstration(path: Path) -> None:
    # In a process of its own: loading drives the clock and sets engine and keys for the whole process.
    since = () if scale.NIGHTLY else ("--since", str(today() - _BY_DAY))
    subprocess.run(
        [Path(sys.executable).with_name("relais"), "demo", "load", path, "--tickets", str(_TICKETS), *since],
        env={**os.environ, **test_settings.environment()},
        cwd=path.parent,
        check=True,
    )


@pytest.fixture(scope="session")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., str]]:
    """`serve(database_url, NAME=value…)` starts a real server and gives its address; all stop at the end."""
    with ExitStack() as running:

        def start(database_url: str, **changes: str) -> str:
            return running.enter_context(serving(database_url, tmp_path_factory.mktemp("server"), **changes))

        yield start


@pytest.fixture(scope="session")
def live_server(
    serve: Callable[..., str], demonstration_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> str:
    """The address of a server on a copy of the demonstration, one per test process."""
    copy = tmp_path_factory.mktemp("live") / "relais.sqlite3"
    return serve(f"sqlite:///{shutil.copy(demonstration_template, copy)}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium of the system, headless, silent on the network."""
    executable = shutil.which("chromium")
    if executable is None:
        missing.tool("chromium")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=executable, args=list(CHROMIUM_ARGUMENTS))
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page without memory, in French and in Paris; the marker `context` changes options of its context."""
    options: dict[str, Any] = {"locale": "fr-FR", "timezone_id": "Europe/Paris"}
    for marker in request.node.iter_markers("context"):
        options |= marker.kwargs
    context = browser.new_context(**options)
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()
