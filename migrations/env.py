"""What Alembic runs around the migrations: one connection, one transaction, one runner at a time."""

from typing import Any

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.pool import NullPool
from sqlalchemy.types import TypeDecorator

from service.config import Config
from service.models import Base

# Any fixed number will do: it keeps two machines from migrating one database at the same time.
ADVISORY_LOCK = 7_305_411


def engine_for(url: str) -> Engine:
    """An engine of its own: on SQLite no foreign keys while tables are rebuilt, and DDL that rolls back."""
    engine = create_engine(url, poolclass=NullPool)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda connection, _: setattr(connection, "isolation_level", None))
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine


def plain_type(kind: str, item: Any, _: AutogenContext) -> str | bool:
    """Write the database's type into a migration, not our class: a migration outlives the models."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


def _told(**_: Any) -> None:
    """Who has to keep a lease through a long upgrade hears of each migration."""
    context.config.attributes.get("after_each", lambda: None)()


def run(connection: Connection) -> None:
    """Run the migrations that Alembic chose. Refuses to keep a SQLite database with a broken foreign key."""
    on_sqlite = connection.dialect.name == "sqlite"
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        render_item=plain_type,
        transactional_ddl=True,
        compare_type=True,
        on_version_apply=_told,
    )
    with context.begin_transaction():
        if not on_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": ADVISORY_LOCK})
            # People go on working meanwhile: a table in use is not waited for while everybody queues behind us.
            connection.execute(text("SET LOCAL lock_timeout = '10s'"))
        context.run_migrations()
        if on_sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
            raise RuntimeError("a row points at nothing after the migration: nothing was kept")


if context.is_offline_mode():
    raise SystemExit("Migrations run on a database, not to a script: leave --sql out.")
# `relais db upgrade` and the tests give the address; the alembic command takes that of the settings.
with engine_for(
    context.config.attributes.get("url") or Config.from_environment().database_url
).connect() as opened:
    run(opened)
