"""Small counts by unit, hidden from who shares a figure; and so many others that none can be had by subtraction. Pure.

A count of 1 to 4 is « 1–4 ». Sums stay, 0 stays. Each sum of the table is an equation; where the equations would give
a hidden cell away, another one is kept back, the smallest that helps. What follows is the same each time.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import NamedTuple, TypeAlias

from service.statistics.document import KEPT_BACK, SMALL, Cell, Row, Table

SMALLEST_SHOWN = 5
"""The Setting `masking_threshold`, by default."""


class Place(NamedTuple):
    """A cell of a table."""

    row: str
    column: str


Equation: TypeAlias = Mapping[Place, int]
"""Cells with the sign with which they enter a sum that everybody knows."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Counts by place, and the equations between them. A place that is in no equation can not be deduced."""

    counts: Mapping[Place, int]
    equations: Sequence[Equation]


def masked(table: Table, groups: Mapping[str, str], before: Table | None = None) -> Table:
    """The table as it may be shared. A table whose rows are not units is left as it is.

    `groups`: the units (rows) of each group whose sum is known; other rows are shown. A column `n` is known to be the
    sum of the others. `before`: the same table as an earlier revision published it: what moved by 1 to 4 since is
    kept back.
    """
    if not table.by_unit:
        return table
    grid = _grid(table, groups)
    moved = _moved(grid, before) if before is not None else frozenset()
    hidden = hide(grid, moved)
    return replace(table, rows=tuple(_masked_row(table, row, hidden) for row in table.rows))


def hide(grid: Grid, also: Collection[Place] = ()) -> Mapping[Place, Cell]:
    """What stands in each hidden place: « 1–4 » for a small count, else « masqué »."""
    small = {place for place, count in grid.counts.items() if 0 < count < SMALLEST_SHOWN}
    hidden = small | set(also)
    while (found := _given_away(grid, hidden, small)) is not None:
        more = _helper(grid, hidden, found)
        if more is None:
            break  # the sum is the cell itself: sums are shown
        hidden.add(more)
    return {place: SMALL if place in small else KEPT_BACK for place in hidden}


def determined(places: Collection[Place], equations: Iterable[Equation]) -> set[Place]:
    """The hidden places whose count the equations give away, all other places being known."""
    order = sorted(places)
    lines = [[Fraction(equation.get(place, 0)) for place in order] for equation in equations]
    rank = 0
    for column in range(len(order)):
        pivot = next((line for line in range(rank, len(lines)) if lines[line][column]), None)
        if pivot is None:
            continue
        lines[rank], lines[pivot] = lines[pivot], lines[rank]
        head = lines[rank][column]
        lines[rank] = [value / head for value in lines[rank]]
        for number, line in enumerate(lines):
            if number != rank and line[column]:
                factor = line[column]
                lines[number] = [a - factor * b for a, b in zip(line, lines[rank], strict=True)]
        rank += 1
    alone = (line for line in lines[:rank] if sum(map(bool, line)) == 1)
    return {order[next(i for i, value in enumerate(line) if value)] for line in alone}


def _given_away(grid: Grid, hidden: set[Place], small: set[Place]) -> Place | None:
    if known := determined(hidden, grid.equations):
        return min(known)
    return next((place for place in _at_their_ends(grid, hidden, small)), None)


def _at_their_ends(grid: Grid, hidden: set[Place], small: set[Place]) -> Iterable[Place]:
    """Small counts whose known sum is the least or the most that it can be: each is then 1, or each 4."""
    for equation in grid.equations:
        unknown = sorted(place for place in equation if place in hidden)
        if unknown and small.issuperset(unknown) and len({equation[place] for place in unknown}) == 1:
            known = sum(grid.counts[place] for place in unknown)
            if known in (len(unknown), len(unknown) * (SMALLEST_SHOWN - 1)):
                yield unknown[0]


def _helper(grid: Grid, hidden: set[Place], given_away: Place) -> Place | None:
    shown = {
        place
        for equation in grid.equations
        if given_away in equation
        for place in equation
        if place not in hidden
    }
    return min(shown, key=lambda place: (grid.counts[place] == 0, grid.counts[place], place), default=None)


def _grid(table: Table, groups: Mapping[str, str]) -> Grid:
    counts = {
        Place(row.key, column.key): cell
        for row in table.rows
        if row.key in groups
        for column, cell in zip(table.columns, row.cells, strict=True)
        if isinstance(cell, int) and column.kind == "count"
    }
    rows = {place.row for place in counts}
    columns = [column.key for column in table.columns if any(place.column == column.key for place in counts)]
    down = [
        {Place(row, column): 1 for row in sorted(rows) if groups[row] == group}
        for column in columns
        for group in sorted(set(groups.values()))
    ]
    across = _signs_across(columns)
    along = (
        [{Place(row, column): sign for column, sign in across.items()} for row in sorted(rows)]
        if across
        else []
    )
    return Grid(counts, [*down, *along])


def _signs_across(columns: Sequence[str]) -> Mapping[str, int]:
    parts = [column for column in columns if column != "n"]
    return {"n": -1, **dict.fromkeys(parts, 1)} if parts and "n" in columns else {}


def _moved(grid: Grid, before: Table) -> frozenset[Place]:
    published = {
        Place(row.key, column.key): cell
        for row in before.rows
        for column, cell in zip(before.columns, row.cells, strict=True)
    }
    return frozenset(
        place
        for place, count in grid.counts.items()
        if isinstance(old := published.get(place), int) and 0 < abs(count - old) < SMALLEST_SHOWN
    )


def _masked_row(table: Table, row: Row, hidden: Mapping[Place, Cell]) -> Row:
    if row.total:
        return row
    cells = tuple(
        hidden.get(Place(row.key, column.key), cell)
        for column, cell in zip(table.columns, row.cells, strict=True)
    )
    return replace(row, cells=cells)
