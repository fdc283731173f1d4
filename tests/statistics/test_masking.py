"""No small count by unit can be had from what is published, however one reckons (R-IND: « 1–4 », « masqué »)."""

from collections.abc import Mapping
from itertools import product
from random import Random

import pytest

from service.statistics.document import KEPT_BACK, SMALL, Cell, Column, Hidden, Row, Table
from service.statistics.masking import Grid, Place, hide, masked, masked_counts
from tests import scale
from tests.statistics.attacker import pinned, sums_of

SETS = scale.count(200, 5000)
REVISIONS = scale.count(200, 3000)
PARTS = 5

Numbers = dict[tuple[str, str], int]


def some_numbers(random: Random) -> tuple[list[str], list[str], Numbers]:
    """Units, columns, and a count for each; with `n`, the sum of the others."""
    rows = [f"u{number:02}" for number in range(random.choice((1, 2, 2, 3, 4, 6, 9, 25)))]
    parts = [f"c{number}" for number in range(random.randint(1, 3))]
    columns = [*parts, "n"] if random.random() < 0.5 else parts
    some = random.choice(((0, 0, 0, 1, 2), (0, 1, 2, 3, 4, 5, 6), (0, 3, 5, 7, 12), tuple(range(12))))
    numbers = {(row, column): random.choice(some) for row in rows for column in parts}
    if "n" in columns:
        numbers |= {(row, "n"): sum(numbers[row, part] for part in parts) for row in rows}
    return rows, columns, numbers


def table_of(rows: list[str], columns: list[str], numbers: Numbers) -> Table:
    lines = [Row(row, row, tuple(numbers[row, column] for column in columns)) for row in rows]
    total = Row("total", "Ensemble", tuple(sum(numbers[r, c] for r in rows) for c in columns), total=True)
    return Table("x", "x", "x", tuple(Column(c, c) for c in columns), (*lines, total), by_unit=True)


def some_groups(random: Random, rows: list[str]) -> Mapping[str, str]:
    names = random.choice((["all"], ["caf", "departement"]))
    return {row: random.choice(names) for row in rows}


def known_sums(columns: list[str], numbers: Numbers, groups: Mapping[str, str]) -> Numbers:
    return {
        (group, column): sum(numbers[row, column] for row in groups if groups[row] == group)
        for group in set(groups.values())
        for column in columns
    }


def cells(table: Table) -> dict[tuple[str, str], Cell]:
    return {
        (row.key, column.key): cell
        for row in table.rows
        for column, cell in zip(table.columns, row.cells, strict=True)
    }


def with_all_hidden(table: Table, own: str = "") -> Table:
    """The most that could be hidden while every 0, every sum and one's own row are shown."""

    def hidden(cell: Cell) -> Cell:
        assert isinstance(cell, int)
        return cell if cell == 0 else SMALL if cell < 5 else KEPT_BACK

    lines = [
        row if row.total or row.key == own else Row(row.key, row.label, tuple(map(hidden, row.cells)))
        for row in table.rows
    ]
    return Table("x", "x", "x", table.columns, tuple(lines), by_unit=True)


def reckoned(
    table: Table, shared: Table, groups: Mapping[str, str], numbers: Numbers, own: str = ""
) -> set[tuple[str, str]]:
    """What an attacker pins, beyond what sums and zeros alone would tell whatever else were hidden."""
    columns = [column.key for column in table.columns]
    sums = sums_of(shared, groups, known_sums(columns, numbers, groups))
    most = max(numbers.values()) + 9
    told = pinned(shared, sums, most)
    return told - pinned(with_all_hidden(table, own), sums, most) if told else set()


@pytest.mark.parametrize("part", range(PARTS))
def test_no_hidden_count_can_be_reckoned(part: int):
    """R-IND: what an attacker can pin follows from sums and zeros alone, whatever else were hidden."""
    for seed in range(part, SETS, PARTS):
        random = Random(seed)
        rows, columns, numbers = some_numbers(random)
        groups, table = some_groups(random, rows), table_of(rows, columns, numbers)
        assert not reckoned(table, masked(table, groups), groups, numbers), f"data set {seed}"


