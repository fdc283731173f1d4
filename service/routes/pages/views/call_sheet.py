"""The form « Noter un appel », and a call as the list and its own page show it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from service import clock
from service.models import Ticket
from service.permissions import CDAS_ROLES, Actor
from service.queries.calls import CallRow, Filters
from service.queries.reference import Reference
from service.routes.pages.views import moments
from service.routes.pages.views.cdas_choices import every_cdas, open_cdas
from service.routes.pages.views.forms import form_fields, general_errors, with_unanswered
from service.routes.pages.views.narrowing import Filter
from service.routes.pages.views.report_form import BENEFIT_GROUPS
from service.routes.pages.views.situation import in_words, short_name
from service.schemas.call_form import CallForm
from service.spreadsheet import Line
from service.workflows import french, submission
from service.workflows.urgency import Benefit, Event
from service.workflows.urgent_rights import OUTCOMES

Shown = dict[str, Any]
Errors = Mapping[str, Sequence[str]]

JUST_BEFORE = timedelta(minutes=5)
"""An empty form says that the call began a little before one opens it."""

_ANSWERS = {"oui": "Répondu", "non": "Sans réponse"}
_NEAR = ("aujourd’hui", "demain")
_PLACES = {"started_at": "time", "happened_at": "time"}
_NEEDED_WHEN_ANSWERED = ("matricule", "benefit", "event")


def own_cdas(actor: Actor) -> str | None:
    """The CDAS of the author, who is then not asked for it."""
    return actor.unit_id if actor.role in CDAS_ROLES else None


def empty(now: datetime) -> dict[str, str]:
    """What the form holds before anybody types."""
    start = (now - JUST_BEFORE).astimezone(french.PARIS)
    return {"day": start.date().isoformat(), "time": start.strftime("%H:%M")}


def form(actor: Actor, typed: Mapping[str, Any], errors: Errors, known: Reference) -> Shown:
    """Fields and sentences for the macros; `named` to place each where it belongs."""
    said = {_PLACES.get(name, name): sentences for name, sentences in errors.items()}
    choices: dict[str, Sequence[Any]] = {
        "cdas": open_cdas(known, french.local_day(clock.now() - submission.NOTED_WITHIN)),
        "benefits": [(label, [(one.value, one.label) for one in group]) for label, group in BENEFIT_GROUPS],
    }
    fields = form_fields(CallForm, typed, said, choices)
    if said:
        fields = with_unanswered(fields)
    if own_cdas(actor):
        fields = [field for field in fields if field["name"] != "cdas"]
    for field in fields:
        if field["name"] in _NEEDED_WHEN_ANSWERED:
            field |= {"required": True, "placeholder": "Choisir…", "column": False}
        elif field["name"] == "outcome":
            field |= {"placeholder": "Pas d’issue pour le moment"}
        if field["name"] == "matricule":
            field |= {"width": "short", "spellcheck": False}
        elif field["name"] == "minutes":
            field |= {"unit": "minutes", "min": 0, "max": 240}
    named = {field["name"]: field for field in fields}
    return {"fields": fields, "named": named, "errors": general_errors(said, fields)}


def shown(row: CallRow, known: Reference, now: datetime) -> Shown:
    """A call in a list, without names or matricule."""
    call = row.call
    unit = known.units[call.cdas_code]
    return {
        "id": call.id,
        "when": moments.near(call.started_at, now),
        "iso": moments.iso(call.started_at),
        "lasted": french.counted(call.minutes, "minute") if call.minutes else "moins d’une minute",
        "cdas": unit.name,
        "situation": _situation(call.benefit, call.event),
        "answered": call.answered,
        "outcome": OUTCOMES[call.outcome] if call.outcome else None,
        "noted": f"Noté {moments.near(call.recorded_at, now)}, {known.units[call.recorded_unit_id].name}.",
        "ticket": row.ticket,
        "has_ticket": call.ticket_id is not None,
    }


def filters(actor: Actor, known: Reference) -> list[Filter]:
    """What narrows the list; the CDAS for whoever reads several."""
    found = [
        Filter("reponse", "Réponse", list(_ANSWERS.items())),
        Filter("prestation", "Prestation", [(one.value, short_name(one)) for one in Benefit], "Toutes"),
    ]
    if own_cdas(actor) is None:
        found.append(Filter("cdas", "CDAS", every_cdas(known)))
    return found


def wanted(narrowed: Mapping[str, str]) -> Filters:
    """The same for the query."""
    answered = narrowed.get("reponse")
    return Filters(
        answered=answered == "oui" if answered else None,
        benefit=narrowed.get("prestation"),
        cdas=narrowed.get("cdas"),
    )


EXPORT_HEAD = (
    "Début de l’appel",
    "Durée en minutes",
    "CDAS",
    "Prestation",
    "Événement",
    "Réponse",
    "Issue",
    "Demande",
    "Noté le",
    "Noté par",
)


def export_row(row: CallRow, known: Reference) -> Line:
    """A call in the export: codes in words and instants in Paris, without names or matricule."""
    call = row.call
    return (
        moments.in_file(call.started_at),
        call.minutes,
        known.units[call.cdas_code].name,
        Benefit(call.benefit).label if call.benefit else "",
        Event(call.event).label if call.event else "",
        _ANSWERS["oui" if call.answered else "non"],
        OUTCOMES[call.outcome] if call.outcome else "",
        row.ticket or "",
        moments.in_file(call.recorded_at),
        known.units[call.recorded_unit_id].name,
    )


def follows(ticket: Ticket | None, known: Reference, now: datetime) -> str:
    """What an answered call has started: the present state of its request and the next deadline."""
    if ticket is None or ticket.next_step_unit_id is None:
        return ""
    owing = known.units[ticket.next_step_unit_id].name
    due = moments.deadline(
        ticket.next_deadline_at, ticket.next_deadline_of, now, known.hours_of(ticket.next_step_unit_id)
    )
    if due is None:
        return f"L’étape suivante revient à : {owing}."
    at = due.at_words
    until = at if due.level == "late" else f"avant {'' if at.startswith(_NEAR) else 'le '}{at}"
    return f"Étape suivante : {due.what} {until} ({owing})."


def _situation(benefit: str | None, event: str | None) -> str:
    if benefit and event:
        return in_words(benefit, event).head
    return short_name(benefit) if benefit else "Prestation non précisée"
