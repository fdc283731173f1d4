"""What a revision changes, told without giving a small count away (indicators.md, Documents). Pure."""

from collections.abc import Iterator, Sequence

from service.statistics import words
from service.statistics.document import Cell, Column, Document, Row, Section, Table

ID = "revision"


def section(published: Document, sections: Sequence[Section]) -> Section:
    """The figures that moved since the revision before, old beside new. By unit, masks have hidden small moves."""
    rows = tuple(_moved(published, sections))
    columns = (
        Column("old", f"Révision {published.revision}", "text"),
        Column("new", "Cette révision", "text"),
    )
    table = Table(f"{ID}.moved", "Chiffres qui ont changé", "Chiffre", columns, rows)
    sentence = (
        "Des faits ont été notés, ou corrigés, après la première publication."
        if rows
        else "Aucun chiffre n’a changé."
    )
    return Section(
        ID, f"Ce qui a changé depuis la révision {published.revision}", sentence, (table,) if rows else ()
    )


def table_of(document: Document, table_id: str) -> Table | None:
    """A table of a document by its id; None when it has none."""
    return next(
        (table for section in document.sections for table in section.tables if table.id == table_id), None
    )


def _moved(published: Document, sections: Sequence[Section]) -> Iterator[Row]:
    for one in sections:
        for table in one.tables:
            old = table_of(published, table.id)
            if old is None:
                continue
            for row in table.rows:
                for column in table.columns:
                    before, now = _cell(old, row.key, column.key), _cell(table, row.key, column.key)
                    if before != now and _may_be_told(table, before, now):
                        yield Row(
                            f"{table.id}.{row.key}.{column.key}",
                            f"{table.caption} – {row.label}, {column.label}",
                            (_told(before), _told(now)),
                        )


def _may_be_told(table: Table, before: Cell, now: Cell) -> bool:
    """By unit two counts alone: the mask has seen to it that they differ by five or more."""
    return not table.by_unit or (isinstance(before, int) and isinstance(now, int))


def _told(cell: Cell) -> Cell:
    return cell if isinstance(cell, int) else words.cell(cell)


def _cell(table: Table, row: str, column: str) -> Cell:
    keys = [one.key for one in table.columns]
    if column not in keys:
        return None
    return next((one.cells[keys.index(column)] for one in table.rows if one.key == row), None)
