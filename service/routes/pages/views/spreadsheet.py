"""A list as CSV that a French spreadsheet opens: no name, no matricule, and no cell that starts a formula."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

_BYTE_ORDER_MARK = "\ufeff"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def lines(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """The file, line by line: semicolons, and a mark that tells the spreadsheet it is UTF-8."""
    yield _BYTE_ORDER_MARK + _line(head)
    for row in rows:
        yield _line(row)


def harmless(cell: str) -> str:
    """The cell with an apostrophe before what a spreadsheet would take for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _line(cells: Sequence[str]) -> str:
    written = io.StringIO()
    csv.writer(written, delimiter=";", lineterminator="\r\n").writerow([harmless(cell) for cell in cells])
    return written.getvalue()
