"""« Actions de sensibilisation » and CDAP workshops: listed by year, noted, corrected, exported (R-GO-4)."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service import clock, spreadsheet
from service.database import reading
from service.errors import InvalidInput, NotVisible
from service.models import AwarenessAction
from service.operations import awareness as operations
from service.permissions import Permission, may
from service.queries import awareness as queries
from service.queries.reference import reference
from service.routes.guard import present_actor, refilling, refills, requires
from service.routes.pages.actions import typed_in
from service.routes.pages.blueprint import pages
from service.routes.pages.confirmation import confirm
from service.routes.pages.views import awareness_sheet, years
from service.schemas.convention_life import ActionForm
from service.schemas.fields import load
from service.workflows import french

Errors = Mapping[str, Sequence[str]]


@pages.get("/convention/actions")
@requires(Permission.READ_CONVENTION_LIFE)
def awareness_actions() -> str:
    """The actions of a year, and how many of each kind."""
    today = french.local_day(clock.now())
    year = years.asked(today)
    with reading() as session:
        known = reference(session)
        rows = session.execute(queries.of_year(year)).all()
        listed = queries.years(session)
    actions = [action for action, _ in rows]
    return render_template(
        "convention/actions.html",
        year=year,
        years=years.filters("pages.awareness_actions", listed, year, today),
        sentence=awareness_sheet.sentence(actions, year),
        totals=awareness_sheet.totals(actions),
        actions=[awareness_sheet.shown(action, author, known) for action, author in rows],
        may_keep=may(present_actor(), Permission.KEEP_CONVENTION_LIFE),
    )


@pages.get("/convention/actions.csv")
@requires(Permission.READ_CONVENTION_LIFE)
def awareness_csv() -> Response:
    """The actions of a year as a spreadsheet; there is nobody's name in it."""
    year = years.asked(french.local_day(clock.now()))
    with reading() as session:
        known = reference(session)
        rows = [(action, author) for action, author in session.execute(queries.of_year(year))]
    body = "".join(spreadsheet.lines(awareness_sheet.EXPORT_HEAD, awareness_sheet.export(rows, known)))
    answer = Response(body, mimetype="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="actions-{year}.csv"'
    return answer


@pages.get("/convention/actions/nouvelle")
@requires(Permission.KEEP_CONVENTION_LIFE)
def new_action() -> str:
    """The form of an action that was held."""
    return _form({})


@pages.post("/convention/actions/nouvelle")
@refills
@requires(Permission.KEEP_CONVENTION_LIFE)
def record_action() -> ResponseReturnValue:
    """Note it; what was typed stays where it is refused."""
    typed = typed_in(ActionForm)
    if refilling():
        return _form(typed)
    try:
        given = load(ActionForm(), typed, unknown="exclude")
        operations.record(present_actor(), given)
    except InvalidInput as refused:
        return _form(typed, refused.fields), 422
    confirm("L’action est notée.", "Elle compte dans le bilan de l’année où elle s’est tenue.")
    return _to_year(given)


@pages.get("/convention/actions/<uuid:action_id>")
@requires(Permission.KEEP_CONVENTION_LIFE)
def awareness_action(action_id: UUID) -> str:
    """The form of an action, to correct it."""
    return _form(awareness_sheet.as_typed(_action(action_id)), action_id=action_id)


@pages.post("/convention/actions/<uuid:action_id>")
@refills
@requires(Permission.KEEP_CONVENTION_LIFE)
def correct_action(action_id: UUID) -> ResponseReturnValue:
    """Correct it."""
    typed = typed_in(ActionForm)
    if refilling():
        return _form(typed, action_id=action_id)
    try:
        given = load(ActionForm(), typed, unknown="exclude")
        operations.correct(present_actor(), action_id, given)
    except InvalidInput as refused:
        return _form(typed, refused.fields, action_id), 422
    confirm("L’action est corrigée.")
    return _to_year(given)


@pages.post("/convention/actions/<uuid:action_id>/retirer")
@requires(Permission.KEEP_CONVENTION_LIFE)
def take_back_action(action_id: UUID) -> ResponseReturnValue:
    """Take it out of list and figures; the next page offers to put it back."""
    operations.take_back(present_actor(), action_id)
    confirm(
        "L’action est retirée.",
        "Elle ne compte plus.",
        undo_url=url_for("pages.put_back_action", action_id=action_id),
        undo_label="La remettre",
    )
    return redirect(url_for("pages.awareness_actions"), 303)


@pages.post("/convention/actions/<uuid:action_id>/remettre")
@requires(Permission.KEEP_CONVENTION_LIFE)
def put_back_action(action_id: UUID) -> ResponseReturnValue:
    """Undo that."""
    operations.take_back(present_actor(), action_id, back=True)
    confirm("L’action est de nouveau comptée.")
    return redirect(url_for("pages.awareness_actions"), 303)


def _form(typed: Mapping[str, Any], mistakes: Errors | None = None, action_id: UUID | None = None) -> str:
    if action_id is not None:
        _action(action_id)
    with reading() as session:
        known = reference(session)
    return render_template(
        "convention/action_form.html",
        form=awareness_sheet.form(present_actor(), known, typed, mistakes or {}),
        action_id=action_id,
        send_to=request.path,
    )


def _action(action_id: UUID) -> AwarenessAction:
    with reading() as session:
        action = session.scalar(queries.one(action_id))
    if action is None:
        raise NotVisible
    return action


def _to_year(given: Mapping[str, Any]) -> ResponseReturnValue:
    return redirect(url_for("pages.awareness_actions", annee=given["held_on"].year), 303)
