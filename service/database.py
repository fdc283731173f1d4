"""The engine, and the only commit and the only rollback of the house."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import partial
from math import inf
from time import monotonic
from typing import Any

from sqlalchemy import Connection, Dialect, Engine, create_engine, event
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.pool import ConnectionPoolEntry

from service.errors import StaleVersion

_BUSY_SECONDS = 30
_CONNECT_SECONDS, _STATEMENT_SECONDS, _IDLE_IN_TRANSACTION_SECONDS = 5, 120, 300
_TRUSTED_SECONDS, _RETURNED = 0.2, "relais_returned"
_open: ContextVar[tuple[Session, bool] | None] = ContextVar("relais_open_session", default=None)
_engine: Engine | None = None
_reader: Engine | None = None
_looker: Engine | None = None
_HELD = "relais_held"


class _Holding(Session):
    """A session that lets go of no row before its end: SQLAlchemy forgets, and asks again for, what nobody holds.

    Who locks a row does so before anything reads it: what is held is not read again.
    """


@event.listens_for(_Holding, "loaded_as_persistent")
@event.listens_for(_Holding, "pending_to_persistent")
def _hold(session: Session, row: object) -> None:
    session.info.setdefault(_HELD, []).append(row)


def configure(url: str, *, hasty: bool = False, **options: Any) -> Engine:
    """Make the process's engine. SQLite: WAL, synchronous=FULL, foreign keys, BEGIN IMMEDIATE for writing.

    `hasty`: SQLite waits for no disk, for a file that is thrown away if this process does not come to its end.
    """
    global _engine, _reader, _looker
    if _engine is not None:
        _engine.dispose()
    _engine = engine_for(url, hasty=hasty, **options)
    # Made once: an engine with options of its own is slow to make, and a page reads three times.
    dialect = _engine.dialect.name
    _reader = _engine.execution_options(relais_reading=True, **_READ_ONLY.get(dialect, {}))
    _looker = _engine.execution_options(relais_reading=True, **_ONE_STATEMENT.get(dialect, {}))
    return _engine


def engine_for(url: str, *, hasty: bool = False, **options: Any) -> Engine:
    """An engine prepared as `configure` says, beside that of the process: for another database."""
    made = create_engine(url, **_options_for(url, options))
    if made.dialect.name == "sqlite":
        event.listen(made, "connect", _prepare_sqlite)
        if hasty:
            event.listen(made, "connect", _hurry_sqlite)
        event.listen(made, "begin", _begin_sqlite)
    else:
        event.listen(made, "connect", _bound_postgresql)
        event.listen(made, "checkin", _note_return)
        event.listen(made, "checkout", partial(_expect_alive, made.dialect))
    return made


def engine() -> Engine:
    """The process's engine; refuses to work before `configure`."""
    if _engine is None:
        raise RuntimeError("no database: call database.configure() first")
    return _engine


@contextmanager
def transaction() -> Iterator[Session]:
    """A session to write with: joins the one that is open, commits once at the outermost exit, else rolls back.

    Refuses (StaleVersion) when a row was changed by somebody else meanwhile.
    """
    already = _open.get()
    if already is not None:
        session, writes = already
        if not writes:
            raise RuntimeError("a writing transaction inside a reading one")
        yield session
        session.flush()
        return
    with _Holding(engine(), expire_on_commit=False, autoflush=True) as session:
        token = _open.set((session, True))
        try:
            yield session
            session.commit()
        except StaleDataError as stale:
            session.rollback()
            raise StaleVersion("Quelqu’un a modifié cette demande en même temps que vous.") from stale
        except BaseException:
            session.rollback()
            raise
        finally:
            _open.reset(token)


def is_open() -> bool:
    """Whether a writing transaction is open here: who is inside it leaves beginning again to who opened it."""
    already = _open.get()
    return already is not None and already[1]


@contextmanager
def reading() -> Iterator[Session]:
    """A session to read with, on one snapshot; joins any that is open. What it changes is never kept."""
    already = _open.get()
    if already is not None:
        yield already[0]
        return
    bind = _reader or engine()
    with Session(bind, expire_on_commit=False, autoflush=False) as session:
        token = _open.set((session, False))
        try:
            yield session
            if bind.dialect.name in _READ_ONLY:  # the database itself refuses what would be kept
                session.expunge_all()  # what was read stays readable, and nothing of it is written
                session.commit()  # psycopg forgets at a rollback every statement that it had prepared
        finally:
            _open.reset(token)


