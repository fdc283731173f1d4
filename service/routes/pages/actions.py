"""What can be done on a ticket: each act on a page of its own, made from its schema; messages, notes, files."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.database import reading
from service.errors import (
    FileRefused,
    GuardRefused,
    InvalidInput,
    KeyReused,
    NotVisible,
    Refusal,
    StaleVersion,
    WrongState,
)
from service.operations import acts, conversation
from service.operations.joining import act as act_with_file
from service.operations.joining import write as send
from service.permissions import Actor, Institution, Permission
from service.queries import tickets
from service.queries.reference import reference as known
from service.routes import errors
from service.routes.guard import present_actor, refilling, refills, requires
from service.routes.pages import form_keys, joining
from service.routes.pages.answer_models import INSERT, offered, with_model
from service.routes.pages.begun import begun_with
from service.routes.pages.blueprint import pages
from service.routes.pages.choices import choices_for, triages
from service.routes.pages.confirmation import UNDO_WORDS, confirm
from service.routes.pages.joining import WITH_ACT, WITH_MESSAGE, file_fields
from service.routes.pages.ticket import read, show
from service.routes.pages.ticket_forms import TicketForms
from service.routes.pages.views.forms import as_typed, form_fields, general_errors, with_unanswered, words_of
from service.routes.pages.views.ticket_page import TicketPage
from service.routes.pages.views.turn import is_set_back, label_of
from service.routes.pages.what_follows import accompaniment_of, what_follows
from service.schemas.conversation_out import TextBody
from service.schemas.fields import Choices, Input, load
from service.schemas.kinds import ACTS
from service.workflows import french
from service.workflows.circuits import without_opinion
from service.workflows.machine import UNDO, Transition
from service.workflows.registry import WORKFLOWS, kind_of

Mistakes = Mapping[str, Sequence[str]]


@pages.get("/demandes/<reference>/actions/<name>")
@requires(Permission.READ_TICKETS)
def act_form(reference: str, name: str) -> str:
    """The form of an act that is possible now; else why it is not."""
    row = _row(reference, name)
    acts.expect_possible(present_actor(), reference, name)
    asked = set(_forms(reference)[name]().fields)
    begun = {name: value for name, value in request.args.items() if name in asked and name.endswith("_on")}
    return _form(read(reference), row, begun)


@pages.post("/demandes/<reference>/actions/<name>")
@refills
@requires(Permission.READ_TICKETS)
def act(reference: str, name: str) -> ResponseReturnValue:
    """Do the act on the version that was shown; refuses in the order 404, 403, 409, guard, 422."""
    actor, row = present_actor(), _row(reference, name)
    typed = typed_in(_forms(reference)[name])
    if refilling():
        return _form(read(reference), row, typed)
    if INSERT in request.form:
        return _form(read(reference), row, with_model(actor, reference, typed))
    try:
        return _done(actor, reference, row, typed)
    except (StaleVersion, WrongState) as conflict:
        return _changed(reference, row, typed, conflict)


@pages.post("/demandes/<reference>/messages")
@refills
@requires(Permission.READ_TICKETS)
def write_message(reference: str) -> ResponseReturnValue:
    """Write where both sides read, join a file that both may open, or both at once."""
    actor, typed = present_actor(), request.form.to_dict()
    if refilling():
        return show(page := read(reference), TicketForms(page, typed))
    if INSERT in request.form:
        return show(page := read(reference), TicketForms(page, with_model(actor, reference, typed)))
    try:
        body = load(TextBody(), {"body": typed.get("message", "")}, partial=True).get("body")
        file = joining.taken(WITH_MESSAGE)
        if not body and file is None:
            raise InvalidInput({"body": ["Écrivez un message, ou choisissez un fichier."]})
        send(actor, reference, body, file, form_keys.given_back(request.form))
    except InvalidInput as invalid:
        return _refused_words(reference, "message", typed, invalid)
    except GuardRefused as refused:
        return _written_too_late(reference, typed.get("message", ""), refused)
    waits = _question_waits(actor, reference)
    if file is None:
        confirm("Message envoyé.", f"Le service concerné est prévenu.{waits}")
    else:
        said = "Message envoyé, fichier joint." if body else "Fichier joint."
        confirm(said, f"Les deux institutions peuvent ouvrir le fichier ; chaque ouverture est notée.{waits}")
    return _back(reference)


@pages.post("/demandes/<reference>/notes")
@refills
@requires(Permission.READ_TICKETS)
def write_note(reference: str) -> ResponseReturnValue:
    """Write what one's own institution alone reads (R-DP-3); no file, which both institutions would open."""
    typed = {"note": request.form.get("note", "")}
    if refilling():
        return show(page := read(reference), TicketForms(page, typed))
    try:
        body = load(TextBody(), {"body": typed["note"]})["body"]
        _note_once(present_actor(), reference, body)
    except InvalidInput as invalid:
        return _refused_words(reference, "note", typed, invalid)
    confirm("Note enregistrée.", "Elle n’est lue que par votre institution.")
    return _back(reference)


