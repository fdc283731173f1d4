"""What a chart draws of its table: some columns, measured row by row."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from service.statistics import words
from service.statistics.document import Cell, Chart, Duration, Share, Table

MOST_SERIES = 4
SIDE_KEYS = ("departement", "caf", "closed")
_DRAWN = ("count", "number", "share", "duration")


@dataclass(frozen=True, slots=True)
class Series:
    """A column: what is measured in each row that is drawn, and its cells, for their words."""

    label: str
    cells: tuple[Cell, ...]

    @property
    def values(self) -> tuple[float | None, ...]:
        """None where there is no figure, or a hidden one."""
        return tuple(measure(cell) for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Plot:
    """A chart ready to be drawn. `name` is the drawing's in the page; total rows are left out."""

    name: str
    chart: Chart
    labels: tuple[str, ...]
    series: tuple[Series, ...]

    @property
    def unit(self) -> str:
        """« % », « h », or nothing for counts."""
        cells = [cell for one in self.series for cell in one.cells]
        return self.chart.unit or _unit(cells)

    @property
    def sums(self) -> list[float]:
        """What each row adds up to."""
        columns = [one.values for one in self.series]
        return [sum(value or 0 for value in values) for values in zip(*columns, strict=True)]

    def said(self, place: int, one: Series) -> str:
        """« octobre 2026, Courriel : 55 »."""
        return f"{self.labels[place]}, {one.label} : {words.cell(one.cells[place])}"


def plot(name: str, chart: Chart, table: Table) -> Plot:
    """The columns that the chart names, all that can be drawn when it names none, four at most; or the three sides."""
    rows = [row for row in table.rows if not row.total]
    wanted = SIDE_KEYS if chart.kind == "sides" else chart.series
    keys = wanted or tuple(column.key for column in table.columns if column.kind in _DRAWN)
    labels = {column.key: column.label for column in table.columns}
    columns = [(labels[key], table.column(key)) for key in keys[:MOST_SERIES]]
    series = tuple(Series(label, tuple(cells[row.key] for row in rows)) for label, cells in columns)
    return Plot(name, chart, tuple(row.label for row in rows), series)


def measure(cell: Cell) -> float | None:
    """A count, a percentage, hours; None where there is no figure or it is hidden."""
    match cell:
        case Share():
            return None if cell.percent is None else float(cell.percent)
        case Duration(seconds):
            return seconds / 3600
        case int() | Decimal():
            return float(cell)
        case _:
            return None


def _unit(cells: Sequence[Cell]) -> str:
    if any(isinstance(cell, Share) for cell in cells):
        return f"{words.FIRM}%"
    return f"{words.FIRM}h" if any(isinstance(cell, Duration) for cell in cells) else ""