@contextmanager
def looking() -> Iterator[Connection]:
    """A connection for one statement that reads columns: without what a session keeps, nor a transaction around it.

    Joins the session that is open here, if any.
    """
    already = _open.get()
    if already is not None:
        yield already[0].connection()
        return
    with (_looker or engine()).connect() as connection:
        yield connection
        connection.commit()


@contextmanager
def snapshot(bind: Engine) -> Iterator[Session]:
    """A session that reads all of `bind` as it was at one moment, joining none: for what takes long."""
    with Session(bind.execution_options(**_ONE_MOMENT[bind.dialect.name]), autoflush=False) as session:
        yield session


def time() -> datetime:
    """The database's present time (UTC): the one clock that all machines share. On SQLite, this machine's."""
    if engine().dialect.name == "sqlite":
        return datetime.now(UTC)
    with engine().connect() as connection:
        instant: datetime = connection.exec_driver_sql("SELECT clock_timestamp()").scalar_one()
    return instant.astimezone(UTC)


def compact(bind: Engine | None = None) -> None:
    """Let a database, that of the process by default, forget what was erased: it waits in free pages until then."""
    made = bind or engine()
    with made.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        raw = connection.connection.cursor()  # below what begins a transaction
        raw.execute("VACUUM")
        if made.dialect.name == "sqlite":
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        raw.close()


_READ_ONLY: dict[str, dict[str, Any]] = {"postgresql": {"postgresql_readonly": True}}
_ONE_STATEMENT: dict[str, dict[str, Any]] = {"postgresql": {"isolation_level": "AUTOCOMMIT"}}
_ONE_MOMENT: dict[str, dict[str, Any]] = {
    "postgresql": {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
    "sqlite": {"relais_reading": True},
}


def _options_for(url: str, options: dict[str, Any]) -> dict[str, Any]:
    if url.startswith("sqlite"):
        return {"connect_args": {"timeout": _BUSY_SECONDS}, **options}
    waiting = {"connect_args": {"connect_timeout": _CONNECT_SECONDS}}
    return {"pool_size": 8, "max_overflow": 8, **waiting, **options}


def _note_return(_connection: Any, record: ConnectionPoolEntry) -> None:
    record.info[_RETURNED] = monotonic()


def _expect_alive(dialect: Dialect, connection: Any, record: ConnectionPoolEntry, _handed: object) -> None:
    """Ask a connection that has rested whether the database is still there; if not, all that rest are made anew.

    One that answered a moment ago is not asked: a page takes three, and each question is a journey.
    """
    if monotonic() - record.info.get(_RETURNED, inf) < _TRUSTED_SECONDS:
        return
    try:
        dialect.do_ping(connection)
    except dialect.loaded_dbapi.Error as gone:
        raise InvalidatePoolError from gone


def _bound_postgresql(connection: Any, _record: object) -> None:
    """Nobody waits without an end: for a lock as long as on SQLite, for a statement, for a transaction left open.

    Instants come in UTC, as they are handed out: each of a hundred thousand rows is spared the change of zone. Nothing
    is compiled: PostgreSQL takes the limits of a count for the whole list, and longer to compile than to count.
    """
    connection.autocommit = True
    connection.execute("SET TIME ZONE 'UTC'")
    connection.execute(f"SET lock_timeout = '{_BUSY_SECONDS}s'")
    connection.execute(f"SET statement_timeout = '{_STATEMENT_SECONDS}s'")
    connection.execute(f"SET idle_in_transaction_session_timeout = '{_IDLE_IN_TRANSACTION_SECONDS}s'")
    connection.execute("SET jit = off")
    connection.autocommit = False


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # pysqlite must not begin by itself: see _begin_sqlite
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _hurry_sqlite(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")


def _begin_sqlite(connection: Connection) -> None:
    # A deferred BEGIN that later writes fails at once on a stale snapshot, whatever the time-out: measured.
    reads = connection.get_execution_options().get("relais_reading", False)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")
