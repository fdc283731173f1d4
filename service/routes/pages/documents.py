"""« Dossiers et bilans »: the packs and reports as they were published, on screen and to take away (R-GO-1, R-GO-2)."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from flask import Response, flash, get_template_attribute, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy.orm import Session

from service.database import reading
from service.errors import GuardRefused, NotVisible
from service.models import SharedDocument
from service.pdf import CannotBePrinted
from service.permissions import Permission, may
from service.queries.documents import documents, edition
from service.routes.guard import present_actor, requires
from service.routes.pages.blueprint import pages
from service.routes.pages.confirmation import confirm
from service.routes.pages.views import report_words
from service.statistics import annual, cog, pack
from service.statistics.around import with_words
from service.statistics.document import Document, thawed
from service.statistics.indicators import VOLETS
from service.statistics.open_data import csv_zip
from service.statistics.paper import pdf_file
from service.statistics.periods import Month, Period, Year
from service.statistics.publishing import publish_pack
from service.statistics.reporting import publish_report
from service.statistics.shown import ShownDocument, shown
from service.statistics.workbook import xlsx_file
from service.workflows import french


class Format(NamedTuple):
    """How a document is taken away."""

    label: str
    mimetype: str
    make: Callable[[Document], bytes]


FORMATS: Mapping[str, Format] = {
    "pdf": Format("PDF", "application/pdf", pdf_file),
    "xlsx": Format("Tableur", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", xlsx_file),
    "zip": Format("Données CSV", "application/zip", csv_zip),
}
CRUMBS = [("Accueil", "/"), ("Dossiers et bilans", "/dossiers")]


@pages.get("/dossiers")
@requires(Permission.READ_FIGURES)
def documents_page() -> str:
    """Every edition, the latest first; what could not be published says why."""
    with reading() as session:
        found = documents(session)
    return render_template("statistics/documents.html", documents=[line_of(row) for row in found])


@pages.get("/dossiers/methode")
@requires(Permission.READ_FIGURES)
def methods() -> str:
    """How each figure is computed, from the table that computes it."""
    return render_template(
        "statistics/methods.html",
        volets=VOLETS,
        targets=cog.counterparts(),
        years=[{"label": str(year), "numeric": True} for year in range(cog.FIRST_YEAR, cog.LAST_YEAR + 1)],
        source=cog.SOURCE,
    )


@pages.get("/dossiers/<period>")
@pages.get("/dossiers/<period>/<int:revision>")
@requires(Permission.READ_FIGURES)
def document_page(period: str, revision: int | None = None) -> str:
    """One edition on screen; the last one when none is named."""
    with reading() as session:
        row = edition(session, period, revision)
        (document, parts), actions = _as_read(row.body or ""), [*_downloads(row), *_revising(row)]
        seen = document
        if row.kind == annual.KIND:
            year = Year.parse(period)
            seen = with_words(seen, report_words.around(session, year))
            actions = [*report_words.writing(session, present_actor(), year), *actions]
    return render_template(
        "statistics/document.html",
        document=seen,
        around=seen.sections[: len(seen.sections) - len(document.sections)],
        parts=parts,
        crumbs=[*CRUMBS, (document.title, None)],
        actions=actions,
        seal=row.digest,
    )


@pages.get("/dossiers/<period>/<int:revision>/dossier.<extension>")
@requires(Permission.READ_FIGURES)
def document_file(period: str, revision: int, extension: str) -> Response:
    """The same edition to take away: the same bytes each time; on paper with what is said around a year."""
    taken = FORMATS.get(extension)
    if taken is None:
        raise NotVisible
    with reading() as session:
        row = edition(session, period, revision)
        made = _paper(session, row) if extension == "pdf" else taken.make(thawed(row.body or ""))
    answer = Response(made, mimetype=taken.mimetype)
    name = f"relais-{row.kind.replace('_', '-')}-{row.period}-{row.revision}.{extension}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@pages.post("/dossiers/<period>/revision")
@requires(Permission.REVISE_DOCUMENTS)
def revise_document(period: str) -> ResponseReturnValue:
    """Make the next revision of a document from the facts as they are known now.

    Refuses (GuardRefused) a month or a year that is not over.
    """
    wanted = _period_of(period)
    made = publish_pack(wanted) if isinstance(wanted, Month) else publish_report(wanted)
    if made is None:
        flash("Rien n’a changé depuis la dernière édition : il n’y a pas de révision à faire.", "info")
    elif made.body is None:
        flash(f"Le document n’a pas été publié. {made.problem}", "error")
        return redirect(url_for("pages.documents_page"), 303)
    else:
        confirm("La nouvelle édition est publiée.", "Les précédentes restent lisibles.")
    return redirect(url_for("pages.document_page", period=period), 303)


def month_of(period: str) -> Month:
    """The month of an address. Refuses (NotVisible) what is none."""
    try:
        return Month.parse(period)
    except ValueError:
        raise NotVisible from None


def _period_of(period: str) -> Period:
    """The month or the year of an address. Refuses (NotVisible) what is neither."""
    try:
        return Year.parse(period)
    except ValueError:
        return month_of(period)


@lru_cache(maxsize=8)
def _as_read(body: str) -> tuple[ShownDocument, Markup]:
    """An edition and its parts drawn: what is frozen is worked out once in a process."""
    document = shown(thawed(body))
    drawn = get_template_attribute("macros/document.html", "document_section")
    return document, Markup().join(drawn(section) for section in document.sections)


def _paper(session: Session, row: SharedDocument) -> bytes:
    """Refuses (GuardRefused) a comment with a sign that can not be printed."""
    document = thawed(row.body or "")
    if row.kind != annual.KIND:
        return pdf_file(document)
    try:
        return pdf_file(document, report_words.around(session, Year.parse(row.period)))
    except CannotBePrinted:
        raise GuardRefused(
            "Un commentaire contient un signe qui ne s’imprime pas, un pictogramme par exemple.",
            rule="R-GO-2",
            advice="Retirez-le sur la page du comité de suivi ; le tableur et les données, sans commentaires, restent "
            "à votre disposition.",
        ) from None


def line_of(row: SharedDocument) -> dict[str, Any]:
    """An edition in a list: its title, its day, what it can be taken away as; or why it was not published."""
    return {
        "title": _title(row),
        "revision": row.revision,
        "made": french.long_date(french.local_day(row.made_at)),
        "problem": row.problem,
        "digest": row.digest,
        "url": _edition_url(row) if row.digest else None,
        "files": _files(row) if row.digest else [],
    }


def _title(row: SharedDocument) -> str:
    if row.kind == annual.KIND:
        return annual.title_of(Year.parse(row.period))
    return pack.title_of(Month.parse(row.period))


def _edition_url(row: SharedDocument) -> str:
    return url_for("pages.document_page", period=row.period, revision=row.revision)


def _files(row: SharedDocument) -> list[tuple[str, str]]:
    return [
        (
            taken.label,
            url_for("pages.document_file", period=row.period, revision=row.revision, extension=extension),
        )
        for extension, taken in FORMATS.items()
    ]


def _downloads(row: SharedDocument) -> list[dict[str, Any]]:
    return [{"label": f"{label} (moins de 1 Mo)", "url": url} for label, url in _files(row)]


def _revising(row: SharedDocument) -> list[dict[str, Any]]:
    if not may(present_actor(), Permission.REVISE_DOCUMENTS):
        return []
    with reading() as session:
        last = edition(session, row.period)
    if last.revision != row.revision:
        return []
    url = url_for("pages.revise_document", period=row.period)
    return [
        {"label": "Refaire avec les faits connus à ce jour", "url": url, "method": "post", "kind": "link"}
    ]
