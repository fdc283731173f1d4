"""All figures of a period, table by table, and how a table is laid out beside earlier periods. Pure."""

import json
from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeAlias

from service.statistics import (
    appointments,
    awareness,
    decisions,
    direct_line,
    orientations,
    rights,
    stock,
    turnaround,
    volet_one,
    volet_two,
)
from service.statistics.document import Cell, Column, Duration, Row, Table, cell_of, plain
from service.statistics.facts import Facts
from service.statistics.measures import Cells, Labels, Measure

Figures: TypeAlias = Mapping[str, Cells]
"""By id of measure, then row, then column; for one period, unmasked."""

MEASURES: Mapping[str, Measure] = {
    measure.id: measure
    for module in (
        volet_one,
        decisions,
        orientations,
        turnaround,
        direct_line,
        stock,
        volet_two,
        appointments,
        rights,
        awareness,
    )
    for measure in module.MEASURES
}


class Earlier(NamedTuple):
    """An earlier period beside the present one; None: there is no figure of it."""

    key: str
    label: str
    figures: Figures | None


def figures_of(facts: Facts) -> Figures:
    """Every figure of the period, computed once."""
    return {name: measure.cells(facts) for name, measure in MEASURES.items()}


def written(figures: Figures) -> str:
    """The one text of the figures of a period, to be stored."""
    held = {
        name: {row: {column: plain(cell) for column, cell in cells.items()} for row, cells in rows.items()}
        for name, rows in figures.items()
    }
    return json.dumps(held, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def read(text: str) -> Figures:
    """The figures of that text."""
    return {
        name: {row: {column: cell_of(cell) for column, cell in cells.items()} for row, cells in rows.items()}
        for name, rows in json.loads(text).items()
    }


def table_of(name: str, rows: Labels, label: str, figures: Figures, earlier: Sequence[Earlier] = ()) -> Table:
    """The table of a measure: its columns for the period named `label`, then those compared with earlier ones."""
    measure = MEASURES[name]
    shown = measure.columns
    single = len(shown) == 1
    columns = [Column(one.key, label if single else one.label, one.kind) for one in shown]
    for period in earlier:
        columns += [_compared(one, period, single=single) for one in shown if one.key in measure.compared]
    lines = [Row(row, text, tuple(_cells(measure, row, figures, earlier))) for row, text in rows.items()]
    if measure.total:
        lines.append(Row("total", measure.total, _sums(lines), total=True))
    return Table(
        name, measure.caption, measure.head, tuple(columns), tuple(lines), measure.by_unit, measure.note
    )


def _compared(column: Column, period: Earlier, *, single: bool) -> Column:
    label = period.label if single else f"{column.label}, {period.label}"
    return Column(f"{column.key}@{period.key}", label, column.kind)


def _cells(measure: Measure, row: str, figures: Figures, earlier: Sequence[Earlier]) -> list[Cell]:
    own = figures.get(measure.id, {}).get(row, {})  # kept before the measure was there: no figure
    cells: list[Cell] = [own.get(column.key) for column in measure.columns]
    for period in earlier:
        then = {} if period.figures is None else period.figures.get(measure.id, {}).get(row, {})
        cells += [then.get(column.key) for column in measure.columns if column.key in measure.compared]
    return cells


def _sums(lines: Sequence[Row]) -> tuple[Cell, ...]:
    return (
        tuple(_sum([line.cells[place] for line in lines]) for place in range(len(lines[0].cells)))
        if lines
        else ()
    )


def _sum(cells: Sequence[Cell]) -> Cell:
    numbers = [cell for cell in cells if isinstance(cell, int)]
    if numbers:
        return sum(numbers)
    seconds = [cell.seconds for cell in cells if isinstance(cell, Duration)]
    return Duration(sum(seconds)) if seconds else None
