"""A shared document as a spreadsheet: a contents sheet, then one sheet a table, numbers as numbers, no formula."""

import io
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import TypeAlias

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from service.statistics import words
from service.statistics.document import Document, Section, Table
from service.statistics.grid import Field, Grid, Plain, grid

CONTENTS = "Sommaire"
LONGEST_NAME = 31
_HEAD_ROW = 4
_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
_NUMBERS = {"count": "#,##0", "number": "#,##0.##", "percent": "0.0%", "hours": "#,##0.00", "date": "dd/mm/yyyy"}
Formats: TypeAlias = Mapping[tuple[str, bool], Format]


def xlsx_file(document: Document) -> bytes:
    """The spreadsheet; the same bytes for the same document."""
    made = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(made, options) as book:
        book.set_properties(
            {
                "title": document.title,
                "subject": document.subtitle,
                "author": "Relais",
                "created": datetime.combine(document.made_on, time(), UTC),
            }
        )
        formats = _formats(book)
        named = list(zip(_tables(document), sheet_names(document), strict=True))
        _contents(book.add_worksheet(CONTENTS), document, named, formats)
        for (section, table), name in named:
            _sheet(book.add_worksheet(name), document, section, table, formats)
    return made.getvalue()


def sheet_names(document: Document) -> list[str]:
    """One for each table: « I-1 Demandes par canal », within 31 characters, without forbidden signs, none twice."""
    names: list[str] = []
    taken = {CONTENTS.lower(), "historique", "history"}
    for section, table in _tables(document):
        wished = f"{words.indicator(section.id)} {table.caption}"
        wished = " ".join(_FORBIDDEN.sub(" ", wished).split()) or "Tableau"
        name, number = _cut(wished, LONGEST_NAME), 1
        while name.lower() in taken:
            number += 1
            ending = f" ({number})"
            name = _cut(wished, LONGEST_NAME - len(ending)) + ending
        taken.add(name.lower())
        names.append(name)
    return names


def _cut(text: str, most: int) -> str:
    """At the end of a word, where there is one."""
    if len(text) > most:
        words_kept = text[: most + 1].rsplit(" ", 1)[0]
        text = words_kept[:most].rstrip(" ,;–-")
    return text


def _tables(document: Document) -> Iterator[tuple[Section, Table]]:
    return ((section, table) for section in document.sections for table in section.tables)


def _formats(book: Workbook) -> Formats:
    """Of each kind of figure, ordinary and in a total row; besides, those of the words around."""
    face = {"font_name": "Arial", "font_size": 10, "valign": "top"}
    total = {"bold": True, "top": 1, "top_color": "#5d6b77"}
    shown: dict[tuple[str, bool], dict[str, object]] = {
        ("title", False): {"bold": True, "font_size": 14, "font_color": "#0b4f5c"},
        ("soft", False): {"font_color": "#5d6b77"},
        ("head", False): {"bold": True, "text_wrap": True, "bg_color": "#e2eef0", "bottom": 1, "valign": "bottom"},
        ("link", False): {"font_color": "#0b4f5c", "underline": 1},
    }
    for is_total in (False, True):
        apart = total if is_total else {}
        shown["text", is_total] = {"text_wrap": True, **apart}
        shown["hidden", is_total] = {"align": "right", "font_color": "#5d6b77", **apart}
        for kind, pattern in _NUMBERS.items():
            shown[kind, is_total] = {"num_format": pattern, **apart}
    return {key: book.add_format({**face, **value}) for key, value in shown.items()}


def _contents(
    sheet: Worksheet, document: Document, named: list[tuple[tuple[Section, Table], str]], formats: Formats
) -> None:
    _head(sheet, document.title, f"{document.subtitle} · {words.revision(document)}", formats)
    row = 3
    for label, value, detail in document.key_figures:
        for column, text in enumerate((label, value, detail)):
            sheet.write_string(row, column, text, formats["text", False])
        row += 1
    row += 1
    for column, text in enumerate(("Partie", "Tableau", "Feuille")):
        sheet.write_string(row, column, text, formats["head", False])
    for (section, table), name in named:
        row += 1
        sheet.write_string(row, 0, section.title, formats["text", False])
        sheet.write_string(row, 1, table.caption, formats["text", False])
        sheet.write_url(row, 2, f"internal:'{name}'!A1", formats["link", False], name)
    for column, width in enumerate((44, 52, 36)):
        sheet.set_column(column, column, width)
    _on_paper(sheet, document)


def _sheet(sheet: Worksheet, document: Document, section: Section, table: Table, formats: Formats) -> None:
    spread = grid(table)
    _head(sheet, table.caption, section.title, formats)
    sheet.write_string(2, 0, " ".join(_notes(table)), formats["soft", False])
    for column, field in enumerate(spread.fields):
        sheet.write_string(_HEAD_ROW, column, field.label, formats["head", False])
        sheet.set_column(column, column, _width(spread, column))
    for place, (row, values) in enumerate(zip(table.rows, spread.rows, strict=True), _HEAD_ROW + 1):
        for column, (field, value) in enumerate(zip(spread.fields, values, strict=True)):
            _write(sheet, (place, column), field, value, row.total, formats)
    sheet.freeze_panes(_HEAD_ROW + 1, 1)
    sheet.repeat_rows(_HEAD_ROW)
    _on_paper(sheet, document)


def _head(sheet: Worksheet, title: str, below: str, formats: Formats) -> None:
    sheet.write_string(0, 0, title, formats["title", False])
    sheet.write_string(1, 0, below, formats["soft", False])


def _notes(table: Table) -> list[str]:
    return [note for note in (table.note, words.MASKED if table.by_unit else "") if note]


def _write(
    sheet: Worksheet, spot: tuple[int, int], field: Field, value: Plain, total: bool, formats: Formats
) -> None:
    match value:
        case None:
            sheet.write_string(*spot, words.NOTHING, formats["hidden", total])
        case str():
            sheet.write_string(*spot, value, formats["text" if field.kind == "text" else "hidden", total])
        case int() | Decimal():
            kind = "count" if field.kind in ("text", "date") else field.kind
            sheet.write_number(*spot, value / 100 if kind == "percent" else value, formats[kind, total])
        case _:
            sheet.write_datetime(*spot, datetime.combine(value, time()), formats["date", total])


def _width(spread: Grid, column: int) -> int:
    """Wide enough for the figures; long words are folded."""
    longest = max((len(str(row[column])) for row in spread.rows if row[column] is not None), default=0)
    return min(max(longest + 2, 12), 48)


def _on_paper(sheet: Worksheet, document: Document) -> None:
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.hide_gridlines(2)
    sheet.set_footer(f"&L{document.title.replace('&', '&&')}&C{words.revision(document)}&R&P/&N")
