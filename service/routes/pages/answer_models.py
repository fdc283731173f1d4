"""« Modèles de réponse »: kept on their own page, inserted into what one writes on a request and then edited."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service import clock
from service.database import reading
from service.errors import GuardRefused, InvalidInput, NotVisible, StaleVersion
from service.operations import answer_models as operations
from service.permissions import Actor, Permission, may
from service.queries import answer_models as queries
from service.queries import tickets
from service.routes.guard import present_actor, refilling, refills, requires
from service.routes.pages.blueprint import pages
from service.routes.pages.confirmation import confirm
from service.routes.pages.views import moments
from service.routes.pages.views.forms import form_fields, general_errors
from service.schemas.answer_models import NewForm, WordingForm, new_of, wording_of
from service.schemas.fields import seen_version
from service.workflows import french
from service.workflows.answer_models import FIELDS, filled, inserted

Errors = Mapping[str, Sequence[str]]
INSERT = "insert"
"""The button that inserts: its value names the field. What was typed comes back with the text, nothing is sent."""


@pages.get("/modeles-de-reponse")
@requires(Permission.USE_ANSWER_MODELS)
def answer_models() -> str:
    """One's own and the unit's."""
    actor = present_actor()
    with reading() as session:
        rows = session.scalars(queries.usable(actor)).all()
    return render_template(
        "answers/list.html",
        own=[row for row in rows if row.account_id is not None],
        units=[row for row in rows if row.account_id is None],
        keeps=may(actor, Permission.KEEP_ANSWER_MODELS),
    )


@pages.get("/modeles-de-reponse/nouveau")
@requires(Permission.USE_ANSWER_MODELS)
def new_answer_model() -> str:
    """An empty form."""
    return _new_page({}, {})


@pages.post("/modeles-de-reponse/nouveau")
@refills
@requires(Permission.USE_ANSWER_MODELS)
def write_answer_model() -> ResponseReturnValue:
    """Keep a new one; what was typed stays where it is refused."""
    actor, typed = present_actor(), request.form.to_dict()
    if refilling():
        return _new_page(typed, {})
    try:
        wording, for_unit = new_of(typed, keeps=may(actor, Permission.KEEP_ANSWER_MODELS))
        operations.write(actor, wording, for_unit=for_unit)
    except InvalidInput as refused:
        return _new_page(typed, refused.fields), 422
    except GuardRefused as refused:
        return _new_page(typed, {"": [f"{refused.detail} {refused.advice}"]}), 422
    confirm("Le modèle est enregistré.", "Il se propose maintenant sous chaque message et chaque réponse.")
    return redirect(url_for("pages.answer_models"), 303)


@pages.get("/modeles-de-reponse/<uuid:model_id>")
@requires(Permission.USE_ANSWER_MODELS)
def answer_model(model_id: UUID) -> str:
    """One model: its form for who changes it, its text for the others, its history."""
    return _page(model_id)


@pages.post("/modeles-de-reponse/<uuid:model_id>")
@refills
@requires(Permission.USE_ANSWER_MODELS)
def change_answer_model(model_id: UUID) -> ResponseReturnValue:
    """Give it its next wording; what was typed stays where it is refused."""
    typed = request.form.to_dict()
    if refilling():
        return _page(model_id, typed)
    try:
        changed = operations.change(present_actor(), model_id, wording_of(typed), seen=seen_version(typed))
    except InvalidInput as refused:
        return _page(model_id, typed, refused.fields), 422
    except StaleVersion as refused:
        return _page(model_id, typed, {"": [refused.detail, refused.advice]}), 409
    confirm(
        "Le nouveau texte est enregistré." if changed else "Rien n’a changé : c’est déjà le texte du modèle."
    )
    return redirect(url_for("pages.answer_models"), 303)


@pages.post("/modeles-de-reponse/<uuid:model_id>/retirer")
@requires(Permission.USE_ANSWER_MODELS)
def withdraw_answer_model(model_id: UUID) -> ResponseReturnValue:
    """Take it out of use."""
    version = operations.withdraw(present_actor(), model_id, seen=seen_version(request.form))
    undo: dict[str, object] = {}
    if version is not None:
        undo["undo_url"] = url_for("pages.bring_answer_model_back", model_id=model_id)
        undo |= {"undo_label": "Le remettre", "undo_fields": {"seen": str(version)}}
    confirm(
        "Le modèle est retiré.", "Il ne se propose plus ; ce qui a été écrit avec lui ne change pas.", **undo
    )
    return redirect(url_for("pages.answer_models"), 303)


@pages.post("/modeles-de-reponse/<uuid:model_id>/remettre")
@requires(Permission.USE_ANSWER_MODELS)
def bring_answer_model_back(model_id: UUID) -> ResponseReturnValue:
    """Put it back into use."""
    operations.bring_back(present_actor(), model_id, seen=seen_version(request.form))
    confirm("Le modèle se propose de nouveau.", "Son texte est celui d’avant.")
    return redirect(url_for("pages.answer_models"), 303)


@pages.get("/demandes/<reference>/modeles/<uuid:model_id>")
@requires(Permission.READ_TICKETS)
def answer_text(reference: str, model_id: UUID) -> dict[str, str]:
    """The text of a model for a request, for the script that inserts it at once."""
    return {"text": _text_for(present_actor(), reference, model_id)}


def offered(actor: Actor) -> list[tuple[str, list[tuple[str, str]]]]:
    """What can be inserted, in groups as a list of the form shows them; empty without a model."""
    with reading() as session:
        rows = session.scalars(queries.usable(actor)).all()
    groups = (("Les vôtres", True), ("Votre service", False))
    found = [
        (label, [(str(row.model_id), row.title) for row in rows if (row.account_id is not None) is own])
        for label, own in groups
    ]
    return [(label, choices) for label, choices in found if choices]


def with_model(actor: Actor, reference: str, typed: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed, the chosen model's text added to the field that the button names; without a choice as it was.

    So it is, with a word, when the model was withdrawn meanwhile: nothing that was typed is lost.
    """
    name, chosen = request.form.get(INSERT, ""), request.form.get("answer_model", "")
    if not chosen or name not in typed:
        return dict(typed)
    try:
        text = _text_for(actor, reference, _identifier(chosen))
    except NotVisible:
        flash("Ce modèle n’est plus proposé : choisissez-en un autre.", "warning")
        return dict(typed)
    return {**typed, name: inserted(str(typed[name] or ""), text)}


