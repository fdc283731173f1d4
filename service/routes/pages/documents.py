"""« Dossiers et bilans »: the packs and reports as they were published, on screen and to take away (R-GO-1, R-GO-2)."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from flask import Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from service import clock
from service.database import reading
from service.errors import NotVisible
from service.models import SharedDocument
from service.permissions import Permission, may
from service.queries.documents import documents, edition
from service.routes.guard import present_actor, requires
from service.routes.pages.blueprint import pages
from service.routes.pages.confirmation import confirm
from service.statistics.document import Document, thawed
from service.statistics.indicators import VOLETS
from service.statistics.open_data import csv_zip
from service.statistics.paper import pdf_file
from service.statistics.periods import Month
from service.statistics.publishing import publish_pack
from service.statistics.shown import shown
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
    return render_template("statistics/documents.html", documents=[_line(row) for row in found])


@pages.get("/dossiers/methode")
@requires(Permission.READ_FIGURES)
def methods() -> str:
    """How each figure is computed, from the table that computes it."""
    return render_template("statistics/methods.html", volets=VOLETS)


@pages.get("/dossiers/<period>")
@pages.get("/dossiers/<period>/<int:revision>")
@requires(Permission.READ_FIGURES)
def document_page(period: str, revision: int | None = None) -> str:
    """One edition on screen; the last one when none is named."""
    with reading() as session:
        row = edition(session, period, revision)
    document = thawed(row.body or "")
    return render_template(
        "statistics/document.html",
        document=shown(document),
        crumbs=[*CRUMBS, (document.title, None)],
        actions=[*_downloads(row), *_revising(row)],
        seal=row.digest,
    )


@pages.get("/dossiers/<period>/<int:revision>/dossier.<extension>")
@requires(Permission.READ_FIGURES)
def document_file(period: str, revision: int, extension: str) -> Response:
    """The same edition to take away: the same bytes each time."""
    taken = FORMATS.get(extension)
    if taken is None:
        raise NotVisible
    with reading() as session:
        row = edition(session, period, revision)
    answer = Response(taken.make(thawed(row.body or "")), mimetype=taken.mimetype)
    name = f"relais-{row.kind.replace('_', '-')}-{row.period}-{row.revision}.{extension}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@pages.post("/dossiers/<period>/revision")
@requires(Permission.REVISE_DOCUMENTS)
def revise_document(period: str) -> ResponseReturnValue:
    """Make the next revision of a pack from the facts as they are known now."""
    month = month_of(period)
    if month.end > clock.now():
        raise NotVisible
    made = publish_pack(month)
    if made is None:
        confirm("info", "Rien n’a changé depuis la dernière édition : il n’y a pas de révision à faire.")
    elif made.body is None:
        confirm("error", f"Le dossier n’a pas été publié. {made.problem}")
        return redirect(url_for("pages.documents_page"), 303)
    else:
        confirm("success", "Nouvelle édition publiée. Les précédentes restent lisibles.")
    return redirect(url_for("pages.document_page", period=period), 303)


def month_of(period: str) -> Month:
    """The month of an address. Refuses (NotVisible) what is none."""
    try:
        return Month.parse(period)
    except ValueError:
        raise NotVisible from None


def _line(row: SharedDocument) -> dict[str, Any]:
    title = f"Réunion technique – {Month.parse(row.period).label}"
    return {
        "title": title,
        "revision": row.revision,
        "made": french.long_date(french.local_day(row.made_at)),
        "problem": row.problem,
        "digest": row.digest,
        "url": _edition_url(row) if row.digest else None,
        "files": _files(row) if row.digest else [],
    }


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
    return [{"label": label, "url": url} for label, url in _files(row)]


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
