"""« Noter un appel » and the calls noted on the direct line (R-UD-3, R-IND-I-10)."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from service import clock
from service.database import reading
from service.errors import InvalidInput, KeyReused, NotVisible
from service.operations.calls import record_call
from service.permissions import Permission, may
from service.queries import calls as queries
from service.queries import tickets
from service.queries.keyset import Place
from service.queries.reference import reference
from service.routes.guard import present_actor, refilling, refills, requires
from service.routes.pages import form_keys, turning
from service.routes.pages.blueprint import pages
from service.routes.pages.taking_away import Batch, in_batches, take_away
from service.routes.pages.views import call_sheet, narrowing
from service.schemas.call_form import from_form

PAGE = 50
ORDERS = {"quand": queries.BY_START}


@pages.get("/appels/nouveau")
@requires(Permission.RECORD_CALL)
def call() -> str:
    """The form, begun a few minutes ago."""
    return _form(call_sheet.empty(clock.now()))


@pages.post("/appels/nouveau")
@refills
@requires(Permission.RECORD_CALL)
def note_call() -> ResponseReturnValue:
    """Note the call, once per form."""
    actor, typed = present_actor(), request.form.to_dict()
    if refilling():
        return _form(typed)
    try:
        made, _ = record_call(
            actor, from_form(typed, call_sheet.own_cdas(actor)), form_keys.given_back(typed)
        )
    except InvalidInput as refused:
        return _form(typed, refused.fields), 422
    except KeyReused:
        sentence = (
            "Ce formulaire a déjà servi à noter un appel, avec d’autres réponses. "
            "S’il s’agit d’un autre appel, enregistrez de nouveau ; sinon il n’y a rien à faire."
        )
        return _form({**typed, "form_key": ""}, {"": [sentence]}), 422
    return redirect(url_for("pages.noted_call", call_id=made), 303)


@pages.get("/appels/<uuid:call_id>")
@requires(Permission.RECORD_CALL)
def noted_call(call_id: UUID) -> str:
    """What was noted, and what follows."""
    actor, now = present_actor(), clock.now()
    with reading() as session:
        row = queries.one(session, actor, call_id)
        if row is None:
            raise NotVisible
        known = reference(session)
        ticket = session.scalar(tickets.only(actor, row.ticket)) if row.ticket else None
    return render_template(
        "calls/noted.html",
        call=call_sheet.shown(row, known, now),
        follows=call_sheet.follows(ticket, known, now),
        may_report=may(actor, Permission.OPEN_URGENT_RIGHTS),
    )


@pages.get("/appels")
@requires(Permission.RECORD_CALL)
def calls() -> str:
    """The calls one may read, newest first."""
    actor, now, turn = present_actor(), clock.now(), turning.read(request.args, ORDERS)
    with reading() as session:
        known = reference(session)
        filters = call_sheet.filters(actor, known)
        narrowed = narrowing.asked(request.args, filters)
        wanted = call_sheet.wanted(narrowed)
        query = queries.calls(actor, turn.place, filters=wanted, order=turn.order)
        found = queries.page(session, query, PAGE, turn.place)
        total = queries.count(session, actor, wanted)
    return render_template(
        "calls/list.html",
        calls=[call_sheet.shown(row, known, now) for row in found.rows],
        several_units=call_sheet.own_cdas(actor) is None,
        may_report=may(actor, Permission.OPEN_URGENT_RIGHTS),
        filters=narrowing.fields(filters, narrowed),
        listed=turning.Listed("pages.calls", turn, found, total, narrowed),
    )


@pages.get("/appels.csv")
@requires(Permission.RECORD_CALL)
def calls_csv() -> Response:
    """The same list, whole, without names or matricule."""
    actor, turn = present_actor(), turning.read(request.args, ORDERS)
    with reading() as session:
        known = reference(session)
    wanted = call_sheet.wanted(narrowing.asked(request.args, call_sheet.filters(actor, known)))

    def batch(session: Session, place: Place | None, limit: int) -> Batch:
        query = queries.calls(actor, place, filters=wanted, order=turn.order)
        page = queries.page(session, query, limit, place)
        return [call_sheet.export_row(row, known) for row in page.rows], page.next

    return take_away("appels", call_sheet.EXPORT_HEAD, in_batches(batch))


def _form(typed: Mapping[str, Any], errors: Mapping[str, Sequence[str]] | None = None) -> str:
    with reading() as session:
        known = reference(session)
    return render_template(
        "calls/form.html",
        form=call_sheet.form(present_actor(), typed, errors or {}, known),
        form_key=form_keys.given_back(typed),
    )
