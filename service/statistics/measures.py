"""The forms that a figure may take: a count by row, a share by row, durations by row, or figures of its own.

Each says which tickets it counts, so that the figure and the list behind it are one and the same.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, TypeAlias

from service.statistics.document import Cell, Column, Duration, Share
from service.statistics.facts import Facts, TicketFacts, Timing

Cells: TypeAlias = Mapping[str, Mapping[str, Cell]]
"""The cells of a table for one period: by row, then by column."""

Labels: TypeAlias = Mapping[str, str]


class Counted(NamedTuple):
    """A ticket that counts in a row, and in which column."""

    ticket: TicketFacts
    row: str
    column: str = "n"


class Shared(NamedTuple):
    """A ticket of the whole of a row, and whether it is of the part."""

    ticket: TicketFacts
    row: str
    part: bool


class Timed(NamedTuple):
    """A run of a clock of a row."""

    ticket: TicketFacts
    row: str
    timing: Timing


@dataclass(frozen=True)
class Measure:
    """What all forms share. `labels`: the rows in their order; empty where the rows are the units.

    `compared`: the columns that are shown for the month before and the same month a year before as well.
    """

    id: str
    caption: str
    head: str
    labels: Labels = field(default_factory=dict)
    note: str = ""

    @property
    def columns(self) -> tuple[Column, ...]:
        """Its columns for one period."""
        raise NotImplementedError

    @property
    def compared(self) -> tuple[str, ...]:
        """The columns compared with earlier periods; none by unit, where an earlier mask would have to be kept."""
        return () if self.by_unit else tuple(column.key for column in self.columns)

    @property
    def by_unit(self) -> bool:
        """Whether the rows are units, whose small counts are masked where it is shared."""
        return not self.labels

    @property
    def total(self) -> str:
        """The label of the sum of the rows; empty where they do not add up."""
        return ""

    def cells(self, facts: Facts) -> Cells:
        """The figures of one period."""
        raise NotImplementedError

    def tickets(self, facts: Facts, row: str) -> Iterator[TicketFacts]:
        """The tickets behind a row; none where a figure is not of tickets."""
        return iter(())

    def rows(self, facts: Facts) -> Labels:
        """The rows with their labels, in order."""
        if self.labels:
            return self.labels
        return {code: unit.name for code, unit in facts.units.items() if unit.side == "cdas"}


@dataclass(frozen=True)
class Count(Measure):
    """So many tickets by row; in one column, or in those of `split`. `sums`: a ticket stands in one row at most."""

    of: Callable[[Facts], Iterable[Counted]] = lambda _facts: ()
    split: Labels = field(default_factory=dict)
    sums: bool = True

    @property
    def columns(self) -> tuple[Column, ...]:
        """One column, or one for each part and their sum."""
        parts = tuple(Column(key, label) for key, label in self.split.items())
        return (*parts, Column("n", "Ensemble" if parts else "Nombre"))

    @property
    def compared(self) -> tuple[str, ...]:
        """The sum alone."""
        return () if self.by_unit else ("n",)

    @property
    def total(self) -> str:
        """Where a ticket stands in one row."""
        return "Ensemble" if self.sums else ""

    def cells(self, facts: Facts) -> Cells:
        """Counts; 0 where there is none."""
        found: dict[str, dict[str, int]] = {
            row: {column.key: 0 for column in self.columns} for row in self.rows(facts)
        }
        for one in self.of(facts):
            if one.row in found:
                if self.split:
                    found[one.row][one.column] += 1
                found[one.row]["n"] += 1
        return found

    def tickets(self, facts: Facts, row: str) -> Iterator[TicketFacts]:
        """Those of the row."""
        return (one.ticket for one in self.of(facts) if one.row == row)


@dataclass(frozen=True)
class Portion(Measure):
    """A share by row, with the count behind it."""

    of: Callable[[Facts], Iterable[Shared]] = lambda _facts: ()

    @property
    def columns(self) -> tuple[Column, ...]:
        """The share alone: it carries its two counts."""
        return (Column("share", "Part", "share"),)

    def cells(self, facts: Facts) -> Cells:
        """Shares; of nothing where there is none."""
        parts: dict[str, int] = defaultdict(int)
        wholes: dict[str, int] = defaultdict(int)
        for one in self.of(facts):
            wholes[one.row] += 1
            parts[one.row] += one.part
        return {row: {"share": Share(parts[row], wholes[row])} for row in self.rows(facts)}

    def tickets(self, facts: Facts, row: str) -> Iterator[TicketFacts]:
        """Those of the part."""
        return (one.ticket for one in self.of(facts) if one.row == row and one.part)


@dataclass(frozen=True)
class Delays(Measure):
    """Runs of clocks by row: median, 90th percentile, share within target, of those stopped at the cut-off."""

    of: Callable[[Facts], Iterable[Timed]] = lambda _facts: ()

    @property
    def columns(self) -> tuple[Column, ...]:
        """Business time; elapsed and waited beside it; those still running apart."""
        return (
            Column("stopped", "Mesurés"),
            Column("median", "Médiane", "duration"),
            Column("ninetieth", "9 sur 10 en moins de", "duration"),
            Column("within", "Dans l’objectif", "share"),
            Column("running", "Encore en cours"),
            Column("elapsed", "Médiane, temps écoulé", "duration"),
            Column("waited", "Attente de l’autre côté", "duration"),
        )

    @property
    def compared(self) -> tuple[str, ...]:
        """The median and the share within target."""
        return ("median", "within")

    def cells(self, facts: Facts) -> Cells:
        """One line for each row, even when no clock of it ran."""
        runs: dict[str, list[Timing]] = defaultdict(list)
        for one in self.of(facts):
            runs[one.row].append(one.timing)
        return {row: _delays(runs[row], facts) for row in self.rows(facts)}

    def tickets(self, facts: Facts, row: str) -> Iterator[TicketFacts]:
        """Those that missed the target."""
        end = facts.period.end
        return (
            one.ticket
            for one in self.of(facts)
            if one.row == row and _stopped(one.timing, end) and one.timing.within is False
        )


@dataclass(frozen=True)
class Own(Measure):
    """Figures that none of the other forms fits: `compute` gives the cells, `shown` are their columns."""

    compute: Callable[[Facts], Cells] = lambda _facts: {}
    shown: tuple[Column, ...] = ()
    compares: tuple[str, ...] = ()
    sums: str = ""

    @property
    def columns(self) -> tuple[Column, ...]:
        """As declared."""
        return self.shown

    @property
    def compared(self) -> tuple[str, ...]:
        """As declared."""
        return self.compares

    @property
    def total(self) -> str:
        """As declared."""
        return self.sums

    def cells(self, facts: Facts) -> Cells:
        """As computed, a row for each label."""
        found = self.compute(facts)
        empty: Mapping[str, Cell] = {}
        return {
            row: {column.key: found.get(row, empty).get(column.key) for column in self.columns}
            for row in self.rows(facts)
        }


def _stopped(timing: Timing, end: datetime) -> bool:
    return timing.stopped_at is not None and timing.stopped_at < end


def _delays(runs: list[Timing], facts: Facts) -> Mapping[str, Cell]:
    end = facts.period.end
    stopped = [run for run in runs if _stopped(run, end)]
    judged = [run.within for run in stopped if run.within is not None]
    business = [run.business for run in stopped if run.business is not None]
    return {
        "stopped": len(stopped),
        "median": quantile(business, 50),
        "ninetieth": quantile(business, 90),
        "within": Share(sum(judged), len(judged)),
        "running": sum(run.started_at < end for run in runs) - len(stopped),
        "elapsed": quantile([run.elapsed for run in stopped if run.elapsed is not None], 50),
        "waited": quantile([run.waited for run in stopped if run.waited is not None], 50),
    }


def quantile(values: Iterable[int], percent: int) -> Duration | None:
    """The smallest value that at least so many in a hundred do not exceed; of no value there is none.

    A value that was measured, never one between two: somebody can find it in the list.
    """
    ordered = sorted(values)
    if not ordered:
        return None
    return Duration(ordered[max(0, -(-len(ordered) * percent // 100) - 1)])