def typed_in(schema: type[Input]) -> dict[str, Any]:
    """What the present form holds; a list for the fields of which several boxes may be ticked."""
    typed: dict[str, Any] = request.form.to_dict()
    for name, field in schema().fields.items():
        if isinstance(field, Choices):
            typed[name] = request.form.getlist(name)
    return typed


def _forms(reference: str) -> Mapping[str, type[Input]]:
    """The forms of the acts of the reference's kind; none for what can not be a reference."""
    return ACTS.get(kind_of(reference) or "", {})


def _row(reference: str, name: str) -> Transition:
    if name not in _forms(reference):
        raise NotVisible
    return WORKFLOWS[kind_of(reference) or ""].transition(name)


def _done(actor: Actor, reference: str, row: Transition, typed: Mapping[str, Any]) -> ResponseReturnValue:
    takes_file = joining.goes_with(kind_of(reference) or "", row.name)
    try:
        given = load(_forms(reference)[row.name](unknown="exclude"), typed)
        file = joining.taken(WITH_ACT) if takes_file else None
        if file is None:
            made = acts.perform(actor, reference, row.name, given, version=_version())
        else:
            made = act_with_file(actor, reference, row.name, given, file, _version())
    except (InvalidInput, GuardRefused) as refused:
        acts.expect_possible(actor, reference, row.name)
        if row.name == UNDO:
            flash(" ".join(_sentences(refused)), "error")
            return _back(reference)
        beside = joining.mistakes_beside(WITH_ACT) if takes_file else {}
        return _form(read(reference), row, typed, {**_mistakes(refused), **beside}, rule=refused.rule), 422
    return _confirmed(actor, reference, row, made)


def _confirmed(actor: Actor, reference: str, row: Transition, made: int) -> ResponseReturnValue:
    """Whoever no longer sees the request, such as one handed to a colleague, comes back to the list.

    `made`: the version that the act made, which is what may be undone.
    """
    with reading() as session:
        ticket = session.scalar(tickets.only(actor, reference))
        triages_here = ticket is not None and triages(ticket, actor, known(session))
        to_caf = ticket is not None and known(session).to_caf(ticket.asking_unit_id)
        entry = accompaniment_of(session, actor, ticket) if ticket is not None else None
    more: dict[str, Any] = {}
    if entry is not None:
        more["link_url"] = url_for("pages.accompaniment", identifier=entry)
        more["link_label"] = "Voir l’accompagnement au registre"
    follows, seen = what_follows(actor, reference, row), ticket is not None
    if row.may_be_undone(to_caf=to_caf) and seen:
        more["undo_url"] = url_for("pages.act", reference=reference, name=UNDO)
        more["undo_label"] = f"Défaire « {label_of(row, triages=triages_here)} »"
        more["undo_fields"], follows = {"version": str(made)}, f"{follows} {UNDO_WORDS}"
    confirm(f"{row.done or row.history} : {reference}.", follows, **more)
    return _back(reference) if seen else redirect(url_for("pages.tickets"), 303)


def _form(
    page: TicketPage,
    row: Transition,
    typed: Mapping[str, Any],
    mistakes: Mistakes | None = None,
    *,
    rule: str = "",
) -> str:
    mistakes = mistakes or {}
    ticket = page.kept.sheet.ticket
    with reading() as session:
        choices = choices_for(session, row.name, ticket, page.actor, page.known)
    fields = form_fields(
        ACTS[ticket.kind][row.name],
        {**begun_with(page, row.name, choices), **typed},
        mistakes,
        choices,
        state=ticket.state,
        direction=page.direction,
    )
    if row.name == "record_opinion":
        fields = _opinion_asked(fields, page)
    if mistakes:
        fields = with_unanswered(fields)
    if row.name == "complete":
        fields = [_known_already(field, page) for field in fields]
    if row.name == "redirect" and ticket.kind == "social_emergency":
        fields = [_elsewhere(field, page) for field in fields]
    written = words_of(fields)
    takes_file = page.may_write and written and joining.goes_with(ticket.kind, row.name)
    file = file_fields(WITH_ACT, typed, mistakes) if takes_file else []
    return render_template(
        "ticket/act.html",
        rule=", ".join(filter(None, (rule, row.rule))),
        written=written,
        models=offered(page.actor) if written and not page.coded_only else [],
        page=page,
        row=row,
        label=label_of(row, triages=triages(ticket, page.actor, page.known)),
        form={"fields": fields, "file": file, "errors": general_errors(mistakes, [*fields, *file])},
        # The version that was seen first: a correction must not hide what changed meanwhile.
        version=_version() if request.method == "POST" else page.version,
        grave=is_set_back(row),
    )


