"""The summary sheet of a rendez-vous des droits, as a PDF (R-RD)."""

from flask import Response

from service.errors import NotVisible
from service.operations.summary_sheet import print_sheet
from service.permissions import Permission
from service.routes.guard import present_actor, requires
from service.routes.pages.blueprint import pages
from service.workflows import reference as references


@pages.get("/demandes/<reference>/fiche-recapitulative.pdf")
@requires(Permission.READ_TICKETS)
def summary_sheet(reference: str) -> Response:
    """The sheet; its file name says nothing about the person."""
    canonical = references.parse(reference)
    if canonical is None:
        raise NotVisible
    answer = Response(print_sheet(present_actor(), canonical), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f"attachment; filename=fiche-{canonical}.pdf"
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer
