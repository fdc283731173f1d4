"""One elimination list: its lines, its visa, its two approvals, and the files for the Archives départementales."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.database import reading
from service.errors import GuardRefused, InvalidInput, NotVisible
from service.models import EliminationList
from service.operations import eliminations as operations
from service.operations.consultation import note_export
from service.permissions import Permission
from service.queries import retention as queries
from service.routes.guard import present_actor, refilling, refills, requires
from service.routes.pages.blueprint import pages
from service.routes.pages.confirmation import confirm
from service.routes.pages.views.forms import form_fields, general_errors
from service.routes.pages.views.retention_sheet import HEAD, ListSheet
from service.schemas.fields import load
from service.schemas.retention import Visa

SHOWN = 500
"""Lines on the page; the files have all of them."""
Mistakes = Mapping[str, Sequence[str]]


@pages.get("/conservation/listes/<uuid:list_id>")
@requires(Permission.APPROVE_ELIMINATIONS)
def elimination_list(list_id: UUID) -> str:
    """The list, for the heads of its institution."""
    return _page(list_id, {})


@pages.get("/conservation/listes/<uuid:list_id>/liste.<extension>")
@requires(Permission.APPROVE_ELIMINATIONS)
def elimination_file(list_id: UUID, extension: str) -> Response:
    """The same to take away, logged: CSV, or PDF for the visa."""
    found = _sheet(list_id)
    made = {"csv": ("text/csv", found.csv), "pdf": ("application/pdf", found.paper)}.get(extension)
    if made is None:
        raise NotVisible
    note_export(present_actor())
    answer = Response(made[1](), mimetype=made[0])
    name = f"relais-elimination-{found.row.number}.{extension}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@pages.post("/conservation/listes/<uuid:list_id>/visa")
@refills
@requires(Permission.APPROVE_ELIMINATIONS)
def note_visa(list_id: UUID) -> ResponseReturnValue:
    """Note the visa; what was typed stays where it is refused."""
    typed = request.form.to_dict()
    if refilling():
        return _page(list_id, typed)
    try:
        given = load(Visa(unknown="exclude"), typed)
        operations.note_visa(present_actor(), list_id, given["visa_reference"], given["visa_on"])
    except InvalidInput as refused:
        return _page(list_id, typed, refused.fields), 422
    except GuardRefused as refused:
        return _page(list_id, typed, {"": [refused.detail, refused.advice]}), 409
    confirm("Le visa est noté.", "Deux personnes responsables peuvent maintenant approuver la liste.")
    return _back(list_id)


@pages.post("/conservation/listes/<uuid:list_id>/approuver")
@requires(Permission.APPROVE_ELIMINATIONS)
def approve_elimination(list_id: UUID) -> ResponseReturnValue:
    """Approve it in one's own name."""
    try:
        operations.approve(present_actor(), list_id)
    except GuardRefused as refused:
        return _page(list_id, {}, {"": [refused.detail, refused.advice]}), 409
    confirm("Vous avez approuvé cette liste.", "Après deux approbations, l’administration l’exécute.")
    return _back(list_id)


@pages.post("/conservation/listes/<uuid:list_id>/ecarter")
@requires(Permission.APPROVE_ELIMINATIONS)
def set_list_aside(list_id: UUID) -> ResponseReturnValue:
    """Give the list up."""
    try:
        operations.set_aside(present_actor(), list_id)
    except GuardRefused as refused:
        return _page(list_id, {}, {"": [refused.detail, refused.advice]}), 409
    confirm("La liste est écartée.", "Ses demandes restent aux archives, et seront dans une prochaine liste.")
    return _back(list_id)


@pages.post("/conservation/listes/<uuid:list_id>/executer")
@requires(Permission.RUN_ELIMINATIONS)
def run_elimination(list_id: UUID) -> ResponseReturnValue:
    """Have it run at the scheduler's next turn."""
    operations.ask_to_run(present_actor(), list_id)
    confirm("La liste va être exécutée.", "L’ordonnanceur la prend à son prochain tour.")
    return redirect(url_for("pages.retention"), 303)


def _back(list_id: UUID) -> ResponseReturnValue:
    return redirect(url_for("pages.elimination_list", list_id=list_id), 303)


def _sheet(list_id: UUID) -> ListSheet:
    with reading() as session:
        row = session.scalar(queries.lists(present_actor()).where(EliminationList.id == list_id))
        if row is None:
            raise NotVisible
        lines = session.scalars(queries.lines(list_id)).all()
        return ListSheet(row, lines, operations.approvals(session, list_id))


def _page(list_id: UUID, typed: Mapping[str, Any], mistakes: Mistakes | None = None) -> str:
    wrong = mistakes or {}
    found = _sheet(list_id)
    fields = form_fields(Visa, typed, wrong, {})
    mine = any(one.given.account_id == present_actor().account_id for one in found.approvals)
    return render_template(
        "retention/list.html",
        sheet=found,
        head=HEAD,
        shown=SHOWN,
        mine=mine,
        changes=found.row.asked_at is None and found.row.set_aside_at is None,
        form={"fields": fields, "errors": [said for said in general_errors(wrong, fields) if said]},
    )
