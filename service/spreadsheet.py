"""Lists as CSV that a French spreadsheet opens: semicolons, decimal commas, and no text that starts a formula."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import TypeAlias

Value: TypeAlias = str | int | Decimal | date | None
Line: TypeAlias = Sequence[Value]

_BYTE_ORDER_MARK = "\ufeff"
_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")


def lines(head: Sequence[str], rows: Iterable[Sequence[Value]]) -> Iterator[str]:
    """The file, line by line; the mark at its head tells the spreadsheet that it is UTF-8."""
    yield _BYTE_ORDER_MARK + _line(head)
    for row in rows:
        yield _line(row)


def harmless(text: str) -> str:
    """The text with an apostrophe before what a spreadsheet would take for a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def _line(values: Sequence[Value]) -> str:
    written = io.StringIO()
    csv.writer(written, delimiter=";", lineterminator="\r\n").writerow([_written(value) for value in values])
    return written.getvalue()


def _written(value: Value) -> str:
    """A number stays one, were it negative; a day is written the way every spreadsheet knows."""
    match value:
        case None:
            return ""
        case str():
            return harmless(value)
        case Decimal():
            return f"{value:f}".replace(".", ",")
        case date():
            return value.isoformat()
        case _:
            return str(value)
