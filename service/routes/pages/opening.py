"""« Nouvelle demande » of any social kind: one page made from its forms, sent at once or kept as a draft."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow.fields import Field

from service import clock
from service.database import reading
from service.errors import GuardRefused, InvalidInput, KeyReused, NotVisible
from service.operations import creation, drafts
from service.operations.consultation import consult
from service.operations.texts import refuse_nir
from service.permissions import (
    CDAS_ROLES,
    ON_BEHALF_ONLY,
    OUT_OF_LISTS,
    Actor,
    Permission,
    Role,
    UnitKind,
    may_open,
)
from service.queries import situations
from service.queries.reference import reference as reference_data
from service.routes.guard import present_actor, refilling, refills, requires
from service.routes.pages import form_keys
from service.routes.pages.actions import typed_in
from service.routes.pages.blueprint import pages
from service.routes.pages.choices import choices_of_opening
from service.routes.pages.confirmation import confirm
from service.routes.pages.views import moments
from service.routes.pages.views.forms import form_fields, general_errors
from service.routes.pages.views.opening_parts import in_order, laid_out
from service.routes.pages.views.steps import steps
from service.routes.pages.what_follows import what_follows
from service.schemas.circuits import TO_CAF
from service.schemas.fields import Input
from service.schemas.kinds import STATEMENTS
from service.schemas.statement import (
    GroundForm,
    PersonForm,
    from_form,
    typed_names,
)
from service.workflows import french
from service.workflows import reference as references
from service.workflows.handover import as_co_intervention
from service.workflows.links import WHY
from service.workflows.machine import Workflow
from service.workflows.registry import WORKFLOWS, kind_of
from service.workflows.stated import WITHOUT_GROUND, errors_of
from service.workflows.urgent_rights import CHANNELS

Mistakes = Mapping[str, Sequence[str]]
_ENVELOPE = ("asking_unit", "channel")
_KEPT_AS = {"commune": "commune_insee"}
"""Where the person has a field of the form under another name."""
_KEPT = "Vous le retrouvez dans la liste des demandes, vue « Brouillons »."
_KEPT_APART = "Il n’apparaît dans aucune liste : gardez l’adresse de cette page, ou envoyez-le maintenant."


@dataclass
class Paper:
    """The form of a kind as somebody has typed it; `reference` once a draft of it is kept."""

    actor: Actor
    workflow: Workflow
    typed: dict[str, Any] = field(default_factory=dict)
    reference: str = ""
    key: str = field(default_factory=form_keys.fresh)
    mark: str = ""
    origin: tuple[str, str] | None = None
    mistakes: Mistakes = field(default_factory=dict)
    refusal: GuardRefused | None = None

    @property
    def on_behalf(self) -> bool:
        """Whether the secretariat may or must write it for a CDAS."""
        return self.actor.role is Role.CAF_SECRETARIAT and self.workflow.kind != "social_emergency"

    @property
    def asking(self) -> str | None:
        """The CDAS for which it is written; None: one's own unit."""
        return (self.typed.get("asking_unit") or None) if self.on_behalf else None

    @property
    def keeps_itself(self) -> bool:
        """Whether a draft of it is kept while one types: where it stands in a list, once it is known for whom it is."""
        kind = self.workflow.kind
        listed = self.workflow.has_drafts and kind not in OUT_OF_LISTS
        return listed and (bool(self.reference) or not self.on_behalf)

    @property
    def instead(self) -> dict[str, Any]:
        """The answers of the co-intervention that is prepared where a relay is refused (R-PR-5)."""
        return as_co_intervention(self.typed)

    @property
    def direction(self) -> str:
        """Towards whom it goes, as the forms know it; both where the form itself asks."""
        from_cdas = self.actor.unit_kind is UnitKind.CDAS
        must = self.workflow.kind in ON_BEHALF_ONLY.get(self.actor.role, frozenset())
        return "to_caf" if from_cdas or must or self.asking else "to_cdas"


