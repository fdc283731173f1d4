"""A year by unit beside its twelve months by unit: no annual count gives a hidden month away. Pure.

Everybody may take eleven published months from a year. So a count of the year is shown when none of its months is
hidden, or at least two are (indicators.md) – and then only where each of them could still be one more or one less.
Such another world is a closed chain of cells in one month (`masking`), undone by the same chain in a second month;
or a chain through units whose year is hidden too. Where there is neither, the years on the cheapest chain are kept
back. For a unit, which knows its own counts, such a world must not run through them.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from service.statistics.document import KEPT_BACK, Hidden, Row, Table
from service.statistics.masking import SMALLEST_SHOWN, Grid, Place, cheapest_chain, grid_of, kept_back

_AT_THE_END = frozenset({"end"})
"""Columns in which a year is its last month, and not the sum of twelve."""

_A_MARK = 1_000_000
"""What « masqué » for « 1–4 » costs: more than any count."""


class SharedMonth(NamedTuple):
    """A month's table by unit, with its true counts and as it was shared."""

    counts: Table
    shared: Table


def masked_year(
    table: Table,
    months: Sequence[SharedMonth],
    groups: Mapping[str, str],
    before: Table | None = None,
) -> Table:
    """The table of a year as it may be shared, `months` being known, the last one last.

    Here « masqué » may be any count but 0: « 1–4 » of a year could tell its months.
    `groups`, `before`: as for `masking.masked`. A table whose rows are not units is left as it is.
    """
    if not table.by_unit:
        return table
    year = grid_of(table, groups)
    known = [_Month.of(month, groups) for month in months]
    apart = {place for place in year.counts if _gives_away(place, year.counts[place], known)}
    worlds = _Worlds(year, known, apart)
    worlds.keep_small_years_open()
    worlds.keep_months_open()
    shared = kept_back(table, year, worlds.apart, before)
    return replace(shared, rows=tuple(_unmarked(shared, row, worlds.blank) for row in shared.rows))


@dataclass(frozen=True)
class _Month:
    """The true counts of a month with their sums, what was shown of them, and which are hidden."""

    grid: Grid
    shown: Mapping[Place, int]
    hidden: frozenset[Place]

    @classmethod
    def of(cls, month: SharedMonth, groups: Mapping[str, str]) -> "_Month":
        grid = grid_of(month.counts, groups)
        cells = {
            Place(row.key, column.key): cell
            for row in month.shared.rows
            for column, cell in zip(month.shared.columns, row.cells, strict=True)
        }
        hidden = {
            place for place, count in grid.counts.items() if isinstance(cells.get(place), Hidden) and count
        }
        return cls(
            grid,
            {place: cell for place, cell in cells.items() if isinstance(cell, int)},
            frozenset(hidden),
        )


def _unmarked(table: Table, row: Row, blank: Collection[Place]) -> Row:
    cells = tuple(
        KEPT_BACK if Place(row.key, column.key) in blank else cell
        for column, cell in zip(table.columns, row.cells, strict=True)
    )
    return replace(row, cells=cells)


def _others(chain: Sequence[Place], place: Place) -> frozenset[str]:
    return frozenset(one.row for one in chain) - {place.row}


def _gives_away(place: Place, count: int, months: Sequence[_Month]) -> bool:
    """Whether the year, less the months that are shown, is a hidden month, or a small number that came later."""
    own = months[-1:] if place.column in _AT_THE_END else months
    hidden = sum(place in month.hidden for month in own)
    later = count - sum(month.shown.get(place, 0) for month in own)
    return hidden == 1 or (not hidden and 0 < abs(later) < SMALLEST_SHOWN and bool(own))


