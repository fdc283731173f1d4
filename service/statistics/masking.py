"""Small counts by unit, hidden from who shares a figure; and so many others that none can be had by subtraction. Pure.

A count of 1 to 4 is « 1–4 ». Sums stay, 0 stays. What is hidden is safe when there is another table with the same sums
and the same shown cells in which it is one more or one less: then nobody can tell, however they reckon. Such a table is
a closed chain of cells that move by one; the cells of the cheapest one are kept back. A unit knows its own counts: a
chain that runs through them is not enough, another one is kept back beside. Where there is none – one unit
alone has any, or all have the same least or most – the sum is what it is, and is shown.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from heapq import heappop, heappush
from typing import NamedTuple, TypeAlias

from service.statistics.document import KEPT_BACK, SMALL, Cell, Hidden, Row, Table

SMALLEST_SHOWN = 5
"""Fixed (*ours*): a threshold that one may move would tell what was hidden under another one."""

_TOGETHER = 3
"""In a revision so many cells of a sum are hidden at least: what the sum gained can then not be put on one or two."""

_OPEN_END = -1


class Place(NamedTuple):
    """A cell of a table."""

    row: str
    column: str


Equation: TypeAlias = Mapping[Place, int]
"""Cells with the sign with which they enter a sum that everybody knows."""


Cost: TypeAlias = Callable[[Place, int], int | None]
"""What it costs to move a place by a step; None: it may not move."""


@dataclass(frozen=True)
class Grid:
    """Counts by place, and the equations between them: a place is in two at most. One that is in none is safe."""

    counts: Mapping[Place, int]
    equations: Sequence[Equation]

    def ends(self, place: Place) -> tuple[int, int]:
        """The two equations that a place is in, by number; an open end where there is none."""
        return self._ends.get(place, (_OPEN_END, _OPEN_END))

    @cached_property
    def _ends(self) -> Mapping[Place, tuple[int, int]]:
        found: dict[Place, list[int]] = {}
        for number, equation in enumerate(self.equations):
            for place in equation:
                found.setdefault(place, []).append(number)
        if crowded := [place for place, numbers in found.items() if len(numbers) > 2]:
            raise ValueError(f"{crowded[0]} is in more than two equations")
        return {
            place: (numbers[0], numbers[1] if len(numbers) > 1 else _OPEN_END)
            for place, numbers in found.items()
        }

    def may_move(self, place: Place, step: int) -> bool:
        """Whether its mark would be as true of one more, or one less: a 0 is shown and stays."""
        count, after = self.counts[place], self.counts[place] + step
        if 0 < count < SMALLEST_SHOWN:
            return 0 < after < SMALLEST_SHOWN
        return count != 0 and after >= SMALLEST_SHOWN


def masked(table: Table, groups: Mapping[str, str], before: Table | None = None) -> Table:
    """The table as it may be shared. A table whose rows are not units is left as it is.

    `groups`: the units (rows) of each group whose sum is known; other rows are shown. A column `n` is known to be the
    sum of the others. `before`: the same table as an earlier revision published it: what moved by 1 to 4 since is
    kept back, what was hidden stays hidden, and never one or two cells of a sum alone.
    """
    if not table.by_unit:
        return table
    return kept_back(table, grid_of(table, groups), (), before)


def kept_back(table: Table, grid: Grid, also: Collection[Place], before: Table | None) -> Table:
    """The table without its small counts, those of `also`, and what an earlier revision `before` asks to hide."""
    apart = set(also) if before is None else {*also, *told_apart(grid, before)}
    hidden = hide(grid, apart, 1 if before is None else _TOGETHER)
    return replace(table, rows=tuple(_masked_row(table, row, hidden) for row in table.rows))


def masked_counts(counts: Mapping[str, int]) -> Mapping[str, Cell]:
    """The counts of units whose sum anybody may know, as they may be shared."""
    grid = Grid(
        {Place(unit, "n"): count for unit, count in counts.items()},
        [{Place(unit, "n"): 1 for unit in counts}],
    )
    hidden = hide(grid)
    return {unit: hidden.get(Place(unit, "n"), count) for unit, count in counts.items()}


def hide(grid: Grid, also: Collection[Place] = (), together: int = 1) -> Mapping[Place, Cell]:
    """What stands in each hidden place: « 1–4 » for a small count, else « masqué ».

    `also`: places to hide besides the small ones, unless they hold 0; `together`: so many of a sum, where any is.
    """
    small = {place for place, count in grid.counts.items() if 0 < count < SMALLEST_SHOWN}
    hidden = small | set(also)
    for place in sorted(hidden):
        hidden.update(_chains(grid, hidden, place))
    while (more := _company(grid, hidden, together)) is not None:
        hidden |= {more, *_chains(grid, hidden, more)}
    return {place: SMALL if place in small else KEPT_BACK for place in hidden if grid.counts[place]}


def _company(grid: Grid, hidden: Collection[Place], together: int) -> Place | None:
    """The smallest count that is shown in a sum of units that hides some, but fewer than so many; never a 0."""
    for equation in grid.equations:
        apart = [place for place in equation if place not in hidden and grid.counts[place]]
        is_sum_of_units = len({place.column for place in equation}) == 1
        if is_sum_of_units and apart and 0 < sum(place in hidden for place in equation) < together:
            return min(apart, key=lambda place: (grid.counts[place], place))
    return None


def _chains(grid: Grid, hidden: Collection[Place], start: Place) -> set[Place]:
    """The cells of another table for whoever reads, and of one more for each unit that finds itself in it."""
    first = _chain(grid, hidden, start)
    found = set(first)
    for row in sorted({place.row for place in first} - {start.row}):
        found.update(_chain(grid, {*hidden, *found}, start, known=row))
    return found


def _chain(
    grid: Grid, hidden: Collection[Place], start: Place, known: str | None = None
) -> tuple[Place, ...]:
    """The cells of the cheapest other table in which a place is one more or one less; nothing where there is none.

    `known`: the unit that reads, whose own counts can not be others.
    """

    def price(place: Place, step: int) -> int | None:
        if place.row == known or not grid.may_move(place, step):
            return None
        return 0 if place in hidden else grid.counts[place]

    found = cheapest_chain(grid, start, price)
    return found[1] if found else ()


def cheapest_chain(grid: Grid, start: Place, cost: Cost) -> tuple[int, tuple[Place, ...]] | None:
    """The places that move with one that is one more, or one less, and what that costs in all."""
    found = [chain for step in (1, -1) if (chain := _moved_by(grid, start, step, cost)) is not None]
    return min(found, default=None)


def _moved_by(grid: Grid, start: Place, step: int, cost: Cost) -> tuple[int, tuple[Place, ...]] | None:
    if (own := cost(start, step)) is None:
        return None
    first, last = grid.ends(start)
    waiting: list[tuple[int, tuple[Place, ...], int, int]] = [
        (own, (), first, step * _sign(grid, first, start))
    ]
    seen = set[int]()
    while waiting:
        spent, path, node, over = heappop(waiting)
        if node == last and over == -step * _sign(grid, last, start):
            return spent, path
        if node in seen or node == _OPEN_END:
            continue
        seen.add(node)
        for place, sign in grid.equations[node].items():
            move = -over * sign
            if place == start or (more := cost(place, move)) is None:
                continue
            one, other = grid.ends(place)
            end = other if one == node else one
            heappush(waiting, (spent + more, (*path, place), end, move * _sign(grid, end, place)))
    return None


def _sign(grid: Grid, equation: int, place: Place) -> int:
    return 0 if equation == _OPEN_END else grid.equations[equation][place]


def grid_of(table: Table, groups: Mapping[str, str]) -> Grid:
    """The counts of a table by unit, and what everybody knows of their sums."""
    counts = {
        Place(row.key, column.key): cell
        for row in table.rows
        if row.key in groups
        for column, cell in zip(table.columns, row.cells, strict=True)
        if isinstance(cell, int) and column.kind == "count"
    }
    down = [
        {place: 1 for place in sorted(counts) if place.column == column and groups[place.row] == group}
        for column in sorted({place.column for place in counts})
        for group in sorted(set(groups.values()))
    ]
    signs = _signs_across({place.column for place in counts})
    along = [
        {place: signs[place.column] for place in sorted(counts) if place.row == row}
        for row in sorted({place.row for place in counts})
        if signs
    ]
    return Grid(counts, [*down, *along])


def _signs_across(columns: Collection[str]) -> Mapping[str, int]:
    """How the cells of a row make 0: the parts, less their sum `n`; nothing for columns that do not add up."""
    is_sum = "n" in columns and len(columns) > 1
    return {column: -1 if column == "n" else 1 for column in columns} if is_sum else {}


def told_apart(grid: Grid, before: Table) -> frozenset[Place]:
    """What an earlier revision hid, and what it showed as another count by 1 to 4."""
    published = {
        Place(row.key, column.key): cell
        for row in before.rows
        for column, cell in zip(before.columns, row.cells, strict=True)
    }
    return frozenset(
        place for place, count in grid.counts.items() if _differs_little(published.get(place), count)
    )


def _differs_little(old: Cell, count: int) -> bool:
    return isinstance(old, Hidden) or (isinstance(old, int) and 0 < abs(count - old) < SMALLEST_SHOWN)


def _masked_row(table: Table, row: Row, hidden: Mapping[Place, Cell]) -> Row:
    if row.total:
        return row
    cells = tuple(
        hidden.get(Place(row.key, column.key), cell)
        for column, cell in zip(table.columns, row.cells, strict=True)
    )
    return replace(row, cells=cells)
