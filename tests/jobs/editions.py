"""The editions of packs and reports, as people read them."""

from typing import Any

from service.database import reading
from service.queries.documents import edition
from service.statistics.document import Document, digest, thawed


def read_edition(period: str, revision: int | None = None) -> Document:
    """An edition of a period, the last one by default; its hash is that of its text."""
    with reading() as session:
        row = edition(session, period, revision)
        assert row.body is not None
        assert digest(row.body) == row.digest
        return thawed(row.body)


def cell(document: Document, section: str, table: str, row: str, column: str) -> Any:
    """A cell by its names."""
    return document.section(section).table(table).column(column)[row]