def _mistakes(refused: InvalidInput | GuardRefused) -> Mistakes:
    if isinstance(refused, FileRefused):
        return joining.mistakes_of(refused, WITH_ACT)
    return refused.fields if isinstance(refused, InvalidInput) else {"": _sentences(refused)}


def _opinion_asked(fields: Sequence[dict[str, Any]], page: TicketPage) -> list[dict[str, Any]]:
    """An opinion is expected (R-CI-4), and not asked at all in child protection and of an RSA follow-up (R-CI-2)."""
    own = page.kept.sheet.own
    if own is not None and without_opinion(own.facts()):
        return [field for field in fields if field["name"] not in ("opinion", "opinion_reason")]
    return [{**field, "required": True} if field["name"] == "opinion" else field for field in fields]


def _known_already(field: dict[str, Any], page: TicketPage) -> dict[str, Any]:
    """What the request says already is left blank: filling it in again corrects it."""
    if field["name"] not in page.told:
        return field
    told = as_typed(page.told[field["name"]])
    words = next((one[1] for one in field.get("choices", ()) if one[0] == told), told)
    if field["widget"] == "date":
        words = french.short_date(date.fromisoformat(told))
    return {**field, "hint": f"Indiqué : {words}. À remplir pour corriger.", "placeholder": "Ne rien changer"}


def _elsewhere(field: dict[str, Any], page: TicketPage) -> dict[str, Any]:
    """R-US-3: an emergency is redirected to another service than the one that has it."""
    ticket = page.kept.sheet.ticket
    here = {ticket.assigned_unit_id}
    if page.known.units[ticket.triage_unit_id].institution is Institution.CAF:
        here.add("caf_social")
    if field["name"] not in ("redirect_to", "redirect_cdas"):
        return field
    return {**field, "choices": [one for one in field["choices"] if one[0] not in here]}


def _changed(
    reference: str, row: Transition, typed: Mapping[str, Any], conflict: StaleVersion | WrongState
) -> ResponseReturnValue:
    """What changed meanwhile, with what was typed; a second click on the same button is answered like the first."""
    page, seen = read(reference), _version()
    written = [
        (field.metadata.get("label", name), typed[name])
        for name, field in ACTS[page.kind][row.name]().fields.items()
        if typed.get(name) and field.metadata.get("widget") == "textarea"
    ]
    texts, file = [text for _, text in written], joining.sent_with(WITH_ACT)
    if seen is not None and page.already_done(row.name, seen, texts, file):
        return _confirmed(page.actor, reference, row, page.version)
    answer = render_template(
        "errors/409.html",
        refusal=conflict,
        changes=page.changes_since(seen) if seen is not None else [],
        allowed=[f"« {other.label} »" for other in page.buttons],
        typed=written,
        lost_files=errors.files_not_kept(),
        back={"label": f"Ouvrir {reference}", "url": url_for("pages.ticket", reference=reference)},
    )
    return answer, 409


def _note_once(actor: Actor, reference: str, body: str) -> None:
    """Under the form's key; under a fresh one where the page was kept open for a second note."""
    try:
        conversation.write_note(actor, reference, body, form_keys.given_back(request.form))
    except KeyReused:
        conversation.write_note(actor, reference, body, form_keys.fresh())


def _question_waits(actor: Actor, reference: str) -> str:
    """A message is no answer: the question of the Caf, and the clock that it stopped, still wait for one."""
    with reading() as session:
        ticket = session.scalar(tickets.only(actor, reference))
    if ticket is None or (ticket.state, ticket.next_step_unit_id) != ("waiting_partner", actor.unit_id):
        return ""
    return " La question de la Caf attend toujours votre réponse : écrivez-la dans « Répondre »."


def _written_too_late(reference: str, message: str, refused: GuardRefused) -> ResponseReturnValue:
    """The request takes no message any more, or not yet: what was written is given back, the file named."""
    answer = render_template(
        "errors/422.html",
        refusal=refused,
        typed=[("Votre message", message)] if message.strip() else [],
        lost_files=errors.files_not_kept(),
        back={"label": f"Ouvrir {reference}", "url": url_for("pages.ticket", reference=reference)},
    )
    return answer, 422


def _refused_words(
    reference: str, name: str, typed: Mapping[str, Any], invalid: InvalidInput
) -> ResponseReturnValue:
    page = read(reference)
    if isinstance(invalid, FileRefused):
        mistakes = joining.mistakes_of(invalid, WITH_MESSAGE)
    else:
        mistakes = {name: [sentence for found in invalid.fields.values() for sentence in found]}
    return show(page, TicketForms(page, typed, mistakes)), 422


def _back(reference: str) -> ResponseReturnValue:
    return redirect(url_for("pages.ticket", reference=reference), 303)


def _sentences(refused: Refusal) -> list[str]:
    return [sentence for sentence in (refused.detail, refused.advice) if sentence]


def _version() -> int | None:
    seen = request.form.get("version", "")
    return int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 9 else None