def _text_for(actor: Actor, reference: str, model_id: UUID) -> str:
    """The model's text with what it names of the request; refuses (NotVisible) either that the actor does not see."""
    with reading() as session:
        ticket = session.scalar(tickets.only(actor, reference))
        row = session.scalar(queries.one(actor, model_id))
    if ticket is None or row is None:
        raise NotVisible
    due = ticket.next_deadline_at
    return filled(row.body, ticket.reference, french.instant(due) if due else "")


def _identifier(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotVisible from None


def _new_page(typed: Mapping[str, Any], errors: Errors) -> str:
    keeps = may(present_actor(), Permission.KEEP_ANSWER_MODELS)
    return render_template(
        "answers/model.html",
        model=None,
        form=_form(NewForm if keeps else WordingForm, typed, errors),
        merge=FIELDS,
    )


def _page(model_id: UUID, typed: Mapping[str, Any] | None = None, errors: Errors | None = None) -> str:
    actor, now = present_actor(), clock.now()
    with reading() as session:
        row = session.scalar(queries.one(actor, model_id))
        past = session.execute(queries.versions(actor, model_id)).all()
    if row is None:
        raise NotVisible
    shown = {"title": row.title, "body": row.body} if typed is None else typed
    return render_template(
        "answers/model.html",
        model=row,
        may_change=operations.may_keep(actor, for_unit=row.account_id is None),
        form=_form(WordingForm, shown, errors or {}),
        merge=FIELDS,
        versions=[(one, who, moments.near(one.changed_at, now)) for one, who in past],
    )


def _form(schema: type[WordingForm], typed: Mapping[str, Any], errors: Errors) -> dict[str, Any]:
    fields = form_fields(schema, typed, errors, {})
    for field in fields:
        field["rows"] = 10
    return {"fields": fields, "errors": general_errors(errors, fields)}
