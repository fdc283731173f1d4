"""The charts of a shared document as SVG: one drawing for the screen and for paper."""

from collections.abc import Mapping

from markupsafe import Markup

from service.statistics.document import Chart, Table
from service.statistics.drawings import svg
from service.statistics.drawings.bars import bars
from service.statistics.drawings.lines import lines
from service.statistics.drawings.series import measure, plot
from service.statistics.drawings.sides import sides

_DRAW = {"bars": bars, "lines": lines, "sides": sides}
DARKEST = 5


def drawn(name: str, chart: Chart, table: Table) -> Markup:
    """The SVG, called `name` in its page; none of a heat map, which is its own table, tinted."""
    if chart.kind == "heat":
        return Markup()
    content, height = _DRAW[chart.kind](plot(name, chart, table))
    return svg.picture(name, chart.title, chart.description, height, content)


def heat_levels(table: Table) -> Mapping[str, tuple[int, ...]]:
    """How dark each cell of a row is, 0 to 5, by the row's key; totals and hidden figures stay white."""
    figures = {row.key: [0 if row.total else measure(cell) or 0 for cell in row.cells] for row in table.rows}
    highest = max((figure for row in figures.values() for figure in row), default=0) or 1
    return {
        key: tuple(-int(-DARKEST * max(figure, 0) // highest) for figure in row)
        for key, row in figures.items()
    }
