"""« Dire ce qui marche ou non »: remarks from the field, one's own and those of one's institution (R-GO-2)."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.database import reading
from service.errors import InvalidInput
from service.operations import remarks as operations
from service.permissions import Permission, may_share_remarks_of
from service.queries import remarks as queries
from service.queries.reference import reference
from service.routes.guard import present_actor, refilling, refills, requires
from service.routes.pages.blueprint import pages
from service.routes.pages.confirmation import confirm
from service.routes.pages.views.forms import form_fields, general_errors
from service.routes.pages.views.remark_sheet import remark_of
from service.schemas.fields import load
from service.schemas.meetings import RemarkForm

RECENT = 50
"""How many remarks of each list the page shows."""

Mistakes = Mapping[str, Sequence[str]]


@pages.get("/remarques")
@requires(Permission.WRITE_REMARKS)
def remarks() -> str:
    """The form, one's own remarks, and for heads and steering those of their institution."""
    return _page({})


@pages.post("/remarques")
@refills
@requires(Permission.WRITE_REMARKS)
def write_remark() -> ResponseReturnValue:
    """Write one; what was typed stays where it is refused."""
    typed = request.form.to_dict()
    if refilling():
        return _page(typed)
    try:
        given = load(RemarkForm(unknown="exclude"), typed)
        operations.write(present_actor(), given["theme"], given["tone"], given["text"])
    except InvalidInput as refused:
        return _page(typed, refused.fields), 422
    confirm(
        "Merci, votre remarque est enregistrée.",
        "Les responsables et le pilotage de votre institution la lisent ; elle rejoindra les autres au comité.",
    )
    return redirect(url_for("pages.remarks"), 303)


@pages.post("/remarques/<uuid:remark_id>/partager")
@requires(Permission.WRITE_REMARKS)
def share_remark(remark_id: UUID) -> ResponseReturnValue:
    """Let the other institution read it."""
    operations.share(present_actor(), remark_id)
    confirm("La remarque est partagée.", "L’autre institution la lit, sans le nom du service.")
    return redirect(url_for("pages.remarks"), 303)


def _page(typed: Mapping[str, Any], mistakes: Mistakes | None = None) -> str:
    actor, wrong = present_actor(), mistakes or {}
    fields = form_fields(RemarkForm, typed, wrong, {})
    with reading() as session:
        known = reference(session)
        return render_template(
            "remarks/remarks.html",
            form={"fields": fields, "errors": general_errors(wrong, fields)},
            own=[remark_of(one, actor, known) for one in session.scalars(queries.own(actor).limit(RECENT))],
            to_sort=[
                remark_of(one, actor, known) for one in session.scalars(queries.to_sort(actor).limit(RECENT))
            ],
            sorts=may_share_remarks_of(actor, actor.institution),
        )
