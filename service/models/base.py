"""What every mapped class shares: naming, identifiers, time, and sealed attributes."""

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, ClassVar, overload
from uuid import UUID

from sqlalchemy import DateTime, Dialect, MetaData
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from service.sealing import ring

_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


def new_id() -> UUID:
    """A random identifier that grows with time (UUID version 7), so that indexes stay compact."""
    milliseconds = time.time_ns() // 1_000_000
    number = milliseconds << 80 | int.from_bytes(os.urandom(10))
    number = number & ~(0xF << 76) | 7 << 76
    return UUID(int=number & ~(0x3 << 62) | 0x2 << 62)


class UtcTime(TypeDecorator[datetime]):
    """An aware instant, UTC in and out, on databases with and without time zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuses a naive instant."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored instant needs its time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None] | None:
        """None on PostgreSQL, whose connections speak UTC (`database.configure`): a row has ten instants."""
        return None if dialect.name == "postgresql" else super().result_processor(dialect, coltype)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Aware: what SQLite keeps without its zone is UTC."""
        return None if value is None else value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """The declarative base; `sealing_row` names the row to which sealed values are bound."""

    metadata = MetaData(naming_convention=_NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: UtcTime()}

    def sealing_row(self) -> str:
        """The identity of this row, known before it is stored."""
        return str(getattr(self, "id"))  # noqa: B009


class Sealed:
    """An attribute kept encrypted in the `<name>_sealed` column, bound to its row (set the key first)."""

    name: str

    def __set_name__(self, owner: type[Base], name: str) -> None:
        self.name = name

    @overload
    def __get__(self, row: None, owner: type[Base]) -> "Sealed": ...
    @overload
    def __get__(self, row: Base, owner: type[Base]) -> str | None: ...
    def __get__(self, row: Base | None, owner: type[Base]) -> "Sealed | str | None":
        if row is None:
            return self
        plain = self.read(row)
        return None if plain is None else plain.decode()

    def __set__(self, row: Base, value: str | None) -> None:
        self.write(row, None if value is None else value.encode())

    def read(self, row: Base) -> bytes | None:
        """The plain bytes, or None; raises SealBroken for a value from elsewhere."""
        sealed: bytes | None = getattr(row, f"{self.name}_sealed")
        return None if sealed is None else ring().open(sealed, self._place(row))

    def write(self, row: Base, plain: bytes | None) -> None:
        """Seal and keep the bytes."""
        setattr(row, f"{self.name}_sealed", self.sealed(row, plain))

    def sealed(self, row: Base, plain: bytes | None) -> bytes | None:
        """The bytes sealed for that row, which keeps them under no other name."""
        return None if plain is None else ring().seal(plain, self._place(row))

    def _place(self, row: Base) -> str:
        return f"{row.__tablename__}.{self.name}.{row.sealing_row()}"


class SealedBytes(Sealed):
    """A sealed attribute of raw bytes: a file, a raw message."""

    @overload  # type: ignore[override]
    def __get__(self, row: None, owner: type[Base]) -> "SealedBytes": ...
    @overload
    def __get__(self, row: Base, owner: type[Base]) -> bytes | None: ...
    def __get__(self, row: Base | None, owner: type[Base]) -> "SealedBytes | bytes | None":
        return self if row is None else self.read(row)

    def __set__(self, row: Base, value: bytes | None) -> None:  # type: ignore[override]
        self.write(row, value)


class Identified(Base):
    """A row with a random identifier of its own, known as soon as it is made."""

    __abstract__ = True

    id: Mapped[UUID] = mapped_column(primary_key=True)

    def __init__(self, **values: Any) -> None:
        self.id = values.pop("id", None) or new_id()
        super().__init__(**values)
