"""What is done with all that are ticked in the list, by the rows of the tables that allow it, and its undoing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from service.database import reading
from service.errors import InvalidInput, NotVisible, Refusal
from service.operations import acts
from service.permissions import Permission
from service.queries import situations
from service.queries.reference import reference
from service.routes.guard import present_actor, requires
from service.routes.pages.blueprint import pages
from service.routes.pages.confirmation import UNDO_WORDS, confirm
from service.routes.pages.views import queue_address
from service.routes.pages.views.queue import ListedTicket
from service.schemas.fields import Input, load
from service.schemas.kinds import ACTS
from service.workflows import french
from service.workflows import reference as references
from service.workflows.machine import UNDO, Transition, Workflow
from service.workflows.registry import WORKFLOWS, kind_of

MOST_AT_ONCE = 100
DONE: Mapping[str, tuple[str, str, str]] = {
    "assign": (
        "affectée",
        "affectées",
        "Qui en est chargé est prévenu ; il reste à les prendre en charge.",
    ),
    "take": (
        "prise en charge",
        "prises en charge",
        "Elles sont dans votre liste ; les CDAS sont prévenus que quelqu’un s’en occupe.",
    ),
    "reassign": ("confiée", "confiées", "Votre collègue les voit dans sa liste."),
    UNDO: (
        "remise comme avant",
        "remises comme avant",
        "Leurs délais courent comme si rien n’avait été fait ; aucun courriel n’est parti.",
    ),
}
"""What is said of each act done on many: « 3 demandes affectées », and what follows."""


@dataclass
class _Outcome:
    """All or each: what was done, by the version that it made, and why the rest was not."""

    done: dict[str, int] = field(default_factory=dict)
    refused: dict[str, list[str]] = field(default_factory=dict)

    def attempt(
        self, ticket_reference: str, name: str, given: Mapping[str, Any], version: int | None
    ) -> None:
        """One act, in a transaction of its own, where the table of the request's kind offers it for many."""
        try:
            if name != UNDO and name not in _offered_for(ticket_reference):
                raise NotVisible
            self.done[ticket_reference] = acts.perform(
                present_actor(), ticket_reference, name, given, version=version
            )
        except Refusal as refusal:
            self.refused.setdefault(refusal.detail, []).append(ticket_reference)


def _offered_for(ticket_reference: str) -> Sequence[str]:
    workflow = WORKFLOWS.get(kind_of(ticket_reference) or "")
    return [row.name for row in workflow.transitions if row.on_many] if workflow else ()


@pages.post("/demandes/ensemble/<name>")
@requires(Permission.READ_TICKETS)
def act_on_many(name: str) -> ResponseReturnValue:
    """Do the act on the ticked requests, one by one: what can not be done is said, the rest is done.

    Refuses (NotVisible) a row that no table offers for many.
    """
    row, form = _row(name), _form_of(name)
    try:
        given = load(form(unknown="exclude"), _chosen())
    except InvalidInput:
        flash("Choisissez d’abord à qui.", "warning")
        return redirect(_back(), 303)
    outcome = _Outcome()
    ticked = [references.parse(typed) for typed in request.form.getlist("ticket")[:MOST_AT_ONCE]]
    for ticket_reference in filter(None, dict.fromkeys(ticked)):
        outcome.attempt(
            ticket_reference, name, given, _number(request.form.get(f"version-{ticket_reference}", ""))
        )
    _say(name, outcome, given, undone_by=f"Défaire « {row.label} »" if row.undoable else "")
    return redirect(_back(), 303)


@pages.post("/demandes/ensemble/annuler")
@requires(Permission.READ_TICKETS)
def undo_many() -> ResponseReturnValue:
    """Undo what was just done on many, each where nothing has moved since: « UD-4F7K-92QX:3 UD-… »."""
    outcome = _Outcome()
    for pair in request.form.get("done", "").split()[:MOST_AT_ONCE]:
        typed, _, made = pair.partition(":")
        ticket_reference, version = references.parse(typed), _number(made)
        if ticket_reference is not None and version is not None:
            outcome.attempt(ticket_reference, UNDO, {}, version)
    _say(UNDO, outcome, {})
    return redirect(_back(), 303)


def offered(rows: Sequence[ListedTicket], *, to_others: bool) -> list[Transition]:
    """What can be done on many of the listed requests: the rows that at least one of them allows its reader now.

    `to_others`: whether the list names somebody else; without it nothing is confided there.
    """
    names = {name for row in rows for name in row.on_many}
    return [row for row in _rows_on_many() if row.name in names and (to_others or row.asks != ("holder_id",))]


def _rows_on_many() -> list[Transition]:
    rows = (row for workflow in WORKFLOWS.values() for row in workflow.transitions if row.on_many)
    return list({row.name: row for row in rows}.values())


def _row(name: str) -> Transition:
    found = next((row for row in _rows_on_many() if row.name == name), None)
    if found is None:
        raise NotVisible
    return found


def _form_of(name: str) -> type[Input]:
    offers = (kind for kind, workflow in WORKFLOWS.items() if _offers(workflow, name))
    return ACTS[next(offers)][name]


def _offers(workflow: Workflow, name: str) -> bool:
    return workflow.has(name) and workflow.transition(name).on_many


def _chosen() -> Mapping[str, Any]:
    """The list offers teams and people in one choice: « unit » or « unit/person »."""
    unit, _, holder = request.form.get("to", "").partition("/")
    return {"unit_id": unit, "holder_id": holder}


def _number(typed: str) -> int | None:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 9 else None


def _say(name: str, outcome: _Outcome, given: Mapping[str, Any], *, undone_by: str = "") -> None:
    one, many, follows = DONE[name]
    if done := outcome.done:
        undo: dict[str, Any] = {}
        if undone_by:
            pairs = " ".join(f"{ticket}:{version}" for ticket, version in done.items())
            undo["undo_url"] = url_for("pages.undo_many")
            undo["undo_label"] = undone_by + (f" pour les {len(done)} demandes" if len(done) > 1 else "")
            undo["undo_fields"] = {"done": pairs, "here": request.form.get("here", "")}
        words = french.counted(len(done), f"demande {one}", f"demandes {many}") + _to_whom(given)
        confirm(f"{words}.", f"{follows} {UNDO_WORDS}" if undone_by else follows, **undo)
    if outcome.refused:
        number = sum(len(those) for those in outcome.refused.values())
        words = french.counted(number, f"demande n’a pas été {one}", f"demandes n’ont pas été {many}")
        why = (f"{', '.join(those)} : {detail}" for detail, those in outcome.refused.items())
        flash(" ".join([f"{words}.", *why]), "error")
    if not done and not outcome.refused:
        flash("Cochez d’abord les demandes.", "warning")


def _to_whom(given: Mapping[str, Any]) -> str:
    """« à Mme Exemple », « au Service Prestations », « à vous »; empty where the act names nobody."""
    holder, unit = given.get("holder_id"), given.get("unit_id")
    if holder == present_actor().account_id:
        return " à vous"
    with reading() as session:
        if holder is not None:
            return f" à {situations.names_of(session, [holder])[holder]}"
        return f" au {reference(session).units[unit].name}" if unit else ""


def _back() -> str:
    """The list as it stood, by its known parameters only."""
    with reading() as session:
        known = reference(session)
    address = queue_address.read(dict(parse_qsl(request.form.get("here", ""))), present_actor(), known)
    return f"{url_for('pages.tickets')}?{address.query(place=True)}"
