"""« Courriers »: the model letters, their wording and its history, and the letters made from them."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service import clock
from service.database import reading
from service.errors import InvalidInput, NotVisible, StaleVersion
from service.operations import letter_models as operations
from service.operations.consultation import consult
from service.permissions import Permission
from service.queries import letter_models as queries
from service.queries.reference import UnitCard
from service.queries.reference import reference as reference_data
from service.queries.sheet import sheet
from service.routes.guard import present_actor, refilling, refills, requires
from service.routes.pages.blueprint import pages
from service.routes.pages.confirmation import confirm
from service.routes.pages.views import letter_sheet
from service.schemas.fields import seen_version
from service.schemas.letters import values_of, wording_of
from service.workflows import reference as references
from service.workflows.letter_models import KINDS, Letter, LetterKind, MergeField, fields_of, may_print

RECENT = 20
REFERENCE = "demande"
"""The one thing that an address of a letter says: the reference of a ticket, never a name."""

Errors = Mapping[str, Sequence[str]]


@pages.get("/courriers")
@requires(Permission.PRINT_LETTERS)
def letters() -> str:
    """Every model, and the letters that one's unit has made."""
    actor, now = present_actor(), clock.now()
    with reading() as session:
        known = {code: queries.current(session, kind) for code, kind in KINDS.items()}
        rows = session.execute(queries.printed(actor).limit(RECENT)).all()
    return render_template(
        "letters/list.html",
        models=[letter_sheet.model(kind, known[kind.code], actor, now) for kind in KINDS.values()],
        printed=letter_sheet.printed(rows, now),
    )


@pages.get("/courriers/<code>")
@requires(Permission.PRINT_LETTERS)
def letter_model(code: str) -> str:
    """One model: its form for who writes it, its text for the others, its history; `version` takes an old one up."""
    kind = operations.kind_of(code)
    with reading() as session:
        past = {
            row.version: (row.title, row.subject, row.body)
            for row, _ in session.execute(queries.versions(code))
        }
    wording = {0: kind.wording, **past}.get(request.args.get("version", -1, type=int))
    return _model_page(kind, typed=None if wording is None else letter_sheet.as_typed(wording))


@pages.post("/courriers/<code>")
@refills
@requires(Permission.EDIT_LETTERS)
def change_letter_model(code: str) -> ResponseReturnValue:
    """Give the model its next version; what was typed stays where it is refused."""
    kind, typed = operations.kind_of(code), request.form.to_dict()
    if refilling():
        return _model_page(kind, typed)
    try:
        changed = operations.change_model(present_actor(), code, wording_of(typed), seen=seen_version(typed))
    except InvalidInput as refused:
        return _model_page(kind, typed, refused.fields), 422
    except StaleVersion as refused:
        return _model_page(kind, typed, {"": [refused.detail, refused.advice]}), 409
    confirm(
        "Le nouveau texte est enregistré." if changed else "Rien n’a changé : c’est déjà le texte du modèle.",
        "Les prochains courriers le suivent ; l’ancien reste dans l’historique." if changed else "",
    )
    return redirect(url_for("pages.letter_model", code=code), 303)


@pages.get("/courriers/<code>/composer")
@requires(Permission.PRINT_LETTERS)
def compose_letter(code: str) -> str:
    """The fields of a letter, by hand, or begun from a ticket that the actor may read (logged, R-DP-4)."""
    kind = _printable(code)
    asked = request.args.get(REFERENCE, "").strip()
    typed = letter_sheet.begun(present_actor(), _unit(), clock.now())
    if asked:
        typed |= _of_ticket(asked)
    return _letter_page(kind, typed)


@pages.post("/courriers/<code>/composer")
@refills
@requires(Permission.PRINT_LETTERS)
def preview_letter(code: str) -> ResponseReturnValue:
    """The letter on the page, as it would be printed."""
    kind, typed = _printable(code), request.form.to_dict()
    if refilling():
        return _letter_page(kind, typed)
    _expect_ticket(typed)
    try:
        values, _ = values_of(_asked(kind), typed)
        letter = operations.prepare_letter(present_actor(), code, values, seen=seen_version(typed))
    except (InvalidInput, StaleVersion) as refused:
        return _refused(kind, typed, refused)
    return _letter_page(kind, typed, letter=letter)