@pages.get("/nouvelle/<kind>")
@requires(Permission.OPEN_TICKETS)
def new_request(kind: str) -> ResponseReturnValue:
    """An empty form of that kind; made from another ticket when the address names one (`de`, `parce_que`)."""
    if kind == "urgent_rights":
        return redirect(url_for("pages.report"), 303)
    actor, origin = present_actor(), _origin()
    begun = {"source": "cdas"} if kind == "appointment" and actor.role in CDAS_ROLES else {}
    return _page(Paper(actor, _workflow(kind), {**begun, **_same_person(actor, origin)}, origin=origin))


@pages.get("/nouvelle/<kind>/<reference>")
@requires(Permission.OPEN_TICKETS)
def taken_up(kind: str, reference: str) -> str:
    """A draft taken up where it was left."""
    actor, workflow = present_actor(), _workflow(kind)
    if kind_of(reference) != kind:
        raise NotVisible
    consult(actor, reference)
    kept = drafts.read(actor, reference)
    return _page(Paper(actor, workflow, dict(kept.form), reference, mark=kept.mark))


@pages.post("/nouvelle/<kind>")
@refills
@requires(Permission.OPEN_TICKETS)
def send_request(kind: str) -> ResponseReturnValue:
    """Send it, or keep it as a draft; what is refused is said beside its field and nothing typed is lost."""
    paper = _of_request(_workflow(kind))
    if refilling():
        return _page(paper)
    try:
        return _keep(paper) if request.form.get("then") == "keep" else _send(paper)
    except InvalidInput as invalid:
        paper.mistakes = invalid.fields
    except GuardRefused as refused:
        paper.refusal = refused
    except KeyReused:
        paper.key, paper.refusal = (
            form_keys.fresh(),
            GuardRefused(
                "Cette demande est déjà partie avec d’autres réponses.",
                advice="Ce formulaire devient une nouvelle demande : relisez-la avant de l’envoyer.",
            ),
        )
    return _page(paper), 422


@pages.post("/nouvelle/<kind>/brouillon")
@requires(Permission.OPEN_TICKETS)
def keep_request(kind: str) -> ResponseReturnValue:
    """The draft that keeps itself; refuses (NotVisible) where it does not, a social-security number even here."""
    paper = _of_request(_workflow(kind))
    if not paper.keeps_itself:
        raise NotVisible
    _save(paper)
    return {
        "saved_at_words": moments.time_of(clock.now()),
        "version": paper.mark,
        "reference": paper.reference,
        "page_url": url_for("pages.taken_up", kind=kind, reference=paper.reference),
    }


@pages.post("/nouvelle/<kind>/<reference>/supprimer")
@requires(Permission.OPEN_TICKETS)
def drop_draft(kind: str, reference: str) -> ResponseReturnValue:
    """Give up a draft: nothing of it has left."""
    if kind_of(reference) != kind:
        raise NotVisible
    drafts.delete(present_actor(), reference)
    confirm("Brouillon supprimé.", "Rien n’a été transmis.")
    return redirect(url_for("pages.tickets"), 303)


def _workflow(kind: str) -> Workflow:
    """The table of a kind that the present actor may open; NotVisible for any other word."""
    if kind not in STATEMENTS or not may_open(present_actor(), kind):
        raise NotVisible
    return WORKFLOWS[kind]


def _origin() -> tuple[str, str] | None:
    origin, why = request.values.get("de", ""), request.values.get("parce_que", "")
    return (origin, why) if references.parse(origin) == origin and why in WHY else None


def _same_person(actor: Actor, origin: tuple[str, str] | None) -> dict[str, Any]:
    """The person of the request that this one is made from, whose opening is logged; nothing where none may be read."""
    if origin is None or kind_of(origin[0]) in OUT_OF_LISTS:
        return {}
    try:
        ticket_id = consult(actor, origin[0])
    except NotVisible:
        return {}
    with reading() as session:
        person = session.scalar(situations.person_of(actor, ticket_id))
    known = {name: getattr(person, _KEPT_AS.get(name, name), None) for name in PersonForm().fields}
    return {name: value for name, value in known.items() if value}


def _of_request(workflow: Workflow) -> Paper:
    typed = typed_in(STATEMENTS[workflow.kind])
    kept = {name: typed[name] for name in (*typed_names(workflow.kind), *_ENVELOPE) if name in typed}
    found = references.parse(request.form.get("reference", "")) or ""
    return Paper(
        present_actor(),
        workflow,
        kept,
        found if kind_of(found) == workflow.kind else "",
        form_keys.given_back(request.form),
        request.form.get("version", ""),
        _origin(),
    )


