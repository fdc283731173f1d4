"""« Listes avec des noms »: asked by a head, accepted by another, taken for a day, marked with who, when and why."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service import clock, spreadsheet
from service.database import reading
from service.errors import InvalidInput
from service.models import NamedList
from service.operations import named_lists as operation
from service.permissions import Actor, Permission
from service.queries import situations
from service.queries.reference import reference
from service.routes.guard import expect_own_page, present_actor, refilling, refills, requires
from service.routes.pages.blueprint import pages
from service.routes.pages.confirmation import confirm
from service.routes.pages.tickets import whole_list
from service.routes.pages.views import moments, queue_address
from service.routes.pages.views.forms import form_fields, general_errors
from service.routes.pages.views.queue import export_head, export_row
from service.schemas.access import AskList
from service.schemas.fields import load
from service.workflows import french

Mistakes = Mapping[str, Sequence[str]]
MOST_ROWS = 2000


@pages.get("/listes-nominatives")
@requires(Permission.EXPORT_NAMES)
def named_lists() -> str:
    """One's own requests, those of others to decide, and the form."""
    return _page({})


@pages.post("/listes-nominatives")
@refills
@requires(Permission.EXPORT_NAMES)
def ask_list() -> ResponseReturnValue:
    """Ask; what was typed stays where it is refused."""
    typed, actor = request.form.to_dict(), present_actor()
    if refilling():
        return _page(typed)
    try:
        given = load(AskList(unknown="exclude"), typed)
        if given["view"] not in queue_address.views_of(actor):
            raise InvalidInput({"view": ["Choisissez dans la liste."]})
        operation.ask(actor, given["view"], given["reason"])
    except InvalidInput as refused:
        return _page(typed, refused.fields), 422
    confirm(
        "Votre demande est enregistrée.", "Un autre responsable de votre institution l’accepte ou la refuse."
    )
    return redirect(url_for("pages.named_lists"), 303)


@pages.post("/listes-nominatives/<uuid:list_id>/<any(accepter, refuser):answer>")
@requires(Permission.EXPORT_NAMES)
def decide_list(list_id: UUID, answer: str) -> ResponseReturnValue:
    """Accept or refuse what another head asks for."""
    operation.decide(present_actor(), list_id, accepted=answer == "accepter")
    confirm("Votre décision est gardée.", "Qui a demandé la liste la voit sur cette page.")
    return redirect(url_for("pages.named_lists"), 303)


@pages.get("/listes-nominatives/<uuid:list_id>/fichier.csv")
@requires(Permission.EXPORT_NAMES)
def take_list(list_id: UUID) -> Response:
    """The file: the mark first, then the rows that its asker reads in lists; no telephone, no note."""
    actor = present_actor()
    expect_own_page()
    wanted = operation.take(actor, list_id)
    text = "".join(spreadsheet.lines([_mark(actor, wanted)], _rows(actor, wanted.view)))
    answer = Response(text, mimetype="text/csv; charset=utf-8")
    day = french.local_day(clock.now()).isoformat()
    answer.headers["Content-Disposition"] = f'attachment; filename="liste-nominative-{day}.csv"'
    return answer


def _mark(actor: Actor, wanted: NamedList) -> str:
    with reading() as session:
        other = operation.who(session, wanted.decided_by)
    taken = moments.whole(clock.now())
    return (
        f"Liste nominative, à ne pas diffuser. Prise par {actor.name} le {taken}, prise n° {wanted.downloads} ; "
        f"acceptée par {other}. Motif : {wanted.reason}"
    )


def _rows(actor: Actor, view: str) -> Iterator[list[str]]:
    with reading() as session:
        known = reference(session)
        address = queue_address.read({"vue": view}, actor, known)
        listed = session.scalars(whole_list(actor, address).limit(MOST_ROWS)).all()
        people, details = situations.people_of(session, listed), situations.details_of(session, listed)
        yield ["Nom", "Prénom", "Matricule", *export_head()]
        for ticket in listed:
            person = people.get(ticket.id)
            named = [person.last_name, person.first_name, person.matricule] if person else [None] * 3
            yield [*(word or "" for word in named), *export_row(ticket, details.get(ticket.id), known, "")]


def _page(typed: Mapping[str, Any], mistakes: Mistakes | None = None) -> str:
    actor, wrong = present_actor(), mistakes or {}
    views = [(view, queue_address.view_for(actor, view).label) for view in queue_address.views_of(actor)]
    fields = form_fields(AskList, typed, wrong, {"views": views})
    labels = {code: view.label for code, view in queue_address.VIEWS.items()}
    with reading() as session:
        waiting = [
            {**_shown(one, labels), "by": operation.who(session, one.account_id)}
            for one in session.scalars(operation.to_decide(actor))
        ]
        own = [_shown(one, labels) for one in session.scalars(operation.own(actor))]
    return render_template(
        "access/named_lists.html",
        form={"fields": fields, "errors": general_errors(wrong, fields)},
        waiting=waiting,
        own=own,
    )


def _shown(one: NamedList, labels: Mapping[str, str]) -> dict[str, Any]:
    decided = "acceptée" if one.accepted else "refusée"
    return {
        "id": one.id,
        "label": labels.get(one.view, one.view),
        "reason": one.reason,
        "at": moments.whole(one.asked_at),
        "state": decided if one.decided_at else "attend un autre responsable",
        "open": operation.is_open(one),
    }
