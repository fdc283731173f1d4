"""A table as a spreadsheet wants it: one plain figure in each cell, a share in three columns, a duration in hours."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple, TypeAlias

from service.statistics import words
from service.statistics.document import Cell, Column, Duration, Hidden, Row, Share, Table

Plain: TypeAlias = str | int | Decimal | date | None
FieldKind: TypeAlias = Literal["text", "count", "number", "percent", "hours", "date"]


class Field(NamedTuple):
    """A column of the spreadsheet."""

    label: str
    kind: FieldKind


class Grid(NamedTuple):
    """A table spread out: its columns, and as many values in each row."""

    fields: tuple[Field, ...]
    rows: tuple[tuple[Plain, ...], ...]


def grid(table: Table) -> Grid:
    """The table spread out; hidden figures stay hidden, as text."""
    fields = [Field(table.head, "text")]
    for column in table.columns:
        fields += _fields(column)
    return Grid(tuple(fields), tuple(_values(row, table.columns) for row in table.rows))


def _fields(column: Column) -> list[Field]:
    if column.kind == "share":
        return [
            Field(f"{column.label} (nombre)", "count"),
            Field(f"{column.label} (sur)", "count"),
            Field(f"{column.label} (%)", "percent"),
        ]
    if column.kind == "duration":
        return [Field(f"{column.label} (heures)", "hours")]
    return [Field(column.label, column.kind)]


def _values(row: Row, columns: Sequence[Column]) -> tuple[Plain, ...]:
    values: list[Plain] = [row.label]
    for column, cell in zip(columns, row.cells, strict=True):
        values += _spread(column, cell)
    return tuple(values)


def _spread(column: Column, cell: Cell) -> list[Plain]:
    """A share or a duration outside of its kind of column is told in words: its unit would be lost."""
    match column.kind, cell:
        case "share", Share(part, whole):
            return [part, whole, cell.percent]
        case "share", _:
            return [_plain(cell)] * 3
        case "duration", Duration():
            return [words.hours(cell)]
        case _:
            return [_plain(cell)]


def _plain(cell: Cell) -> Plain:
    return words.cell(cell) if isinstance(cell, Hidden | Share | Duration) else cell