@dataclass
class _Worlds:
    """Looks for other worlds that agree with all that is shown. `apart`: the years that are kept back so far.

    `blank`: of those, the small ones whose « 1–4 » would tell.
    """

    year: Grid
    months: Sequence[_Month]
    apart: set[Place]
    blank: set[Place] = field(default_factory=set)
    safe: dict[tuple[int, Place], frozenset[str]] = field(default_factory=dict)
    """The hidden counts that could be others, with the units that the other world found runs through."""

    def keep_small_years_open(self) -> None:
        """A small count of a year could be one more or one less: in one of its months, nothing undoing it."""
        for place in sorted(self.year.counts):
            if 0 < self.year.counts[place] < SMALLEST_SHOWN:
                self.apart.add(place)
                for row in sorted(_others(self._moved_in_a_month(place), place)):
                    self._moved_in_a_month(place, row)

    def keep_months_open(self) -> None:
        """Every hidden count of a month could be another one, for everybody and for each unit."""
        for number, month in enumerate(self.months):
            for place in sorted(month.hidden):
                if (number, place) not in self.safe:
                    self._open(number, place)
                for row in sorted(self.safe.get((number, place), frozenset()) - {place.row}):
                    if self._open_in_its_month(number, place, row):
                        self._open(number, place, row)

    def _moved_in_a_month(self, place: Place, known: str | None = None) -> tuple[Place, ...]:
        """The cheapest chain alone, settled; nothing where no month has one."""
        chains = [
            (*chain, number)
            for number in self._hiding(place)
            if (chain := self._alone(number, place, known)) is not None
        ]
        if not chains:
            return ()
        self._settle(*min(chains))
        return min(chains)[1]

    def _open_in_its_month(self, number: int, place: Place, known: str) -> bool:
        """Whether the month alone leaves it open to that unit: what it tells by itself, no year can keep back."""
        month = self.months[number]

        def cost(one: Place, step: int) -> int | None:
            free = one.row != known and one in month.hidden and month.grid.may_move(one, step)
            return 0 if free else None

        return cheapest_chain(month.grid, place, cost) is not None

    def _open(self, number: int, place: Place, known: str | None = None) -> None:
        """`known`: the unit that reads; None: everybody else."""
        alone = self._alone(number, place, known)
        if alone is not None and alone[0] == 0:
            self._settle(*alone, number)
        elif not self._undone_in_another(number, place, known):
            if alone is not None:
                self._settle(*alone, number)
            else:
                self.apart.add(place)

    def _undone_in_another(self, number: int, place: Place, known: str | None) -> bool:
        for other in self._hiding(place):
            if other != number and (chain := self._undone(number, other, place, known)) is not None:
                self._keep((number, other), chain)
                return True
        return False

    def _keep(self, numbers: Collection[int], chain: Sequence[Place]) -> None:
        rows = frozenset(place.row for place in chain)
        for number in numbers:
            for place in chain:
                self.safe.setdefault((number, place), rows)

    def _hiding(self, place: Place) -> Iterator[int]:
        return (number for number, month in enumerate(self.months) if place in month.hidden)

    def _settle(self, cost: int, chain: Sequence[Place], number: int) -> None:
        """The chain is the other world: the years of its places are kept back, and « 1–4 » where it would be wrong."""
        last = number == len(self.months) - 1
        years = {place for place in chain if self._counts(place, last=last)}
        self.apart |= years
        if cost >= _A_MARK:
            self.blank |= {place for place in years if self.year.counts[place] == SMALLEST_SHOWN - 1}
        self._keep((number,), chain)

    def _alone(self, number: int, start: Place, known: str | None) -> tuple[int, tuple[Place, ...]] | None:
        """A chain in one month: it moves the years of its places as well, which costs those that are shown so far."""
        month, last = self.months[number], number == len(self.months) - 1

        def cost(place: Place, step: int) -> int | None:
            if place.row == known or place not in month.hidden or not month.grid.may_move(place, step):
                return None
            return self._price(place, step, last=last)

        found = cheapest_chain(month.grid, start, cost)
        return None if found is None else (found[0], (start, *found[1]))

    def _undone(self, number: int, other: int, start: Place, known: str | None) -> tuple[Place, ...] | None:
        """A chain in one month that a second month undoes, so that no year moves."""
        one, two = self.months[number], self.months[other]

        def cost(place: Place, step: int) -> int | None:
            both = place.row != known and place in one.hidden and place in two.hidden
            return 0 if both and one.grid.may_move(place, step) and two.grid.may_move(place, -step) else None

        found = cheapest_chain(one.grid, start, cost)
        return None if found is None else (start, *found[1])

    def _price(self, place: Place, step: int, *, last: bool) -> int:
        """What is lost when the year of a place may be another one: its count, or what « 1–4 » says of it."""
        if not self._counts(place, last=last):
            return 0
        count = self.year.counts[place]
        if 0 < count < SMALLEST_SHOWN:
            return 0 if place in self.blank or count + step < SMALLEST_SHOWN else _A_MARK
        return 0 if place in self.apart else count

    def _counts(self, place: Place, *, last: bool) -> bool:
        """Whether a month's place enters the count of the year."""
        return place in self.year.counts and (last or place.column not in _AT_THE_END)
