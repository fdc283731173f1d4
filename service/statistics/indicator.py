"""What an indicator is, and how its drawings are described by their own figures. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from service.statistics import words
from service.statistics.document import Chart, ChartKind, Row, Share, Table


@dataclass(frozen=True, slots=True)
class Trend:
    """One column of a measure over thirteen months, for up to four of its rows."""

    id: str
    caption: str
    measure: str
    column: str
    rows: Mapping[str, str]
    drawn_as: ChartKind = "lines"
    target: int | None = None
    target_label: str = ""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A drawing of one of the indicator's own tables."""

    kind: ChartKind
    table: str
    title: str
    series: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator. `numerator` and `denominator` in words; `breakdowns`: what its figures may be divided by."""

    id: str
    title: str
    sentence: str
    numerator: str
    dated_by: str
    tables: tuple[str, ...]
    denominator: str = ""
    breakdowns: tuple[str, ...] = ()
    trends: tuple[Trend, ...] = ()
    drawings: tuple[Drawing, ...] = ()


def drawn(drawing: Drawing, table: Table) -> Chart:
    """The drawing of a table, described by its own figures."""
    return Chart(drawing.kind, table.id, drawing.title, described(table), drawing.series)


def drawn_trend(trend: Trend, table: Table) -> Chart:
    """The drawing of thirteen months, described by the last one."""
    unit = " %" if any(column.kind == "share" for column in table.columns) else ""
    return Chart(
        trend.drawn_as,
        table.id,
        trend.caption,
        _last_month(table),
        target=trend.target,
        target_label=trend.target_label,
        unit=unit,
    )


def described(table: Table) -> str:
    """The rows in a sentence, with their first figure that is a number; nothing where all are empty."""
    said = [f"{row.label} : {number}" for row in table.rows if not row.total and (number := _number(row))]
    return f"{table.caption}. {' ; '.join(said)}." if said else f"{table.caption}. Aucune sur la période."


def _number(row: Row) -> int:
    return next((cell for cell in reversed(row.cells) if isinstance(cell, int)), 0)


def _last_month(table: Table) -> str:
    last = table.rows[-1]
    said = [
        f"{column.label} : {words.percent(cell) if isinstance(cell, Share) else words.cell(cell)}"
        for column, cell in zip(table.columns, last.cells, strict=True)
        if cell is not None and not (isinstance(cell, Share) and cell.percent is None)
    ]
    return f"{last.label} : {' ; '.join(said)}." if said else f"{last.label} : aucune."
