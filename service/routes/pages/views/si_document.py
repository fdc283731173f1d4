"""The sections of the yearly evaluation for the page and for a spreadsheet: each cell in words (R-SI)."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from service.statistics.document import Cell, Hidden, Section, Share, Table
from service.workflows import french

Shown = dict[str, Any]

HEAD = ("Indicateur", "Tableau", "Ligne", "Colonne", "Valeur")


def section(one: Section) -> Shown:
    """A section as the template draws it."""
    return {
        "id": one.id,
        "title": one.title,
        "sentence": one.sentence,
        "tables": [_table(table) for table in one.tables],
        "remarks": one.remarks,
    }


def rows(sections: Iterable[Section]) -> Iterator[tuple[str, ...]]:
    """One line for each figure, then the remarks."""
    for one in sections:
        for table in one.tables:
            for row in table.rows:
                for column, cell in zip(table.columns, row.cells, strict=True):
                    yield (f"{one.id} {one.title}", table.caption, row.label, column.label, text(cell))
        for remark in one.remarks:
            yield (f"{one.id} {one.title}", "Remarques", "", "", remark)


def text(cell: Cell) -> str:
    """A figure as it is read; « – » where there is none."""
    match cell:
        case None:
            return "–"
        case Hidden():
            return cell.mark
        case Share():
            return f"{cell.part} sur {cell.whole}"
        case date():
            return french.short_date(cell)
        case _:
            return str(cell)


def _table(table: Table) -> Shown:
    numeric = [column.kind != "text" for column in table.columns]
    return {
        "id": table.id,
        "caption": table.caption,
        "note": table.note,
        "columns": [
            {"label": table.head},
            *(
                {"label": column.label, "numeric": number}
                for column, number in zip(table.columns, numeric, strict=True)
            ),
        ],
        "rows": [
            {
                "label": row.label,
                "total": row.total,
                "cells": [
                    {"label": column.label, "text": text(cell), "numeric": number}
                    for column, cell, number in zip(table.columns, row.cells, numeric, strict=True)
                ],
            }
            for row in table.rows
        ],
    }
