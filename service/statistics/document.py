"""What a shared document holds: sections, their tables and drawings. Nothing here knows how they look.

Screen, PDF, spreadsheet and CSV are all made of these. A document freezes to one text, the same for the same figures.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any, Literal, NamedTuple, TypeAlias


class Share(NamedTuple):
    """So many of so many; a share of nothing has no percentage."""

    part: int
    whole: int

    @property
    def percent(self) -> Decimal | None:
        """To one decimal, half to even; None when there is nothing to share."""
        return None if not self.whole else round(Decimal(100 * self.part) / self.whole, 1)


class Duration(NamedTuple):
    """Seconds; the column says whether they are business or elapsed time."""

    seconds: int


class Hidden(NamedTuple):
    """A figure that is not shared: « 1–4 », or « masqué » where it would give another one away."""

    mark: str


SMALL = Hidden("1–4")
KEPT_BACK = Hidden("masqué")

Cell: TypeAlias = int | str | Decimal | date | Share | Duration | Hidden | None
"""None: there is no such figure, shown « – »."""

ColumnKind: TypeAlias = Literal["count", "share", "number", "duration", "date", "text"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column after the first one. `key` is stable: drawings, exports and tests name it."""

    key: str
    label: str
    kind: ColumnKind = "count"


@dataclass(frozen=True, slots=True)
class Row:
    """`label` is the first cell, which heads the row. `total`: the sum of the others, drawn apart."""

    key: str
    label: str
    cells: tuple[Cell, ...]
    total: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """`head` is the title of the first column. `by_unit`: its rows are units, so small counts are masked."""

    id: str
    caption: str
    head: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    by_unit: bool = False
    note: str = ""

    def __post_init__(self) -> None:
        if any(len(row.cells) != len(self.columns) for row in self.rows):
            raise ValueError(f"a row of {self.id} has not as many cells as the table has columns")

    def column(self, key: str) -> Mapping[str, Cell]:
        """The cells of one column, by the key of their row."""
        place = [column.key for column in self.columns].index(key)
        return {row.key: row.cells[place] for row in self.rows}


ChartKind: TypeAlias = Literal["bars", "lines", "heat", "sides"]


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing of a table of the same section, which always stands beside it.

    bars: stacked columns, one for each row, the series being `series` (keys of columns, four at most, all of them
    when empty). lines: the same, through time; a dashed line at `target`. heat: each cell of the table tinted.
    sides: one bar for each row, shared between the columns named caf, departement and closed.
    """

    kind: ChartKind
    table: str
    title: str
    description: str
    series: tuple[str, ...] = ()
    target: int | None = None
    target_label: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """One indicator, or one chapter: what it says in a sentence, its tables, its drawings, its remarks.

    `id` is the indicator's (I-1) where it is one. `remarks`: sentences under the tables. `level` 1 heads a chapter.
    """

    id: str
    title: str
    sentence: str = ""
    tables: tuple[Table, ...] = ()
    charts: tuple[Chart, ...] = ()
    remarks: tuple[str, ...] = ()
    level: int = 2

    def table(self, table_id: str) -> Table:
        """A table by its id."""
        return next(table for table in self.tables if table.id == table_id)


@dataclass(frozen=True, slots=True)
class Document:
    """A pack or a report. `title`: « Réunion technique – octobre 2026 »; `key_figures`: label, value, detail."""

    kind: str
    title: str
    subtitle: str
    made_on: date
    revision: int
    sections: tuple[Section, ...]
    key_figures: tuple[tuple[str, str, str], ...] = ()

    def section(self, section_id: str) -> Section:
        """A section by its id."""
        return next(section for section in self.sections if section.id == section_id)


def frozen(document: Document) -> str:
    """The one text of a document: what is stored, and what its hash covers."""
    return json.dumps(plain(document), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(text: str) -> str:
    """The hash of a frozen document, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def thawed(text: str) -> Document:
    """The document of a frozen text."""
    held = json.loads(text)
    return Document(
        kind=held["kind"],
        title=held["title"],
        subtitle=held["subtitle"],
        made_on=date.fromisoformat(held["made_on"]["date"]),
        revision=held["revision"],
        sections=tuple(_section(one) for one in held["sections"]),
        key_figures=tuple((label, value, detail) for label, value, detail in held["key_figures"]),
    )


def plain(value: Any) -> Any:
    """A cell, a table or a document as JSON holds it."""
    match value:
        case int() | str() | None:
            return value
        case Share():
            return {"share": [value.part, value.whole]}
        case Duration():
            return {"seconds": value.seconds}
        case Hidden():
            return {"hidden": value.mark}
        case Decimal():
            return {"number": str(value)}
        case date():
            return {"date": value.isoformat()}
        case tuple():
            return [plain(item) for item in value]
        case _:
            return {field.name: plain(getattr(value, field.name)) for field in fields(value)}


def cell_of(held: Any) -> Cell:
    """The cell that `plain` wrote; ValueError for anything else."""
    match held:
        case {"share": [part, whole]}:
            return Share(part, whole)
        case {"seconds": seconds}:
            return Duration(seconds)
        case {"hidden": mark}:
            return Hidden(mark)
        case {"number": text}:
            return Decimal(text)
        case {"date": text}:
            return date.fromisoformat(text)
        case int() | str() | None:
            return held
        case _:
            raise ValueError(f"no cell is written {held!r}")


def _section(held: Mapping[str, Any]) -> Section:
    return Section(
        **{key: held[key] for key in ("id", "title", "sentence", "level")},
        tables=tuple(_table(one) for one in held["tables"]),
        charts=tuple(Chart(**{**one, "series": tuple(one["series"])}) for one in held["charts"]),
        remarks=tuple(held["remarks"]),
    )


def _table(held: Mapping[str, Any]) -> Table:
    return Table(
        **{key: held[key] for key in ("id", "caption", "head", "by_unit", "note")},
        columns=tuple(Column(**one) for one in held["columns"]),
        rows=tuple(_row(one) for one in held["rows"]),
    )


def _row(held: Mapping[str, Any]) -> Row:
    cells: Sequence[Any] = held["cells"]
    return Row(held["key"], held["label"], tuple(cell_of(cell) for cell in cells), held["total"])
