"""A shared document on paper: PDF/UA-1 on A4, the same bytes for the same document."""

from dataclasses import asdict

from service import pdf
from service.statistics.document import Document
from service.statistics.shown import shown


def pdf_file(document: Document) -> bytes:
    """The PDF, dated as the document. Refuses (CannotBePrinted) a text with a sign that our faces do not have."""
    return pdf.render("document.typ", asdict(shown(document)), document.made_on)
