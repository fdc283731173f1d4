"""Migrations: they lead to the models on both databases, may be run twice, and go back."""

from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import create_engine, inspect
from sqlalchemy.pool import NullPool

from service import migrate


def tables(url: str) -> set[str]:
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        return set(inspect(connection).get_table_names())


def test_a_migrated_database_is_what_the_models_say(database_url: str) -> None:
    assert migrate.current(database_url) == migrate.newest() is not None
    command.check(migrate.settings(database_url))


def test_upgrading_twice_changes_nothing(database_url: str) -> None:
    before = tables(database_url)
    migrate.upgrade(database_url)
    assert tables(database_url) == before


def test_going_back_leaves_nothing_and_coming_again_is_complete(database_url: str) -> None:
    complete = tables(database_url)
    migrate.downgrade(database_url, "base")
    assert tables(database_url) == {"alembic_version"}
    assert migrate.current(database_url) is None
    migrate.upgrade(database_url)
    assert tables(database_url) == complete


def test_an_unknown_revision_changes_nothing(sqlite_url: str) -> None:
    before = tables(sqlite_url)
    with pytest.raises(Exception, match="Can't locate revision"):
        migrate.upgrade(sqlite_url, "nowhere")
    assert tables(sqlite_url) == before


def test_a_new_database_has_no_revision(tmp_path: Path) -> None:
    assert migrate.current(f"sqlite:///{tmp_path / 'new.sqlite3'}") is None
