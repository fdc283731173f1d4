"""For the machines that watch: is the process up, and can it work."""

from functools import cache
from pathlib import Path

from alembic.runtime.migration import MigrationContext
from flask import Blueprint, current_app
from sqlalchemy.exc import SQLAlchemyError

from service import logs, migrate
from service.database import reading
from service.permissions import Permission
from service.routes.guard import requires

log = logs.logger(__name__)

health = Blueprint("health", __name__)

DRAIN_FILE = "relais_drain_file"
"""Where the application keeps the file whose presence asks for no new requests, or None."""

Answer = tuple[dict[str, str], int]


@health.get("/healthz")
@requires(Permission.PUBLIC)
def alive() -> Answer:
    """The process answers; the database is not asked."""
    return {"status": "ok"}, 200


@health.get("/readyz")
@requires(Permission.PUBLIC)
def ready() -> Answer:
    """The database answers, with the tables that this version expects, or newer ones; the process is not about to stop.

    While servers are brought up to date one after the other, the older version works on the newer tables.
    """
    drain_file: Path | None = current_app.extensions[DRAIN_FILE]
    if drain_file is not None and drain_file.exists():
        return {"status": "draining"}, 503
    try:
        with reading() as session:
            current = MigrationContext.configure(session.connection()).get_current_revision()
    except SQLAlchemyError as error:
        log.error("database.unavailable", exc_info=error)
        return {"status": "unavailable"}, 503
    if current is None or current in _outgrown():
        return {"status": "not_migrated"}, 503
    return {"status": "ok"}, 200


@cache
def _outgrown() -> frozenset[str]:
    return migrate.revisions() - {migrate.newest() or ""}