def _given(paper: Paper) -> dict[str, Any]:
    """The plain values of the page; refuses (InvalidInput) at once all that is missing, unreadable or wrong."""
    kind, today = paper.workflow.kind, french.local_day(clock.now())
    mistakes: dict[str, Sequence[str]] = {
        name: ["Cette réponse manque."]
        for schema in _schemas(kind)
        for name, asked in schema().fields.items()
        if _expected(asked, paper.direction) and paper.typed.get(name) in (None, "", [])
    }
    try:
        given = from_form(kind, paper.typed, today)
    except InvalidInput as unreadable:
        mistakes |= unreadable.fields
        readable = {name: value for name, value in paper.typed.items() if name not in unreadable.fields}
        given = from_form(kind, readable, today)
    if mistakes:
        stated = errors_of(kind, given, today, to_caf=paper.direction == TO_CAF)
        raise InvalidInput({**stated, **mistakes})
    return given


def _expected(asked: Field[Any], direction: str) -> bool:
    needed = asked.metadata.get("needed") and asked.metadata.get("direction", direction) == direction
    return asked.required or bool(needed)


def _schemas(kind: str) -> list[type[Input]]:
    asked: list[type[Input]] = [PersonForm, STATEMENTS[kind]]
    return asked if kind in WITHOUT_GROUND else [*asked, GroundForm]


def _send(paper: Paper) -> ResponseReturnValue:
    given, channel = _given(paper), paper.typed.get("channel") or "service"
    if paper.reference:
        drafts.send(paper.actor, paper.reference, given, paper.key)
    else:
        paper.reference, _ = creation.create_ticket(
            paper.actor,
            paper.workflow.kind,
            given,
            paper.key,
            submit=True,
            channel=channel if paper.on_behalf and channel in CHANNELS else "service",
            asking_unit=paper.asking,
            made_from=paper.origin,
        )
    row = paper.workflow.transition(paper.workflow.sends)
    confirm(f"Demande {paper.reference} envoyée.", what_follows(paper.actor, paper.reference, row))
    return redirect(url_for("pages.ticket", reference=paper.reference), 303)


def _save(paper: Paper) -> None:
    """Keep it as typed, in a draft that is opened once per key."""
    form = {name: value for name, value in paper.typed.items() if value}
    refuse_nir(form)
    if not paper.reference:
        paper.reference, _ = creation.create_ticket(
            paper.actor,
            paper.workflow.kind,
            {},
            paper.key,
            submit=False,
            form={},
            asking_unit=paper.asking,
            made_from=paper.origin,
        )
    paper.mark = drafts.save(paper.actor, paper.reference, form, page_key=paper.key, seen=paper.mark).mark


def _keep(paper: Paper) -> ResponseReturnValue:
    _save(paper)
    confirm("Brouillon enregistré.", _KEPT_APART if kind_of(paper.reference) in OUT_OF_LISTS else _KEPT)
    return redirect(url_for("pages.taken_up", kind=paper.workflow.kind, reference=paper.reference), 303)


def _page(paper: Paper) -> str:
    kind = paper.workflow.kind
    with reading() as session:
        known = reference_data(session)
        choices = choices_of_opening(session, paper.actor, known)

    def fields(schema: Any) -> list[dict[str, Any]]:
        return form_fields(schema, paper.typed, paper.mistakes, choices, direction=paper.direction)

    asked = [one for schema in _schemas(kind) for one in fields(schema)]
    parts = laid_out(kind, asked, paper.direction)
    shown = in_order(parts)
    return render_template(
        "opening/form.html",
        paper=paper,
        kind=kind,
        label=paper.workflow.label,
        parts=parts,
        summary={"fields": shown, "errors": general_errors(paper.mistakes, shown)},
        steps=steps(paper.workflow, to_caf=paper.direction == TO_CAF),
        units=choices["cdas"],
        channels=[(code, CHANNELS[code].capitalize()) for code in ("phone", "email")],
        must_say_unit=kind in ON_BEHALF_ONLY.get(paper.actor.role, frozenset()),
        drafts=paper.workflow.has_drafts,
        crip_contact=known.settings.text("crip_contact"),
    )
