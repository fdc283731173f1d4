"""« Courriers »: the models in words, their forms, their versions, and the letters that were made."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from service.models import LetterModel, LetterPrinted
from service.permissions import Actor
from service.queries.letter_models import Current
from service.queries.reference import Reference, UnitCard
from service.queries.sheet import Sheet
from service.routes.pages.views import moments
from service.routes.pages.views.forms import form_fields, general_errors
from service.schemas.letters import WordingForm, form_of
from service.workflows import french
from service.workflows.letter_models import (
    FIELDS,
    KINDS,
    LetterKind,
    MergeField,
    Wording,
    may_edit,
    may_print,
)

Shown = dict[str, Any]
Errors = Mapping[str, Sequence[str]]


def model(kind: LetterKind, known: Current, actor: Actor, now: datetime) -> Shown:
    """One model: what it is for, its wording, its version, and what the actor may do with it."""
    title, subject, body = known.wording
    return {
        "code": kind.code,
        "name": title,
        "purpose": kind.purpose,
        "rule": kind.rule,
        "subject": subject,
        "body": body,
        "version": known.version,
        "changed": moments.near(known.changed_at, now) if known.changed_at else None,
        "may_edit": may_edit(actor, kind),
        "may_print": may_print(actor, kind),
    }


def as_typed(wording: Wording) -> dict[str, str]:
    """A wording as its form holds it."""
    return dict(zip(("title", "subject", "body"), wording, strict=True))


def wording_form(typed: Mapping[str, Any], errors: Errors) -> Shown:
    """The form of a wording."""
    fields = form_fields(WordingForm, typed, errors, {})
    for field in fields:
        field["rows"] = 24
    return {"fields": fields, "errors": _general(errors, fields)}


def letter_form(asked: Sequence[MergeField], typed: Mapping[str, Any], errors: Errors) -> Shown:
    """The form of a letter."""
    fields = form_fields(form_of(asked), typed, errors, {})
    return {"fields": fields, "errors": _general(errors, fields)}


def merge_fields(kind: LetterKind) -> list[tuple[str, str]]:
    """What may be written into this model: how, and what it becomes."""
    return [(f"{{{{ {code} }}}}", field.label) for code, field in FIELDS.items() if code in kind.fields]


def versions(
    kind: LetterKind, rows: Iterable[tuple[LetterModel, str]], present: int, now: datetime
) -> list[Shown]:
    """The wordings that the model has had, the present one first, the text that it came with last."""
    written = [
        {
            "number": row.version,
            "title": row.title,
            "when": moments.near(row.changed_at, now),
            "iso": moments.iso(row.changed_at),
            "who": name,
            "present": row.version == present,
        }
        for row, name in rows
    ]
    first = {
        "number": 0,
        "title": kind.wording[0],
        "when": "fourni avec Relais",
        "iso": None,
        "who": "Relais",
        "present": present == 0,
    }
    return [*written, first]


def printed(rows: Iterable[tuple[LetterPrinted, str, str | None]], now: datetime) -> list[Shown]:
    """The letters that were made: which model, when, by whom, for which ticket that the reader may open."""
    return [
        {
            "name": KINDS[row.model_code].name if row.model_code in KINDS else row.model_code,
            "version": row.model_version,
            "when": moments.near(row.printed_at, now),
            "iso": moments.iso(row.printed_at),
            "who": name,
            "reference": reference,
        }
        for row, name, reference in rows
    ]


def begun(actor: Actor, unit: UnitCard, now: datetime) -> dict[str, str]:
    """What a letter of the actor begins with: their service, their name, today."""
    return {
        "service": unit.name,
        "telephone": unit.telephone or "",
        "courriel": unit.email or "",
        "signataire": actor.name,
        "date": french.local_day(now).isoformat(),
    }


def of_ticket(found: Sheet, actor: Actor, known: Reference) -> dict[str, str]:
    """What a ticket gives to a letter: the person's name, the reference, the service on the other side. No address."""
    ticket, person = found.ticket, found.person
    receives = ticket.asking_unit_id
    if receives in (None, actor.unit_id):
        receives = ticket.assigned_unit_id or ticket.triage_unit_id
    return {
        "demande": ticket.reference,
        "reference": ticket.reference,
        "prenom": (person.first_name if person else None) or "",
        "nom": (person.last_name if person else None) or "",
        "destinataire": known.units[receives].name if receives in known.units else "",
    }


def _general(errors: Errors, fields: Sequence[Shown]) -> list[str]:
    return [sentence for sentence in general_errors(errors, fields) if sentence]
