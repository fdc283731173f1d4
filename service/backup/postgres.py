"""PostgreSQL: each table copied inside one snapshot, and restored into a schema of its own that then takes the place.

No program of the server is needed on this machine, and a newer server reads what an older one wrote.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from graphlib import TopologicalSorter
from pathlib import Path
from uuid import uuid4

import psycopg
from psycopg import IsolationLevel, sql
from sqlalchemy.engine import make_url

from service import migrate
from service.backup.archive import Archive, BackupRefused

_PREFIX = "relais_scratch_"
_LOCK = 7_305_412
"""Any fixed number will do: one backup or restoration at a time."""

FAILED = psycopg.Error
"""What PostgreSQL answers to a right that is missing, a full disk, or a row that does not fit."""

Parts = Iterator[Iterator[bytes]]
Connection = psycopg.Connection[tuple[object, ...]]


@contextmanager
def snapshot(url: str, _folder: Path) -> Iterator[tuple[Mapping[str, int], Parts]]:
    """The rows of each table and the parts of the database, as it is at one moment, while people work."""
    with _connect(url) as connection:
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        tables = _tables(connection)
        rows = {name: _count(connection, name) for name in tables}
        yield rows, (_copied(connection, name) for name in tables)


@contextmanager
def scratch(url: str, archive: Archive, _folder: Path) -> Iterator[str]:
    """The address of a schema of its own in the database at `url`, with what the archive holds."""
    schema = f"{_PREFIX}{uuid4().hex[:12]}"
    with _alone(url) as connection:
        _sweep(connection)
        connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(schema)))
        inside = _inside(url, schema)
        try:
            migrate.upgrade(inside, archive.manifest.revision)
            _fill(inside, archive)
            yield inside
        finally:
            _sweep(connection)


def put_in_place(scratch_url: str, url: str) -> None:
    """Let the scratch schema take the place of the one in use, all or nothing. Waits half a minute for who works."""
    with _connect(scratch_url) as connection:
        schema = str(connection.execute("SELECT current_schema()").fetchone()[0])  # type: ignore[index]
    with _connect(url) as connection:
        used = sql.Identifier(str(connection.execute("SELECT current_schema()").fetchone()[0]))  # type: ignore[index]
        connection.execute("SET LOCAL lock_timeout = '30s'")
        try:
            connection.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(used))
            connection.execute(sql.SQL("ALTER SCHEMA {} RENAME TO {}").format(sql.Identifier(schema), used))
        except psycopg.errors.LockNotAvailable:
            raise BackupRefused(
                "La base est en cours d’utilisation : arrêtez le serveur et l’ordonnanceur, puis recommencez."
            ) from None


def is_empty(url: str) -> bool:
    """Whether there is no table at `url`."""
    with _connect(url) as connection:
        return not _tables(connection)


def folder_of(_url: str) -> Path | None:
    """The server keeps its files where it does."""
    return None


def rows_at(url: str) -> Mapping[str, int]:
    """How many rows each table has at `url`."""
    with _connect(url) as connection:
        return {name: _count(connection, name) for name in _tables(connection)}


def _connect(url: str, *, autocommit: bool = False) -> Connection:
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(address, autocommit=autocommit)


@contextmanager
def _alone(url: str) -> Iterator[Connection]:
    with _connect(url, autocommit=True) as connection:
        if connection.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK]).fetchone() != (True,):
            raise BackupRefused("Une autre sauvegarde ou restauration de cette base est en cours.")
        yield connection


def _sweep(connection: Connection) -> None:
    """Remove the scratch schemas, those of a process that died included."""
    found = "SELECT nspname FROM pg_namespace WHERE starts_with(nspname, %s)"
    for (name,) in connection.execute(found, [_PREFIX]).fetchall():
        connection.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(str(name))))


def _inside(url: str, schema: str) -> str:
    within = make_url(url).update_query_dict({"options": f"-csearch_path={schema}"})
    return within.render_as_string(hide_password=False)


def _tables(connection: Connection) -> Sequence[str]:
    """The tables, each after those it points to."""
    names = connection.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
    ).fetchall()
    links = connection.execute(
        "SELECT child.relname, parent.relname FROM pg_constraint JOIN pg_class child ON child.oid = conrelid "
        "JOIN pg_class parent ON parent.oid = confrelid "
        "WHERE contype = 'f' AND conrelid <> confrelid AND connamespace = current_schema()::regnamespace"
    ).fetchall()
    order: TopologicalSorter[str] = TopologicalSorter({str(name): () for (name,) in sorted(names)})
    for child, parent in links:
        order.add(str(child), str(parent))
    return list(order.static_order())


def _count(connection: Connection, table: str) -> int:
    found = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))).fetchone()
    return int(str(found[0])) if found else 0


def _copied(connection: Connection, table: str) -> Iterator[bytes]:
    """First the columns, then the rows as PostgreSQL writes them."""
    columns = [
        str(name)
        for (name,) in connection.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(quote_ident(%s)) "
            "AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
            [table],
        ).fetchall()
    ]
    yield "\t".join(columns).encode()
    with connection.cursor().copy(_copy("COPY {} ({}) TO STDOUT", table, columns)) as rows:
        for block in rows:
            if block:
                yield bytes(block)


def _fill(url: str, archive: Archive) -> None:
    """Load each table of the archive; what the migrations put there themselves (their revision) gives way."""
    with _connect(url) as connection:
        connection.execute("DELETE FROM alembic_version")
        for table in archive.manifest.rows:
            part = archive.part()
            columns = next(part, b"").decode().split("\t")
            with connection.cursor().copy(_copy("COPY {} ({}) FROM STDIN", table, columns)) as rows:
                for block in part:
                    rows.write(block)


def _copy(statement: str, table: str, columns: Sequence[str]) -> sql.Composed:
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    return sql.SQL(statement).format(sql.Identifier(table), names)
