"""Fill a migrated database with invented requests, PostgreSQL by COPY, in as many processes as there are cores."""

import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from multiprocessing import get_context
from typing import Any, cast

import psycopg
from psycopg import sql
from sqlalchemy import Column, ColumnElement, Table, insert, inspect, make_url, text
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.sql.schema import ScalarElementColumnDefault
from sqlalchemy.types import TypeDecorator

from bench.histories import Outline, dice, outlines
from bench.scribe import Scribe
from bench.staff import Staff, hire
from service import clock, database, logs, migrate, sealing
from service.database import reading, transaction
from service.demonstration.people import People
from service.directory.places import Directory
from service.directory.reading import load
from service.memory import without_searching
from service.models import Base, SettingValue
from service.operations import directory, seed
from service.operations.extraction import BY_DAY, BY_HOUR
from service.queries.reference import reference
from tests import settings

_AT_ONCE = 500
_DIALECT = PGDialect_psycopg()
_CDAS_AS_OTHERS = "cdas-redon"
_INDEXES = """
SELECT i.indrelid::regclass::text, c.relname, pg_get_indexdef(i.indexrelid)
FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid
WHERE c.relnamespace = 'public'::regnamespace AND NOT i.indisunique
"""
_LARGEST_FIRST = """
SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
ORDER BY pg_table_size(oid) DESC
"""

Outlines = Callable[[int, datetime], Iterator[Outline]]
Progress = Callable[[int], None]
"""Called with the number of requests stored so far."""


@dataclass(frozen=True, slots=True)
class Portion:
    """The share of one process, small enough to be redone: some outlines, and what they need to be told."""

    url: str
    outlines: Sequence[Outline]
    staff: Staff
    now: datetime


def fill(url: str, number: int, progress: Progress, of: Outlines = outlines) -> Staff:
    """Migrate an empty database, give it the delivered directory, a staff and `number` requests; the staff.

    `of` draws the requests.
    """
    migrate.upgrade(url)
    work_on(url)
    with transaction() as session:
        seed.sow()
        directory.keep(session, places())
        staff = hire(session, dice("staff"))
        # A measured account reads as a robot would; the limits are measured with the reading, but never reached.
        session.add_all(SettingValue(key=key, value=10_000) for key in (BY_HOUR, BY_DAY))
    now, told = clock.now(), list(of(number, clock.now()))
    database.engine().dispose()
    portions = [Portion(url, told[at : at + _AT_ONCE], staff, now) for at in range(0, number, _AT_ONCE)]
    done = 0
    on_sqlite = url.startswith("sqlite")
    taken_off = {} if on_sqlite else _take_off_indexes(conninfo(url))
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as processes:
        for stored in processes.map(store, portions):
            done += stored
            progress(done)
    if on_sqlite:
        work_on(url)
        with database.engine().begin() as writing:
            writing.execute(text("ANALYZE"))
    else:
        _put_in_order(conninfo(url), taken_off)
    return staff


def _take_off_indexes(address: str) -> Mapping[str, Sequence[str]]:
    """Drop the indexes that prove nothing, to sort ten million entries once; how those of each table are made again."""
    taken_off: dict[str, list[str]] = defaultdict(list)
    with psycopg.connect(address, autocommit=True) as connection:
        for table, name, definition in connection.execute(_INDEXES).fetchall():
            taken_off[table].append(definition)
            connection.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
    return taken_off


def _put_in_order(address: str, taken_off: Mapping[str, Sequence[str]]) -> None:
    """Make the indexes again, then vacuum and analyse: each table by itself, as many at once as there are cores."""

    def put(table: str) -> None:
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute("SET maintenance_work_mem = '1GB'")
            for definition in taken_off.get(table, ()):
                connection.execute(definition)
            connection.execute(sql.SQL("VACUUM ANALYZE {}").format(sql.Identifier(table)))

    with psycopg.connect(address) as connection:
        tables = [table for (table,) in connection.execute(_LARGEST_FIRST)]
    with ThreadPoolExecutor(os.cpu_count()) as hands:
        list(hands.map(put, tables))


def store(portion: Portion) -> int:
    """Tell and store one portion, all or nothing; how many requests it had."""
    work_on(portion.url)
    with reading() as session:
        known = reference(session)
    people = People(places(), dice("people", portion.outlines[0].number), portion.now.date(), _CDAS_AS_OTHERS)
    scribe = Scribe(known, portion.staff, people, portion.now)
    by_class: dict[type[Base], list[Base]] = defaultdict(list)
    with without_searching():
        for outline in portion.outlines:
            for row in scribe.rows(outline):
                by_class[type(row)].append(row)
    order = {table: place for place, table in enumerate(Base.metadata.sorted_tables)}
    classes = sorted(
        by_class, key=lambda mapped: order[cast(Table, mapped.__table__)]
    )  # what others refer to first
    if portion.url.startswith("sqlite"):
        with database.engine().begin() as writing:
            for mapped in classes:
                writing.execute(insert(mapped), list(_plain(mapped, by_class[mapped])))
        return len(portion.outlines)
    with psycopg.connect(conninfo(portion.url)) as connection:
        # Who is named is there: no row is looked up for each other one.
        connection.execute("SET session_replication_role = replica")
        for mapped in classes:
            copy(connection, mapped, by_class[mapped])
    return len(portion.outlines)


def _plain(mapped: type[Base], rows: Iterable[Base]) -> Iterator[dict[str, Any]]:
    """The values of rows of one class, the columns' defaults where none is set."""
    columns = [(prop.key, _default(prop.columns[0])) for prop in inspect(mapped).column_attrs]
    for row in rows:
        given = vars(row)
        values = ((key, given.get(key), default) for key, default in columns)
        yield {key: default if value is None else value for key, value, default in values}


def copy(connection: psycopg.Connection[Any], mapped: type[Base], rows: Iterable[Base]) -> None:
    """Store rows of one class; what is not set takes the column's default."""
    columns = [(prop.key, prop.columns[0]) for prop in inspect(mapped).column_attrs]
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(mapped.__tablename__),
        sql.SQL(", ").join(sql.Identifier(str(column.name)) for _, column in columns),
    )
    keys = [key for key, _ in columns]
    plan = [(place, _default(column), _written(column)) for place, (_, column) in enumerate(columns)]
    changed = [(place, default, write) for place, default, write in plan if default is not None or write]
    with connection.cursor().copy(statement) as stream:
        for row in rows:
            values = list(map(vars(row).get, keys))
            for place, default, write in changed:
                value = default if values[place] is None else values[place]
                values[place] = write(value) if write else value
            stream.write_row(values)


def work_on(url: str) -> None:
    """Give this process the engine and the key ring of the measured service."""
    config = settings.config(url)
    logs.configure(demonstration=False, level="WARNING")
    database.configure(url)
    sealing.configure(sealing.KeyRing(config.encryption_keys, config.blind_index_key))


@cache
def places() -> Directory:
    """The directory that comes with the service."""
    return load()


def conninfo(url: str) -> str:
    """The same address as psycopg takes it."""
    parts = make_url(url)
    return f"host={parts.query['host']} user={parts.username} dbname={parts.database}"


def _written(column: ColumnElement[Any]) -> Callable[[Any], Any] | None:
    """How a value becomes what the column stores, of which COPY knows nothing; None: as it is."""
    if isinstance(column.type, TypeDecorator):
        return partial(column.type.process_bind_param, dialect=_DIALECT)
    return None


def _default(column: ColumnElement[Any]) -> Any:
    default = column.default if isinstance(column, Column) else None
    return default.arg if isinstance(default, ScalarElementColumnDefault) else None
