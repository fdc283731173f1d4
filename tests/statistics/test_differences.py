"""A revision says what moved: counts, shares and durations; of units, counts alone (indicators.md, Documents)."""

from datetime import date

from service.statistics import differences
from service.statistics.document import (
    SMALL,
    Cell,
    Column,
    ColumnKind,
    Document,
    Duration,
    Row,
    Section,
    Share,
    Table,
)


def section(*cells: Cell, by_unit: bool = False, more: Cell = None) -> Section:
    kinds: tuple[ColumnKind, ...] = ("count", "share", "duration")
    columns = [Column(kind, kind.title(), kind) for kind in kinds]
    if more is not None:
        columns.append(Column("fresh", "Fresh"))
        cells = (*cells, more)
    return Section("x", "X", tables=(Table("x", "X", "X", tuple(columns), (Row("a", "A", cells),), by_unit),))


def moved(before: Section, after: Section) -> dict[str, tuple[Cell, ...]]:
    published = Document("monthly_pack", "t", "s", date(2026, 11, 2), 1, (before,))
    tables = differences.section(published, [after]).tables
    return {row.key: row.cells for table in tables for row in table.rows}


def test_every_figure_that_moved_is_told_beside_the_old_one() -> None:
    before, after = section(8, Share(1, 2), Duration(60)), section(9, Share(2, 2), Duration(120))
    assert moved(before, after) == {
        "x.a.count": (8, 9),
        "x.a.share": ("50,0\u00a0% (1/2)", "100,0\u00a0% (2/2)"),
        "x.a.duration": ("1\u00a0min", "2\u00a0min"),
    }
    assert moved(before, section(8, Share(1, 2), None)) == {"x.a.duration": ("1\u00a0min", "–")}
    assert moved(before, before) == {}


def test_what_the_edition_before_did_not_have_has_not_moved() -> None:
    same = (8, Share(1, 2), Duration(60))
    assert moved(section(*same), section(*same, more=7)) == {}


def test_of_a_unit_neither_a_hidden_count_nor_a_share_is_told() -> None:
    before = section(8, Share(1, 2), SMALL, by_unit=True)
    after = section(14, Share(2, 2), 5, by_unit=True)
    assert moved(before, after) == {"x.a.count": (8, 14)}
