"""For the machines that watch: is the process up, and can it work."""

from functools import cache

from alembic.runtime.migration import MigrationContext
from flask import Blueprint
from sqlalchemy.exc import SQLAlchemyError

from service import logs, migrate
from service.database import reading
from service.permissions import Permission
from service.routes.guard import requires

log = logs.logger(__name__)

health = Blueprint("health", __name__)

Answer = tuple[dict[str, str], int]


@health.get("/healthz")
@requires(Permission.PUBLIC)
def alive() -> Answer:
    """The process answers; the database is not asked."""
    return {"status": "ok"}, 200


@health.get("/readyz")
@requires(Permission.PUBLIC)
def ready() -> Answer:
    """The database answers, with the tables that this version expects."""
    try:
        with reading() as session:
            current = MigrationContext.configure(session.connection()).get_current_revision()
    except SQLAlchemyError as error:
        log.error("database.unavailable", exc_info=error)
        return {"status": "unavailable"}, 503
    if current != _newest():
        return {"status": "not_migrated"}, 503
    return {"status": "ok"}, 200


@cache
def _newest() -> str | None:
    return migrate.newest()
