"""« Mes listes »: the list of requests as it is narrowed now, under a name; renamed and removed by who keeps it."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.database import reading
from service.errors import InvalidInput, NotVisible
from service.operations import saved_lists as operations
from service.permissions import Permission
from service.queries.reference import reference
from service.routes.guard import present_actor, refilling, refills, requires
from service.routes.pages.blueprint import pages
from service.routes.pages.confirmation import confirm
from service.routes.pages.views import queue_address, saved_list_sheet
from service.routes.pages.views.forms import form_fields, general_errors
from service.routes.pages.views.queue_address import Address
from service.routes.pages.views.saved_list_sheet import Mistakes
from service.schemas.fields import load
from service.schemas.saved_lists import NameList


@pages.get("/demandes/listes")
@requires(Permission.READ_TICKETS)
def saved_lists() -> str:
    """The lists that one keeps, and those that one's unit shares."""
    with reading() as session:
        groups = saved_list_sheet.groups(present_actor(), reference(session))
    return render_template("saved_lists/lists.html", groups=groups)


@pages.post("/demandes/listes")
@refills
@requires(Permission.READ_TICKETS)
def save_list() -> ResponseReturnValue:
    """Keep the list that is shown; what was typed stays where it is refused."""
    actor, typed, address = present_actor(), request.form.to_dict(), _here()
    if refilling():
        return _save_form(address, typed)
    try:
        given = load(saved_list_sheet.form_of(actor)(unknown="exclude"), typed)
        operations.save(actor, given["name"], address.query(), for_unit=given.get("for_unit", False))
    except InvalidInput as refused:
        return _save_form(address, typed, refused.fields), 422
    confirm(
        f"La liste « {given['name']} » est enregistrée.",
        "Vous la retrouvez au-dessus des filtres.",
        link_url=url_for("pages.saved_lists"),
        link_label="Toutes mes listes",
    )
    return redirect(f"{url_for('pages.tickets')}?{address.query()}", 303)


@pages.get("/demandes/listes/<uuid:saved_id>")
@requires(Permission.READ_TICKETS)
def saved_list(saved_id: UUID) -> str:
    """One list, to be renamed or removed by who keeps it."""
    return _sheet(saved_id)


@pages.post("/demandes/listes/<uuid:saved_id>")
@refills
@requires(Permission.READ_TICKETS)
def rename_list(saved_id: UUID) -> ResponseReturnValue:
    """Another name."""
    typed = request.form.to_dict()
    if refilling():
        return _sheet(saved_id, typed)
    try:
        given = load(NameList(unknown="exclude"), typed)
        operations.rename(present_actor(), saved_id, given["name"])
    except InvalidInput as refused:
        return _sheet(saved_id, typed, refused.fields), 422
    confirm(f"La liste s’appelle maintenant « {given['name']} ».")
    return redirect(url_for("pages.saved_lists"), 303)


@pages.post("/demandes/listes/<uuid:saved_id>/supprimer")
@requires(Permission.READ_TICKETS)
def remove_list(saved_id: UUID) -> ResponseReturnValue:
    """Keep it no longer; the requests stay as they are."""
    gone = operations.remove(present_actor(), saved_id)
    again = {"name": gone.name, "here": gone.address, **({"for_unit": "true"} if gone.unit_code else {})}
    confirm(
        f"La liste « {gone.name} » est supprimée.",
        "Les demandes, elles, n’ont pas changé.",
        undo_url=url_for("pages.save_list"),
        undo_label="La remettre",
        undo_fields=again,
    )
    return redirect(url_for("pages.saved_lists"), 303)


def _here() -> Address:
    """The list that was shown, by its known parameters only."""
    with reading() as session:
        known = reference(session)
    return queue_address.read(dict(parse_qsl(request.form.get("here", ""))), present_actor(), known)


def _save_form(address: Address, typed: Mapping[str, Any], mistakes: Mistakes | None = None) -> str:
    actor = present_actor()
    fields = saved_list_sheet.save_fields(actor, typed, mistakes or {})
    with reading() as session:
        words = saved_list_sheet.words_of(address, actor, reference(session))
    return render_template(
        "saved_lists/save.html",
        form={"fields": fields, "errors": general_errors(mistakes or {}, fields)},
        here=address.query(),
        words=words,
    )


def _sheet(saved_id: UUID, typed: Mapping[str, Any] | None = None, mistakes: Mistakes | None = None) -> str:
    actor = present_actor()
    with reading() as session:
        known = reference(session)
    kept = saved_list_sheet.tended(saved_id, actor, known)
    if kept is None:
        raise NotVisible
    fields = form_fields(NameList, typed or {"name": kept.name}, mistakes or {}, {})
    return render_template(
        "saved_lists/list.html",
        kept=saved_list_sheet.shown(kept, actor, known),
        shared=kept.unit_code is not None,
        form={"fields": fields, "errors": general_errors(mistakes or {}, fields)},
    )
