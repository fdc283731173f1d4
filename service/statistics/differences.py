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
    for table in (table for one in sections for table in one.tables):
        old = table_of(published, table.id)
        shown = {} if old is None else {key: cell for key, _, cell in _cells(old)}
        for key, label, now in _cells(table):
            if key in shown and shown[key] != now and _may_be_told(table, shown[key], now):
                yield Row(f"{table.id}.{key}", f"{table.caption} – {label}", (_told(shown[key]), _told(now)))


def _cells(table: Table) -> Iterator[tuple[str, str, Cell]]:
    """Each cell with its key, and the words of its row and column."""
    for row in table.rows:
        for column, cell in zip(table.columns, row.cells, strict=True):
            yield f"{row.key}.{column.key}", f"{row.label}, {column.label}", cell


def _may_be_told(table: Table, before: Cell, now: Cell) -> bool:
    """By unit two counts alone: the mask has seen to it that they differ by five or more."""
    return not table.by_unit or (isinstance(before, int) and isinstance(now, int))


def _told(cell: Cell) -> Cell:
    return cell if isinstance(cell, int) else words.cell(cell)
