"""Every table of a shared document as CSV, alone or all in one zip; the same bytes for the same document."""

import io
import zipfile

from service import spreadsheet
from service.statistics.document import Document, Table
from service.statistics.grid import grid
from service.statistics.words import anchor


def csv_file(table: Table) -> bytes:
    """One table: UTF-8 with its mark, semicolons, decimal commas, no formula."""
    spread = grid(table)
    head = [field.label for field in spread.fields]
    return "".join(spreadsheet.lines(head, spread.rows)).encode()


def csv_zip(document: Document) -> bytes:
    """All tables, in the order of the document: « 03-i-2-benefit.csv »."""
    made = io.BytesIO()
    tables = [table for section in document.sections for table in section.tables]
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for place, table in enumerate(tables, 1):
            name = f"{place:02d}-{anchor(table.id)}.csv"
            day = document.made_on
            archive.writestr(
                zipfile.ZipInfo(name, (day.year, day.month, day.day, 0, 0, 0)),
                csv_file(table),
                zipfile.ZIP_DEFLATED,
            )
    return made.getvalue()
