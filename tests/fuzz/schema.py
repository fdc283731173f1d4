"""Whether what a database holds is what the models say it may hold; SQLite itself would let much pass."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import String, Table, func, select, text
from sqlalchemy.orm import Session

from service.models.base import Base, Sealed, SealedBytes
from service.workflows import nir

_ALLOWED = frozenset("\n\t")


def breaches(session: Session) -> list[str]:
    """Every value outside the schema, in words; none on a sound database."""
    return [*_of_tables(session), *_of_sealed_texts(session), *_of_the_file(session)]


def _of_tables(session: Session) -> Iterator[str]:
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            longest = getattr(column.type, "length", None)
            if isinstance(column.type, String) and longest:
                query = select(func.count()).select_from(table).where(func.length(column) > longest)
                if too_long := session.scalar(query):
                    yield f"{too_long} values of {table.name}.{column.name} are longer than {longest}"
        yield from _unreadable(session, table)


def _unreadable(session: Session, table: Table) -> Iterator[str]:
    """A date that is none, or a number that is text, stops the reading of its row."""
    try:
        for _ in session.execute(select(table)).mappings():
            pass
    except (ValueError, TypeError) as wrong:
        yield f"{table.name}: {wrong}"


def _of_sealed_texts(session: Session) -> Iterator[str]:
    for mapper in Base.registry.mappers:
        names = [name for name, kept in _sealed(mapper.class_) if not isinstance(kept, SealedBytes)]
        for row in session.scalars(select(mapper.class_)) if names else ():
            for name in names:
                value = getattr(row, name)
                if value and any(ord(sign) < 32 and sign not in _ALLOWED for sign in value):
                    yield f"{mapper.class_.__name__}.{name} holds a control character"
                if value and nir.find(value):
                    yield f"{mapper.class_.__name__}.{name} holds a social-security number"


def _sealed(model: type[Any]) -> Iterator[tuple[str, Sealed]]:
    for kind in model.__mro__:
        for name, value in vars(kind).items():
            if isinstance(value, Sealed):
                yield name, value


def _of_the_file(session: Session) -> Iterator[str]:
    if session.get_bind().dialect.name == "sqlite":
        for row in session.execute(text("PRAGMA foreign_key_check")):
            yield f"a row of {row[0]} names what is not there"
        whole = session.execute(text("PRAGMA integrity_check")).scalars().all()
        yield from () if whole == ["ok"] else map(str, whole)