@pytest.mark.parametrize("part", range(PARTS))
def test_a_unit_that_knows_its_own_counts_reckons_no_other_one_s(part: int):
    """R-IND: the same with one row known, as a CDAS has it on its own page."""
    for seed in range(part, SETS, PARTS):
        random = Random(seed)
        rows, columns, numbers = some_numbers(random)
        groups, table = some_groups(random, rows), table_of(rows, columns, numbers)
        shared, own = masked(table, groups), random.choice(rows)
        told = reckoned(table, revealed(shared, table, own), groups, numbers, own)
        assert not {place for place in told if numbers[place] < 5}, f"data set {seed}: {own}"


def revealed(table: Table, whole: Table, own: str) -> Table:
    """The table with one row as it is."""
    lines = [known if known.key == own else row for row, known in zip(table.rows, whole.rows, strict=True)]
    return Table("x", "x", "x", table.columns, tuple(lines), by_unit=True)


def test_no_hidden_count_of_any_small_table_can_be_reckoned():
    """R-IND, one after the other: three units in a column, two units in two columns and their sum."""
    for one, two, three in product((0, 1, 2, 4, 5, 6, 9), repeat=3):
        table = one_column(a=one, b=two, c=three)
        numbers = {("a", "c"): one, ("b", "c"): two, ("c", "c"): three}
        assert not reckoned(table, masked(table, all_in_one(table)), all_in_one(table), numbers)
    for one, two, three, four in product((0, 1, 4, 5, 7), repeat=4):
        numbers = {("u", "a"): one, ("u", "b"): two, ("v", "a"): three, ("v", "b"): four}
        numbers |= {("u", "n"): one + two, ("v", "n"): three + four}
        table = table_of(["u", "v"], ["a", "b", "n"], numbers)
        assert not reckoned(table, masked(table, all_in_one(table)), all_in_one(table), numbers)


def test_small_counts_are_hidden_sums_and_zeros_are_shown_and_little_more_is_kept_back():
    """R-IND: 0 and sums are shown; « masqué » stands only in a table that has a « 1–4 »."""
    shown = kept_back = 0
    for seed in range(SETS):
        random = Random(seed)
        rows, columns, numbers = some_numbers(random)
        table = table_of(rows, columns, numbers)
        shared = masked(table, some_groups(random, rows))
        assert shared.rows[-1] == table.rows[-1]
        found = cells(shared)
        for place, number in numbers.items():
            cell = found[place]
            assert (cell == SMALL) == (0 < number < 5)
            assert cell in (SMALL, KEPT_BACK, number)
            assert number or cell == 0
            shown += cell == number and number > 0
            kept_back += cell == KEPT_BACK
        if SMALL not in found.values():
            assert KEPT_BACK not in found.values()
    assert shown > kept_back > 0


def one_column(**numbers: int) -> Table:
    return table_of(list(numbers), ["c"], {(row, "c"): number for row, number in numbers.items()})


def column_of(table: Table) -> list[Cell]:
    return [row.cells[0] for row in table.rows]


def all_in_one(table: Table) -> Mapping[str, str]:
    return {row.key: "all" for row in table.rows if not row.total}


@pytest.mark.parametrize(
    ("numbers", "shared"),
    [
        # the smallest other one is kept back, not a 0; and one more for who is that one
        ({"a": 3, "b": 0, "c": 7, "d": 9, "e": 12}, [SMALL, 0, KEPT_BACK, KEPT_BACK, 12, 31]),
        ({"a": 3, "b": 9, "c": 7}, [SMALL, KEPT_BACK, KEPT_BACK, 19]),
        # with 5 beside it, 1 would be the only value: 6 = 1 + 5
        ({"a": 1, "b": 5, "c": 8}, [SMALL, 5, KEPT_BACK, 14]),
        # two that can be exchanged keep each other from all others, and a third one from each other
        ({"a": 2, "b": 3, "c": 7, "d": 9}, [SMALL, SMALL, KEPT_BACK, 9, 21]),
        # both would be 1, both would be 4
        ({"a": 1, "b": 1, "c": 7}, [SMALL, SMALL, KEPT_BACK, 9]),
        ({"a": 4, "b": 4, "c": 7}, [SMALL, SMALL, KEPT_BACK, 15]),
        ({"a": 6, "b": 0, "c": 7}, [6, 0, 7, 13]),
    ],
)
def test_what_is_kept_back_is_the_least_that_helps(numbers: dict[str, int], shared: list[Cell]):
    table = one_column(**numbers)
    assert column_of(masked(table, all_in_one(table))) == shared


