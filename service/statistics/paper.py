"""A shared document on paper: PDF/UA-1 on A4, the same bytes for the same document."""

from dataclasses import asdict

from service import pdf
from service.statistics.around import Around, with_words
from service.statistics.document import Document
from service.statistics.shown import shown


def pdf_file(document: Document, around: Around | None = None) -> bytes:
    """The PDF, dated as the document, with what is said around its figures, if anything.

    Refuses (CannotBePrinted) a text with a sign that our faces do not have.
    """
    seen = shown(document) if around is None else with_words(shown(document), around)
    return pdf.render("document.typ", asdict(seen), document.made_on)
