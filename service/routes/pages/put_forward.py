"""« Mettre en avant pour la réunion technique »: a request, and a question without a name (R-GO-1)."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.errors import GuardRefused, InvalidInput, NotVisible
from service.operations import put_forward as operations
from service.operations.consultation import consult
from service.permissions import OUT_OF_LISTS, Permission
from service.routes.guard import present_actor, refilling, refills, requires
from service.routes.pages.blueprint import pages
from service.routes.pages.confirmation import confirm
from service.routes.pages.views.forms import form_fields, general_errors
from service.schemas.fields import load
from service.schemas.meetings import Question
from service.workflows.registry import WORKFLOWS, kind_of

Mistakes = Mapping[str, Sequence[str]]


@pages.get("/demandes/<reference>/reunion")
@requires(Permission.READ_TICKETS)
def put_forward_form(reference: str) -> str:
    """The question to ask."""
    return _page(reference, {})


@pages.post("/demandes/<reference>/reunion")
@refills
@requires(Permission.READ_TICKETS)
def put_forward(reference: str) -> ResponseReturnValue:
    """Put it forward; what was typed stays where it is refused."""
    typed = request.form.to_dict()
    if refilling():
        return _page(reference, typed)
    try:
        _expect_shown(reference)
        given = load(Question(unknown="exclude"), typed)
        put_id = operations.put_forward(present_actor(), reference, given["question"])
    except InvalidInput as refused:
        return _page(reference, typed, refused.fields), 422
    except GuardRefused as refused:
        return _page(reference, typed, {"": [refused.detail]}), 409
    confirm(
        "La demande est mise en avant.",
        "Elle est à l’ordre du jour de la prochaine réunion technique, avec votre question et sans nom.",
        undo_url=url_for("pages.withdraw_from_meeting", reference=reference),
        undo_label="Ne plus la mettre en avant",
        undo_fields={"put_id": str(put_id)},
    )
    return redirect(url_for("pages.ticket", reference=reference), 303)


@pages.post("/demandes/<reference>/reunion/retirer")
@requires(Permission.READ_TICKETS)
def withdraw_from_meeting(reference: str) -> ResponseReturnValue:
    """Take the question back."""
    _expect_shown(reference)
    try:
        put_id = UUID(request.form.get("put_id", ""))
    except ValueError:
        raise NotVisible from None
    operations.withdraw(present_actor(), reference, put_id)
    confirm("La question est retirée.", "La demande n’est plus mise en avant par votre institution.")
    return redirect(url_for("pages.ticket", reference=reference), 303)


def _page(reference: str, typed: Mapping[str, Any], mistakes: Mistakes | None = None) -> str:
    _expect_shown(reference)
    wrong = mistakes or {}
    fields = form_fields(Question, typed, wrong, {})
    return render_template(
        "meetings/put_forward.html",
        reference=reference,
        kind=WORKFLOWS[kind_of(reference) or ""].label,
        form={"fields": fields, "errors": general_errors(wrong, fields)},
    )


def _expect_shown(reference: str) -> None:
    """The request is read here (R-DP-4); refuses what is absent, not the actor's to read, or never put forward."""
    consult(present_actor(), reference, "put_forward")
    if kind_of(reference) in OUT_OF_LISTS:
        raise NotVisible
