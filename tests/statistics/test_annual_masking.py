"""A year by unit beside its months by unit: nobody who subtracts gets a hidden count (indicators.md, Documents)."""

from collections.abc import Mapping, Sequence
from random import Random

import pytest

from service.statistics.annual_masking import SharedMonth, masked_year
from service.statistics.document import SMALL, Cell, Column, Hidden, Row, Table
from service.statistics.masking import masked
from tests import scale
from tests.statistics.attacker import Sum, pinned

SETS = scale.count(40, 1000)
Numbers = Mapping[tuple[str, str], int]


def table_of(units: Sequence[str], columns: Sequence[str], numbers: Numbers) -> Table:
    rows = tuple(Row(unit, unit, tuple(numbers[unit, column] for column in columns)) for unit in units)
    total = Row(
        "total", "Ensemble", tuple(sum(numbers[unit, c] for unit in units) for c in columns), total=True
    )
    return Table(
        "x", "x", "x", tuple(Column(column, column) for column in columns), (*rows, total), by_unit=True
    )


def year_of(months: Sequence[Numbers]) -> dict[tuple[str, str], int]:
    return {place: sum(month[place] for month in months) for place in months[0]}


def shared_months(
    units: Sequence[str], columns: Sequence[str], months: Sequence[Numbers], groups: Mapping[str, str]
) -> list[SharedMonth]:
    tables = [table_of(units, columns, numbers) for numbers in months]
    return [SharedMonth(table, masked(table, groups)) for table in tables]


def some_months(random: Random, units: Sequence[str], columns: Sequence[str], count: int) -> list[Numbers]:
    """Counts as small units have them: many 0, many small ones."""
    months: list[Numbers] = []
    for _ in range(count):
        numbers = {
            (unit, column): random.choice((0, 0, 1, 1, 2, 3, 4, 5, 6, 8, 12))
            for unit in units
            for column in columns
            if column != "n"
        }
        if "n" in columns:
            for unit in units:
                numbers[unit, "n"] = sum(numbers[unit, c] for c in columns if c != "n")
        months.append(numbers)
    return months


def reckoned(
    year: Table | None,
    months: Sequence[SharedMonth],
    groups: Mapping[str, str],
    whole: Sequence[Numbers],
    reader: str | None = None,
) -> set[tuple[str, str]]:
    """What somebody finds who holds the months, and the year where it is given, with every sum: (unit, what@when).

    `reader`: a unit, which knows its own counts.
    """
    tables = {str(number): month.shared for number, month in enumerate(months)}
    truths = {str(number): numbers for number, numbers in enumerate(whole)}
    if year is not None:
        tables, truths = {**tables, "year": year}, {**truths, "year": year_of(whole)}
    units, columns = list(groups), [column.key for column in months[0].shared.columns]
    sums = [
        Sum(
            [((unit, f"{column}@{when}"), 1) for unit in units if groups[unit] == group],
            sum(truths[when][unit, column] for unit in units if groups[unit] == group),
        )
        for when in tables
        for column in columns
        for group in set(groups.values())
    ]
    if "n" in columns:
        sums += [
            Sum([((unit, f"{column}@{when}"), -1 if column == "n" else 1) for column in columns], 0)
            for when in tables
            for unit in units
        ]
    if year is not None:
        sums += [
            Sum([((unit, f"{column}@{when}"), -1 if when == "year" else 1) for when in tables], 0)
            for unit in units
            for column in columns
        ]
    return pinned(
        _in_one(tables, units, {reader: truths} if reader else {}),
        sums,
        400,
        {f"{column}@year" for column in columns},
    )


def follows(
    one: tuple[str, str], year: Table, months: Sequence[SharedMonth], known: set[tuple[str, str]]
) -> bool:
    """Whether it is a count of the year that is not small, or whose months are all known without it."""
    unit, (column, _, when) = one[0], one[1].partition("@")
    hidden = [
        number for number, month in enumerate(months) if isinstance(month.shared.column(column)[unit], Hidden)
    ]
    alone = all((unit, f"{column}@{number}") in known for number in hidden)
    return when == "year" and (year.column(column)[unit] != SMALL or alone)


def _in_one(
    tables: Mapping[str, Table], units: Sequence[str], known: Mapping[str, Mapping[str, Numbers]]
) -> Table:
    rows = []
    for unit in units:
        cells: list[Cell] = []
        for when, table in tables.items():
            if unit in known:
                cells += [known[unit][when][unit, column.key] for column in table.columns]
            else:
                cells += next(row.cells for row in table.rows if row.key == unit)
        rows.append(Row(unit, unit, tuple(cells)))
    columns = [
        Column(f"{column.key}@{when}", "") for when, table in tables.items() for column in table.columns
    ]
    return Table("all", "", "", tuple(columns), tuple(rows), by_unit=True)


@pytest.mark.parametrize("columns", [("end_of_no_month",), ("urgent", "social", "n")], ids=["alone", "parts"])
def test_the_year_less_its_months_gives_nothing_away(columns: tuple[str, ...]) -> None:
    """R-IND, Documents: with every published month in hand, the year adds nothing to what months told.

    Neither for everybody, nor for a unit that knows its own counts.
    """
    shown = hidden = 0
    for seed in range(SETS):
        random = Random(seed)
        units = [f"u{number}" for number in range(random.randint(3, 5))]
        groups = {unit: random.choice(("cdas", "cdas", "caf")) for unit in units}
        whole = some_months(random, units, columns, random.randint(2, 4))
        months = shared_months(units, columns, whole, groups)
        year = masked_year(table_of(units, columns, year_of(whole)), months, groups)
        found = reckoned(year, months, groups, whole)
        if found:
            known = reckoned(None, months, groups, whole)
            news = {one for one in found - known if not follows(one, year, months, known)}
            assert not news, f"data set {seed}: {sorted(news)}"
        reader = random.choice(units)
        if found := reckoned(year, months, groups, whole, reader):
            known = reckoned(None, months, groups, whole, reader)
            news = {one for one in found - known if not follows(one, year, months, known)}
            assert not news, f"data set {seed}, read by {reader}: {sorted(news)}"
        cells = [cell for row in year.rows if not row.total for cell in row.cells]
        hidden += sum(isinstance(cell, Hidden) for cell in cells)
        shown += sum(isinstance(cell, int) and cell > 0 for cell in cells)
    assert shown > 0
    assert hidden > 0
