"""« Droits des personnes »: what is held about somebody who asks, given to them, and corrected (R-DP-9)."""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service import clock, pdf
from service.database import reading
from service.errors import InvalidInput, NotVisible
from service.operations import rectification, subject_extract
from service.operations import subject_access as operations
from service.permissions import Permission
from service.queries import situations
from service.queries import subject_access as queries
from service.queries.reference import reference as reference_data
from service.routes.guard import present_actor, refilling, refills, requires
from service.routes.pages.blueprint import pages
from service.routes.pages.confirmation import confirm
from service.routes.pages.views import subject_sheet
from service.routes.pages.views.commune_choices import commune_names
from service.routes.pages.views.forms import form_fields, general_errors
from service.schemas.fields import Input, load
from service.schemas.subject_access import ExtractForm, RectificationForm, SubjectForm
from service.workflows import french
from service.workflows import reference as references

RECENT = 50
"""How many requests the page lists."""
TEMPLATE = "subject_access.typ"

Mistakes = Mapping[str, Sequence[str]]


@pages.get("/droits-des-personnes")
@requires(Permission.ANSWER_SUBJECTS)
def subject_requests() -> str:
    """The requests that one's unit answers, and the form of a new one."""
    return _requests({})


@pages.post("/droits-des-personnes")
@refills
@requires(Permission.ANSWER_SUBJECTS)
def note_subject_request() -> ResponseReturnValue:
    """Note that somebody asks, then show what was found; the identity never stands in an address."""
    typed = request.form.to_dict()
    if refilling():
        return _requests(typed)
    try:
        noted = operations.note_request(present_actor(), load(SubjectForm(unknown="exclude"), typed))
    except InvalidInput as refused:
        return _requests(typed, refused.fields), 422
    confirm("La demande est notée.", "Relisez ce qui a été trouvé avant de le remettre à la personne.")
    return redirect(url_for("pages.subject_request", asked_id=noted), 303)


@pages.get("/droits-des-personnes/<uuid:asked_id>")
@requires(Permission.ANSWER_SUBJECTS)
def subject_request(asked_id: UUID) -> str:
    """What was found for one request."""
    return _found(asked_id)


@pages.post("/droits-des-personnes/<uuid:asked_id>/extrait")
@requires(Permission.ANSWER_SUBJECTS)
def give_extract(asked_id: UUID) -> ResponseReturnValue:
    """The document for the person, on paper or as JSON."""
    typed = {**request.form.to_dict(), "chosen": request.form.getlist("chosen")}
    try:
        given = load(ExtractForm(unknown="exclude"), typed)
    except InvalidInput as refused:
        return _found(asked_id, typed, refused.fields), 422
    actor = present_actor()
    extract = subject_extract.extract(actor, asked_id, given.get("chosen", ()), given.get("also_hidden", ""))
    with reading() as session:
        communes = commune_names(situations.communes(session))
        told = subject_sheet.document(extract, actor, reference_data(session), communes)
    return _as_json(told) if given["form"] == "json" else _on_paper(told, extract)


@pages.post("/droits-des-personnes/<uuid:asked_id>/repondu")
@requires(Permission.ANSWER_SUBJECTS)
def answer_subject(asked_id: UUID) -> ResponseReturnValue:
    """The person has been answered."""
    operations.answer(present_actor(), asked_id)
    confirm("C’est noté : la personne a reçu sa réponse.")
    return redirect(url_for("pages.subject_requests"), 303)


@pages.get("/droits-des-personnes/<uuid:asked_id>/rectifier/<reference>")
@requires(Permission.ANSWER_SUBJECTS)
def rectification_form(asked_id: UUID, reference: str) -> str:
    """The form that corrects the identity on one ticket."""
    return _rectify(asked_id, reference, {})


@pages.post("/droits-des-personnes/<uuid:asked_id>/rectifier/<reference>")
@refills
@requires(Permission.ANSWER_SUBJECTS)
def rectify(asked_id: UUID, reference: str) -> ResponseReturnValue:
    """Correct it; what was written before stays, sealed."""
    typed = request.form.to_dict()
    if refilling():
        return _rectify(asked_id, reference, typed)
    try:
        given = load(RectificationForm(unknown="exclude"), typed)
        field = given["field"]
        rectification.rectify(
            present_actor(),
            asked_id,
            references.parse(reference) or "",
            field,
            given[field],
            given["reason"],
        )
    except InvalidInput as refused:
        return _rectify(asked_id, reference, typed, refused.fields), 422
    confirm(
        "L’identité est rectifiée.", "La demande le dit, et ce qui était écrit avant reste gardé, scellé."
    )
    return redirect(url_for("pages.subject_request", asked_id=asked_id), 303)


def _requests(typed: Mapping[str, Any], mistakes: Mistakes | None = None) -> str:
    actor, today = present_actor(), french.local_day(clock.now())
    with reading() as session:
        rows = session.scalars(queries.requests_of(actor).limit(RECENT)).all()
        shown = [subject_sheet.request_line(row, today) for row in rows]
    return render_template(
        "subject_access/requests.html", form=_form(SubjectForm, typed, mistakes), requests=shown
    )


def _found(asked_id: UUID, typed: Mapping[str, Any] | None = None, mistakes: Mistakes | None = None) -> str:
    asked, found = operations.find(present_actor(), asked_id)
    with reading() as session:
        known = reference_data(session)
    form = _form(ExtractForm, typed or {}, mistakes)
    lines = [subject_sheet.holding_line(one, known) for one in found]
    return render_template(
        "subject_access/found.html",
        asked=subject_sheet.request_line(asked, french.local_day(clock.now())),
        own=[line for line in lines if line["own"]],
        others=[line for line in lines if not line["own"]],
        chosen=(typed or {}).get("chosen", []),
        form={**form, "fields": [one for one in form["fields"] if one["name"] == "also_hidden"]},
    )


def _rectify(
    asked_id: UUID, reference: str, typed: Mapping[str, Any], mistakes: Mistakes | None = None
) -> str:
    asked, found = operations.find(present_actor(), asked_id)
    canonical = references.parse(reference)
    if not any(one.ticket.reference == canonical for one in found):
        raise NotVisible
    return render_template(
        "subject_access/rectify.html",
        form=_form(RectificationForm, typed, mistakes),
        asked_id=asked.id,
        reference=canonical,
    )


def _form(schema: type[Input], typed: Mapping[str, Any], mistakes: Mistakes | None) -> dict[str, Any]:
    shown = form_fields(schema, typed, mistakes or {}, {})
    return {"fields": shown, "errors": general_errors(mistakes or {}, shown)}


def _on_paper(told: Mapping[str, Any], extract: subject_extract.Extract) -> Response:
    made = pdf.render_drawable(TEMPLATE, told, french.local_day(extract.made_at))
    return _file(Response(made, mimetype="application/pdf"), "pdf")


def _as_json(told: Mapping[str, Any]) -> Response:
    return _file(
        Response(json.dumps(told, ensure_ascii=False, indent=2), mimetype="application/json"), "json"
    )


def _file(answer: Response, ending: str) -> Response:
    answer.headers["Content-Disposition"] = f"attachment; filename=droit-d-acces.{ending}"
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer
