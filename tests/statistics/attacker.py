"""Somebody who has the published table and reckons: which hidden counts are left with one value only?

All that is shown, all sums, and what the two marks mean are known: « 1–4 » is one of four values, « masqué » is 5 or
more, since every 0 is shown. Bounds are propagated through every sum, then values are tried one by one.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from service.statistics.document import KEPT_BACK, SMALL, Table

Cell = tuple[str, str]
Bounds = tuple[int, int]


class Sum(NamedTuple):
    """Cells with their signs, and what they make together."""

    cells: Sequence[tuple[Cell, int]]
    makes: int


class TooLong(Exception):
    """More trials than an attacker's patience."""


def sums_of(table: Table, groups: Mapping[str, str], known: Mapping[Cell, int]) -> list[Sum]:
    """Each column's sum by group – `known`: (group, column) –, and each row whose parts and `n` stand in it."""
    columns = [column.key for column in table.columns]
    found = [
        Sum([((row.key, column), 1) for row in table.rows if groups.get(row.key) == group], total)
        for (group, column), total in known.items()
    ]
    if "n" in columns and len(columns) > 1:
        for row in table.rows:
            if not row.total:
                signs = [((row.key, column), -1 if column == "n" else 1) for column in columns]
                found.append(Sum(signs, 0))
    return found


def pinned(table: Table, sums: Sequence[Sum], most: int, any_count: Collection[str] = ()) -> set[Cell]:
    """The hidden places for which one value alone is possible. `most`: no count is larger.

    `any_count`: the columns in which « masqué » may be a small count too.
    """
    bounds: dict[Cell, Bounds] = {}
    hidden = []
    for row in table.rows:
        for column, cell in zip(table.columns, row.cells, strict=True):
            place = (row.key, column.key)
            if cell in (SMALL, KEPT_BACK):
                hidden.append(place)
                bounds[place] = (1, 4) if cell == SMALL else (1 if column.key in any_count else 5, most)
            elif not row.total:
                assert isinstance(cell, int)
                bounds[place] = (cell, cell)
    start = narrowed(bounds, sums)
    assert start is not None
    known: dict[Cell, set[int]] = {place: set() for place in hidden}
    for place in hidden:
        _try(place, start, sums, known)
    return {place for place, values in known.items() if len(values) < 2}


def narrowed(bounds: Mapping[Cell, Bounds], sums: Sequence[Sum]) -> dict[Cell, Bounds] | None:
    """What is left of each place's bounds when every sum bounds each of its cells; None: nothing fits."""
    left, again = dict(bounds), True
    while again:
        again = False
        for cells, makes in sums:
            least = sum(min(sign * end for end in left[place]) for place, sign in cells)
            most = sum(max(sign * end for end in left[place]) for place, sign in cells)
            for place, sign in cells:
                low, high = sorted(sign * end for end in left[place])
                first, last = max(low, makes - (most - high)), min(high, makes - (least - low))
                if first > last:
                    return None
                if (first, last) != (low, high):
                    one, other = sorted((sign * first, sign * last))
                    left[place], again = (one, other), True
                    least, most = least + first - low, most + last - high
    return left


def _try(place: Cell, bounds: dict[Cell, Bounds], sums: Sequence[Sum], known: dict[Cell, set[int]]) -> None:
    """Look for whole tables until a place has had two values; each table tells of all places."""
    low, high = bounds[place]
    for value in range(low, high + 1):
        if len(known[place]) > 1:
            return
        if value not in known[place]:
            try:
                table = _whole({**bounds, place: (value, value)}, sums, [300])
            except TooLong:
                known[place] |= {low, high}  # an attacker who gives up has not pinned it
                return
            for one in known if table is not None else ():
                known[one].add(table[one][0])


def _whole(bounds: dict[Cell, Bounds], sums: Sequence[Sum], patience: list[int]) -> dict[Cell, Bounds] | None:
    """A table in which every place has one value and every sum is right."""
    patience[0] -= 1
    if patience[0] < 0:
        raise TooLong
    left = narrowed(bounds, sums)
    open_ones = [place for place, (low, high) in (left or {}).items() if low < high]
    if left is None or not open_ones:
        return left
    place = min(open_ones, key=lambda one: (left[one][1] - left[one][0], one))
    for value in range(left[place][0], left[place][1] + 1):
        if (table := _whole({**left, place: (value, value)}, sums, patience)) is not None:
            return table
    return None
