"""The sheets of a spreadsheet: how a table stands in one, on screen and printed."""

import textwrap
from collections.abc import Mapping, Sequence
from datetime import datetime, time
from decimal import Decimal
from typing import TypeAlias

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from service.statistics import words
from service.statistics.document import Document, Section, Table
from service.statistics.grid import Field, Grid, Plain, grid

HEAD_ROW = 4
_A4 = 9
_LINE = 14
_SIGNS = 1.1
"""Signs of a text that stand in the width of one figure."""
_NUMBERS = {
    "count": "#,##0",
    "number": "#,##0.0#",
    "percent": "0.0%",
    "hours": "#,##0.00",
    "date": "dd/mm/yyyy",
}
_HEAD = {"bold": True, "text_wrap": True, "bg_color": "#e2eef0", "bottom": 1, "valign": "bottom"}
Formats: TypeAlias = Mapping[tuple[str, bool], Format]
"""By what stands in a cell, and whether its row is a total."""


def formats(book: Workbook) -> Formats:
    """Those of figures and words, ordinary and in a total row, and those of titles."""
    face = {"font_name": "Arial", "font_size": 10, "valign": "top"}
    given: dict[tuple[str, bool], dict[str, object]] = {
        ("title", False): {"bold": True, "font_size": 14, "font_color": "#0b4f5c"},
        ("soft", False): {"font_color": "#5d6b77"},
        ("head", False): _HEAD,
        ("head of figures", False): {**_HEAD, "align": "right"},
        ("link", False): {"font_color": "#0b4f5c", "underline": 1},
    }
    for is_total in (False, True):
        apart = {"bold": True, "top": 1, "top_color": "#5d6b77"} if is_total else {}
        given["text", is_total] = {"text_wrap": True, **apart}
        given["mark", is_total] = {"align": "right", "font_color": "#5d6b77", **apart}
        for kind, pattern in _NUMBERS.items():
            given[kind, is_total] = {"num_format": pattern, **apart}
        given["date", is_total]["align"] = "left"
    return {key: book.add_format({**face, **value}) for key, value in given.items()}


def table_sheet(sheet: Worksheet, document: Document, section: Section, table: Table, known: Formats) -> None:
    """One table: its caption, its remarks, a head that stays in sight, its rows."""
    spread = grid(table)
    widths = [_width(spread, column) for column in range(len(spread.fields))]
    title(sheet, table.caption, section.title, known)
    sheet.write_string(2, 0, " ".join(words.notes(table)), known["soft", False])
    for column, (field, width) in enumerate(zip(spread.fields, widths, strict=True)):
        look = "head" if field.kind in ("text", "date") else "head of figures"
        sheet.write_string(HEAD_ROW, column, field.label, known[look, False])
        sheet.set_column(column, column, width)
    fold(sheet, HEAD_ROW, [field.label for field in spread.fields], widths)
    for place, (row, values) in enumerate(zip(table.rows, spread.rows, strict=True), HEAD_ROW + 1):
        for column, (field, value) in enumerate(zip(spread.fields, values, strict=True)):
            _write(sheet, (place, column), field, value, row.total, known)
        fold(sheet, place, ["" if value is None else str(value) for value in values], widths)
    sheet.freeze_panes(HEAD_ROW + 1, 1)
    sheet.repeat_rows(HEAD_ROW)
    on_paper(sheet, document)


def title(sheet: Worksheet, text: str, below: str, known: Formats) -> None:
    """The two first lines of a sheet."""
    sheet.write_string(0, 0, text, known["title", False])
    sheet.write_string(1, 0, below, known["soft", False])


def fold(sheet: Worksheet, row: int, texts: Sequence[str], widths: Sequence[int]) -> None:
    """Make a row as tall as its longest text is when folded: not every program does it by itself."""
    lines = max(
        len(textwrap.wrap(text, int(width * _SIGNS))) for text, width in zip(texts, widths, strict=True)
    )
    sheet.set_row(row, _LINE * max(lines, 1))


def on_paper(sheet: Worksheet, document: Document) -> None:
    """Landscape A4, as wide as the page, with the title, the edition and the page below."""
    sheet.set_paper(_A4)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.hide_gridlines(2)
    named = document.title[:100].replace("&", "&&")  # a lone « & » starts a code, and a footer has 255 signs
    sheet.set_footer(f"&L{named}&C{words.revision(document)}&R&P/&N")


def _write(
    sheet: Worksheet, spot: tuple[int, int], field: Field, value: Plain, total: bool, known: Formats
) -> None:
    match value:
        case None:
            sheet.write_string(*spot, words.NOTHING, known["mark", total])
        case str():
            sheet.write_string(*spot, value, known["text" if field.kind == "text" else "mark", total])
        case int() | Decimal():
            kind = _number_kind(field, value)
            sheet.write_number(*spot, value / 100 if kind == "percent" else value, known[kind, total])
        case _:
            sheet.write_datetime(*spot, datetime.combine(value, time()), known["date", total])


def _number_kind(field: Field, value: int | Decimal) -> str:
    if field.kind in ("percent", "hours"):
        return field.kind
    return "count" if isinstance(value, int) else "number"


def _width(spread: Grid, column: int) -> int:
    """Wide enough for the figures and for half of the head; long words are folded."""
    longest = max((len(str(row[column])) for row in spread.rows if row[column] is not None), default=0)
    half = len(spread.fields[column].label) // 2
    return min(max(longest, half, 9) + 3, 48)
