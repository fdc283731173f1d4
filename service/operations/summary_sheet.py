"""The summary sheet of a rendez-vous des droits, on paper (R-RD): for the person, and for who examines the rights."""

from typing import Any

from service import clock
from service.database import reading
from service.errors import NotVisible
from service.models import Person, RightsMeetingDetails
from service.operations.consultation import consult
from service.pdf import render_drawable
from service.permissions import Actor
from service.queries.reference import UnitCard
from service.queries.reference import reference as reference_data
from service.queries.sheet import Sheet, sheet
from service.workflows import french
from service.workflows.rights_meeting import CODES, DOCUMENTS, MEANS, RIGHTS

TEMPLATE = "summary_sheet.typ"


def print_sheet(actor: Actor, ticket_reference: str) -> bytes:
    """The sheet as a PDF of the day of the meeting; that it was printed is logged (R-DP-4).

    Refuses (NotVisible) a request that the actor may not read, another kind, a meeting not held yet. Internal notes
    are never read here (R-DP-3). A sign that can not be drawn becomes « ? »: the meeting is over, nobody can ask again.
    """
    ticket_id = consult(actor, ticket_reference, "print")
    with reading() as session:
        found = sheet(session, actor, ticket_id)
        known = reference_data(session)
        if found is None or not isinstance(found.own, RightsMeetingDetails) or found.own.held_on is None:
            raise NotVisible
        data = _contents(found, found.own, known.units[found.ticket.assigned_unit_id or ""])
        day = found.own.held_on
        data["printed"] = _printed(actor)
    return render_drawable(TEMPLATE, data, day)


def _contents(found: Sheet, own: RightsMeetingDetails, unit: UnitCard) -> dict[str, Any]:
    held_on, due_on = own.held_on, own.check_due_on
    if held_on is None or due_on is None:
        raise NotVisible
    ticket = found.ticket
    met = [("Date", f"{french.long_date(held_on)}{_how(own)}"), ("Service", unit.name)]
    if ticket.holder is not None:
        met.append(("Votre interlocuteur", ticket.holder.name))
    return {
        "title": "Fiche récapitulative du rendez-vous des droits",
        "author": unit.name,
        "reference": ticket.reference,
        "person": _contact(found.person, own, found.commune.name if found.commune else None),
        "meeting": [*met, ("Motif", CODES[own.code or ""])],
        "rights": [RIGHTS[code] for code in own.rights_discussed or ()],
        "documents": [DOCUMENTS[code] for code in own.documents_awaited or ()],
        "summary": (own.summary or "").splitlines(),
        "check": f"À partir du {french.long_date(due_on)}, la Caf vérifie si des droits ont été ouverts.",
    }


def _printed(actor: Actor) -> str:
    """Who printed, when, and that it is secret."""
    day = french.long_date(french.local_day(clock.now()))
    return f"Imprimée le {day} par {actor.name}. Couverte par le secret professionnel (article 226-13 du code pénal)."


def _how(own: RightsMeetingDetails) -> str:
    return f", {MEANS[own.means]}" if own.means else ""


def _contact(person: Person | None, own: RightsMeetingDetails, commune: str | None) -> list[tuple[str, str]]:
    """How to reach the person, as far as Relais knows it: it keeps no address."""
    if person is None:
        return []
    name = " ".join(filter(None, (person.first_name, person.last_name)))
    lines = (
        ("Nom", name),
        ("Matricule Caf", person.matricule),
        ("Commune", commune),
        ("Téléphone", None if own.phone_protected else own.phone),
    )
    return [(label, value) for label, value in lines if value]
