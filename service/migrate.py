"""The schema's migrations, run from Python: Alembic with the settings of `pyproject.toml`."""

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

ROOT = Path(__file__).resolve().parents[1]


def upgrade(url: str, revision: str = "head", after_each: Callable[[], None] = lambda: None) -> None:
    """Bring the database at `url` to `revision`, all or nothing. Several at once wait for each other.

    `after_each` is called after each migration.
    """
    chosen = settings(url)
    chosen.attributes["after_each"] = after_each
    command.upgrade(chosen, revision)


def downgrade(url: str, revision: str) -> None:
    """Take the database at `url` back to `revision` (`base`: before the first)."""
    command.downgrade(settings(url), revision)


def newest() -> str | None:
    """The revision that this version of Relais expects; None before the first migration is written."""
    return ScriptDirectory.from_config(settings("")).get_current_head()


def revisions() -> frozenset[str]:
    """Every revision that this version of Relais knows, the newest among them."""
    return frozenset(one.revision for one in ScriptDirectory.from_config(settings("")).walk_revisions())


def expect_known(revision: str) -> None:
    """Refuses (alembic's CommandError) a revision of which this version of Relais has no migration."""
    ScriptDirectory.from_config(settings("")).get_revision(revision)


def current(url: str) -> str | None:
    """The revision of the database at `url`; None for an empty one."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def settings(url: str) -> AlembicConfig:
    """Alembic's own settings, for the database at `url`."""
    return AlembicConfig(toml_file=ROOT / "pyproject.toml", attributes={"url": url})
