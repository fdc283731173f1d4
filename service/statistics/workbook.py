"""A shared document as a spreadsheet: a contents sheet, then one sheet a table, numbers as numbers, no formula."""

import io
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time
from typing import TypeAlias

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from service.statistics import sheets, words
from service.statistics.document import Document, Section, Table
from service.statistics.sheets import Formats

CONTENTS = "Sommaire"
LONGEST_NAME = 31
_RESERVED = frozenset({CONTENTS.lower(), "historique", "history"})
_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
_WIDTHS = (44, 68, 36)

Placed: TypeAlias = tuple[str, Section, Table]


def xlsx_file(document: Document) -> bytes:
    """The spreadsheet; the same bytes for the same document."""
    made = io.BytesIO()
    with Workbook(made, _OPTIONS) as book:
        book.set_properties(
            {
                "title": document.title,
                "subject": document.subtitle,
                "author": "Relais",
                "created": datetime.combine(document.made_on, time(), UTC),
            }
        )
        known, placed = sheets.formats(book), list(_placed(document))
        _contents(book.add_worksheet(CONTENTS), document, placed, known)
        for name, section, table in placed:
            sheets.table_sheet(book.add_worksheet(name), document, section, table, known)
    return made.getvalue()


def _placed(document: Document) -> Iterator[Placed]:
    """Each table with the name of its sheet, « I-1 Demandes par canal », none twice."""
    taken = set(_RESERVED)
    for section in document.sections:
        for table in section.tables:
            name = _name(f"{words.indicator(section.id)} {table.caption}", taken)
            taken.add(name.lower())
            yield name, section, table


def _name(wished: str, taken: set[str]) -> str:
    """Within 31 characters, without the signs that a sheet's name may not hold."""
    clean = " ".join(_FORBIDDEN.sub(" ", wished).split()) or "Tableau"
    name, number = _cut(clean, LONGEST_NAME), 1
    while name.lower() in taken:
        number += 1
        ending = f" ({number})"
        name = _cut(clean, LONGEST_NAME - len(ending)) + ending
    return name


def _cut(text: str, most: int) -> str:
    """At the end of a word, where there is one."""
    return text if len(text) <= most else text[: most + 1].rsplit(" ", 1)[0][:most].rstrip(" ,;–-")


def _contents(sheet: Worksheet, document: Document, placed: Sequence[Placed], known: Formats) -> None:
    sheets.title(sheet, document.title, f"{document.subtitle} · {words.revision(document)}", known)
    lines = [*document.key_figures, ("", "", "")]
    for row, line in enumerate(lines, 3):
        for column, text in enumerate(line):
            sheet.write_string(row, column, text, known["text", False])
    head = 3 + len(lines)
    for column, (text, width) in enumerate(zip(("Partie", "Tableau", "Feuille"), _WIDTHS, strict=True)):
        sheet.write_string(head, column, text, known["head", False])
        sheet.set_column(column, column, width)
    for row, (name, section, table) in enumerate(placed, head + 1):
        sheets.fold(sheet, row, (section.title, table.caption, name), _WIDTHS)
        sheet.write_string(row, 0, section.title, known["text", False])
        sheet.write_string(row, 1, table.caption, known["text", False])
        sheet.write_url(row, 2, f"internal:'{name}'!A1", known["link", False], name)
    sheets.on_paper(sheet, document)