def test_a_sum_that_is_one_units_count_tells_it():
    """R-IND, known limit: sums and 0 are shown, so that a unit alone – or alone with any – has its sum for a count."""
    single, alone = one_column(a=3), one_column(a=3, b=0, c=0)
    assert column_of(masked(single, all_in_one(single))) == [SMALL, 3]
    assert column_of(masked(alone, all_in_one(alone))) == [SMALL, 0, 0, 3]


def test_a_table_that_is_not_by_unit_is_left_as_it_is():
    table = Table("x", "x", "x", (Column("n", "n"),), (Row("phone", "phone", (2,)),))
    assert masked(table, {"phone": "all"}) is table


def test_rows_of_no_group_are_shown():
    """R-IND-I-15: the requests of which nobody owes the next step are no unit's."""
    table = one_column(a=3, b=7, nobody=1)
    assert column_of(masked(table, {"a": "all", "b": "all"})) == [SMALL, KEPT_BACK, 1, 11]


def test_a_figure_that_there_is_not_is_no_count():
    columns = (Column("a", "a"), Column("b", "b", "share"))
    table = Table(
        "x", "x", "x", columns, (Row("u", "u", (2, None)), Row("v", "v", (None, None))), by_unit=True
    )
    assert [row.cells for row in masked(table, all_in_one(table)).rows] == [(SMALL, None), (None, None)]


def test_a_count_in_three_sums_is_refused():
    """What is proved holds for tables, where a count has its column's sum and its row's."""
    place = Place("u", "c")
    with pytest.raises(ValueError):
        hide(Grid({place: 3}, [{place: 1}, {place: 1}, {place: 1}]))


# ---------------------------------------------------------------- revisions
def revised(random: Random, columns: list[str], numbers: Numbers) -> Numbers:
    """A later count of the same month: a few cells have moved."""
    parts = [place for place in numbers if place[1] != "n"]
    later = dict(numbers)
    for place in random.sample(parts, random.randint(1, min(3, len(parts)))):
        later[place] = max(0, later[place] + random.choice((-6, -2, -1, 1, 2, 3, 6)))
    if "n" in columns:
        for row, _ in parts:
            later[row, "n"] = sum(later[row, c] for c in columns if c != "n")
    return later


@pytest.mark.parametrize("part", range(PARTS))
def test_two_revisions_subtracted_give_no_small_difference(part: int):
    """R-IND: no difference of 1 to 4 for one unit, nor for two alone in a sum; each revision is safe in itself."""
    for seed in range(part, REVISIONS, PARTS):
        random = Random(seed)
        rows, columns, numbers = some_numbers(random)
        groups = some_groups(random, rows)
        later = revised(random, columns, numbers)
        first = masked(table_of(rows, columns, numbers), groups)
        second = masked(table_of(rows, columns, later), groups, first)
        old, new = cells(first), cells(second)
        for place in numbers:
            was, now = old[place], new[place]
            if isinstance(was, int) and isinstance(now, int) and later[place]:
                assert not 0 < abs(now - was) < 5, f"data set {seed}: {place}"
        for group in set(groups.values()):
            for column in columns:
                places = [(row, column) for row in rows if groups[row] == group]
                touched = [p for p in places if isinstance(old[p], Hidden) or isinstance(new[p], Hidden)]
                others = [p for p in places if p not in touched and later[p]]
                assert not 0 < len(touched) < 3 or not others, f"data set {seed}: {touched}"
        assert not reckoned(table_of(rows, columns, later), second, groups, later), f"data set {seed}"


def test_counts_of_units_beside_their_sum():
    assert masked_counts({"a": 0, "b": 3, "c": 4, "d": 12}) == {
        "a": 0,
        "b": SMALL,
        "c": SMALL,
        "d": KEPT_BACK,
    }
    assert masked_counts({"a": 0, "b": 3, "c": 9}) == {"a": 0, "b": SMALL, "c": KEPT_BACK}
    assert masked_counts({"a": 5, "b": 6}) == {"a": 5, "b": 6}