@pages.post("/courriers/<code>/pdf")
@refills
@requires(Permission.PRINT_LETTERS)
def print_letter(code: str) -> ResponseReturnValue:
    """The letter as a PDF, logged; its file name says nothing about the person."""
    kind, typed = _printable(code), request.form.to_dict()
    if refilling():
        return _letter_page(kind, typed)
    try:
        values, day = values_of(_asked(kind), typed)
        made = operations.print_letter(
            present_actor(), code, values, day, seen=seen_version(typed), reference=_reference(typed)
        )
    except (InvalidInput, StaleVersion) as refused:
        return _refused(kind, typed, refused)
    answer = Response(made, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f"attachment; filename=courrier-{kind.code}.pdf"
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer


def _model_page(
    kind: LetterKind, typed: Mapping[str, Any] | None = None, errors: Errors | None = None
) -> str:
    actor, now = present_actor(), clock.now()
    with reading() as session:
        known = queries.current(session, kind)
        rows = session.execute(queries.versions(kind.code)).all()
    shown = letter_sheet.as_typed(known.wording) if typed is None else typed
    return render_template(
        "letters/model.html",
        model=letter_sheet.model(kind, known, actor, now),
        form=letter_sheet.wording_form(shown, errors or {}),
        merge_fields=letter_sheet.merge_fields(kind),
        versions=letter_sheet.versions(kind, rows, known.version, now),
        taken_up=typed is not None and not errors,
    )


def _letter_page(
    kind: LetterKind,
    typed: Mapping[str, Any],
    errors: Errors | None = None,
    letter: Letter | None = None,
) -> str:
    with reading() as session:
        known = queries.current(session, kind)
    return render_template(
        "letters/compose.html",
        model=letter_sheet.model(kind, known, present_actor(), clock.now()),
        form=letter_sheet.letter_form(fields_of(kind, known.wording), typed, errors or {}),
        reference=_reference(typed),
        letter=letter,
    )


def _refused(
    kind: LetterKind, typed: Mapping[str, Any], refused: InvalidInput | StaleVersion
) -> ResponseReturnValue:
    if isinstance(refused, InvalidInput):
        return _letter_page(kind, typed, refused.fields), 422
    return _letter_page(kind, typed, {"": [refused.detail, refused.advice]}), 409


def _printable(code: str) -> LetterKind:
    kind = operations.kind_of(code)
    if not may_print(present_actor(), kind):
        raise NotVisible
    return kind


def _asked(kind: LetterKind) -> Sequence[MergeField]:
    with reading() as session:
        wording = queries.current(session, kind).wording
    return fields_of(kind, wording)


def _unit() -> UnitCard:
    with reading() as session:
        return reference_data(session).units[present_actor().unit_id]


def _of_ticket(asked: str) -> dict[str, str]:
    canonical, actor = references.parse(asked), present_actor()
    if canonical is None:
        raise NotVisible
    ticket_id = consult(actor, canonical, "letter")
    operations.expect_letter_of(actor, ticket_id)
    with reading() as session:
        found = sheet(session, actor, ticket_id)
        known = reference_data(session)
    if found is None:
        raise NotVisible
    return letter_sheet.of_ticket(found, actor, known)


def _expect_ticket(typed: Mapping[str, Any]) -> None:
    if canonical := _reference(typed):
        operations.expect_letter_of(present_actor(), consult(present_actor(), canonical, "letter"))


def _reference(typed: Mapping[str, Any]) -> str | None:
    given = str(typed.get(REFERENCE, "")).strip()
    canonical = references.parse(given) if given else None
    if given and canonical is None:
        raise NotVisible
    return canonical
