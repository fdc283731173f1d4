"""The tests' own ground: each test has a database of its own, of each kind, and leaves nothing behind."""

import os
import re
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, select, text, update
from sqlalchemy.exc import InternalError
from sqlalchemy.pool import NullPool

from service import database, migrate
from service.models import Revision
from tests import postgres, run_folder


@pytest.mark.parametrize("turn", [1, 2])
def test_what_one_test_writes_no_other_sees(database_url: str, turn: int) -> None:
    engine = create_engine(database_url, poolclass=NullPool)
    with engine.begin() as connection:
        # Fails on the second turn if the first one's table were still there.
        connection.execute(text("CREATE TABLE written_by_a_test (turn INTEGER)"))
        connection.execute(text("INSERT INTO written_by_a_test VALUES (:turn)"), {"turn": turn})


def test_the_process_works_on_the_test_s_database(db: str) -> None:
    assert database.engine().url == make_url(db)
    assert migrate.current(db) == migrate.newest()


def test_a_reading_keeps_nothing_that_it_wrote(db: str) -> None:
    """PostgreSQL refuses it, SQLite takes it back."""
    moved = update(Revision).values(number=Revision.number + 1)
    asked = select(Revision.number)
    with database.transaction() as session:
        session.merge(Revision(id=1, number=7))
    with suppress(InternalError), database.reading() as session:
        session.execute(moved)
    with database.reading() as session:
        assert session.scalar(asked) == 7


@pytest.mark.postgresql
def test_the_shared_cluster_is_fast_and_private(postgresql_url: str) -> None:
    with create_engine(postgresql_url, poolclass=NullPool).connect() as connection:
        settings = {
            name: connection.execute(text(f"SHOW {name}")).scalar()
            for name in ("fsync", "listen_addresses", "unix_socket_directories")
        }
    assert settings["fsync"] == "off"
    assert settings["listen_addresses"] == ""
    assert len(str(settings["unix_socket_directories"])) < 100


@pytest.mark.postgresql
def test_a_durable_cluster_survives_a_crash(durable_cluster: postgres.Cluster) -> None:
    url = durable_cluster.create("crash")
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        assert connection.execute(text("SHOW fsync")).scalar() == "on"
        connection.execute(text("CREATE TABLE kept AS SELECT 1 AS one"))
    durable_cluster.pg_ctl("restart", "-m", "immediate")
    with engine.connect() as connection:
        assert connection.execute(text("SELECT one FROM kept")).scalar() == 1


def test_a_thing_is_made_once(tmp_path: Path) -> None:
    name = f"once-{os.getpid()}-{tmp_path.name}"
    made: list[Path] = []

    def make(path: Path) -> None:
        made.append(path)
        path.write_text("made")

    first, second = run_folder.made_once(name, make), run_folder.made_once(name, make)
    assert (first, first.read_text(), len(made)) == (second, "made", 1)


def test_a_thing_half_made_is_made_again(tmp_path: Path) -> None:
    name = f"half-{os.getpid()}-{tmp_path.name}"

    def fail(path: Path) -> None:
        path.write_text("half")
        raise RuntimeError("planned")

    with pytest.raises(RuntimeError, match="planned"):
        run_folder.made_once(name, fail)
    again = run_folder.made_once(name, lambda path: path.write_text("whole"))
    assert again.read_text() == "whole"


def test_a_run_s_folder_is_not_abandoned_while_it_runs() -> None:
    assert run_folder.folder() not in run_folder.abandoned()
    assert re.fullmatch(r"\d+", (run_folder.folder() / "owner").read_text())
