"""Moving house: all that one database holds goes into an empty one of another kind, proved before it is kept."""

from collections.abc import Mapping

from sqlalchemy import Connection, delete, func, insert, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from service import migrate
from service.backup import postgres
from service.backup.archive import BackupRefused
from service.database import engine_for, snapshot
from service.models.base import Base
from service.operations.verification import Verification

_ROWS_AT_ONCE = 500


def move(source: str, url: str) -> Mapping[str, int]:
    """Copy the SQLite database at `source` into the empty PostgreSQL one at `url`; the rows of each table.

    All or nothing, at this version's schema; the keys stay the same ones. Refuses (BackupRefused) other kinds, a
    source of another version, a database where there is anything, and a copy whose rows or journal do not agree.
    """
    _expect_fit(source, url)
    origin, target = engine_for(source), engine_for(url)
    try:
        with snapshot(origin) as reading:
            _expect_sound(reading)
            migrate.upgrade(url)
            with target.begin() as writing:
                _copy(reading.connection(), writing)
                rows = _rows(reading.connection())
                if _rows(writing) != rows:
                    raise BackupRefused(
                        "La copie n’a pas les mêmes lignes que l’original : rien n’est gardé."
                    )
                _expect_sound(Session(bind=writing))
    except DBAPIError as failed:
        why = str(failed.orig).partition("\n")[0]
        raise BackupRefused(f"La base n’a pas pu être copiée ({why}) : rien n’est gardé.") from failed
    finally:
        origin.dispose()
        target.dispose()
    return rows


def _expect_fit(source: str, url: str) -> None:
    kinds = (make_url(source).get_backend_name(), make_url(url).get_backend_name())
    if kinds != ("sqlite", "postgresql"):
        raise BackupRefused(
            f"On passe d’une base sqlite à une base postgresql, non de {kinds[0]} à {kinds[1]}.",
            advice="RELAIS_DATABASE_URL nomme la base où l’on va.",
        )
    if migrate.current(source) != migrate.newest():
        raise BackupRefused("La base d’origine n’est pas à jour : lancez-y d’abord « relais db upgrade ».")
    if not postgres.is_empty(url):
        raise BackupRefused("La base où l’on va n’est pas vide : rien n’a été copié.")


def _expect_sound(session: Session) -> None:
    """Each chain of the journal, each seal."""
    for finding in Verification(session).findings():
        raise BackupRefused(f"Le journal ne concorde pas, rien n’a été copié : {finding}")


def _copy(origin: Connection, target: Connection) -> None:
    """Each table after those it points to; what the migrations put there themselves gives way."""
    for table in reversed(Base.metadata.sorted_tables):
        target.execute(delete(table))
    for table in Base.metadata.sorted_tables:
        found = origin.execute(select(table).order_by(*table.primary_key)).mappings()
        for rows in found.partitions(_ROWS_AT_ONCE):
            target.execute(insert(table), [dict(row) for row in rows])


def _rows(bind: Connection) -> Mapping[str, int]:
    return {
        table.name: bind.execute(select(func.count()).select_from(table)).scalar_one()
        for table in Base.metadata.sorted_tables
    }
