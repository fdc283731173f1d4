"""After an act: the sentence that says what it started, with the next deadline."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.orm import Session

from service import clock
from service.database import reading
from service.models import AppointmentDetails, Person, SocialEmergencyDetails, Ticket
from service.permissions import Actor
from service.queries import accompaniments, tickets
from service.queries.reference import reference
from service.queries.sheet import sheet
from service.routes.pages.views import moments
from service.workflows.machine import Transition
from service.workflows.registry import kind_of
from service.workflows.routing import Referent

_WHERE_IT_LED: Mapping[tuple[str, str], str] = {
    (
        "confirm",
        "completed",
    ): "Les deux services ont confirmé : le service destinataire répond maintenant de la situation.",
    (
        "record_opinion",
        "validated",
    ): "La co-intervention est validée : il reste à convenir avec la famille de qui "
    "fait quoi, puis à démarrer.",
    (
        "record_opinion",
        "declined",
    ): "L’avis défavorable met fin à la demande ; le service demandeur en lit le motif.",
}
"""The acts that lead to different states: what follows from the one that was reached."""

_BACK_TO_THE_READER: Mapping[tuple[str, str], str] = {
    ("urgent_rights", "assign"): "Elle revient à votre service : il reste à la prendre en charge.",
    ("co_intervention", "forward"): "Elle revient à votre service ; le délai du premier échange commence.",
    ("handover", "forward"): "Il revient à votre service ; le délai du premier échange commence.",
    ("social_emergency", "submit"): "Elle reste à votre service : à lui de répondre à l’urgence.",
    ("appointment", "submit"): "Il revient à votre service de rappeler la personne.",
    (
        "appointment",
        "no_show",
    ): "Il revient à votre service de rappeler la personne ; ses délais recommencent.",
}
"""The acts after which the next step is the reader's own unit's, which the row of the table names from outside."""


def what_follows(actor: Actor, ticket_reference: str, row: Transition) -> str:
    """What follows from the row of the table, and until when somebody has to act."""
    with reading() as session:
        ticket = session.scalar(tickets.only(actor, ticket_reference))
        known = reference(session)
        made = _appointment_of(session, actor, ticket) if ticket is not None and row.name == "submit" else ""
        sent = ticket is not None and row.name == "submit" and known.to_caf(ticket.asking_unit_id)
        without = _no_appointment(session, ticket) if ticket is not None and sent and not made else ""
        opened = ticket is not None and accompaniment_of(session, actor, ticket) is not None
    due = None
    if ticket is not None and ticket.next_step_unit_id is not None:
        hours = known.hours_of(ticket.next_step_unit_id)
        due = moments.deadline(ticket.next_deadline_at, ticket.next_deadline_of, clock.now(), hours)
    follows = row.follows
    if ticket is not None:
        follows = _WHERE_IT_LED.get((row.name, ticket.state), follows)
        if ticket.next_step_unit_id == actor.unit_id:
            follows = _BACK_TO_THE_READER.get((ticket.kind, row.name), follows)
    if made:
        follows = f"{follows} Une demande de rendez-vous est faite au service social de la Caf : {made}."
    if without:
        follows = f"{follows} {without}"
    if opened:
        follows = f"L’accompagnement est ouvert au registre du service social. {follows}"
    if due is None:
        return follows
    return f"{follows} Prochaine échéance : {due.what}, {due.at_words}.".strip()


def _appointment_of(session: Session, actor: Actor, ticket: Ticket) -> str:
    """R-US-3: the request for an appointment that an emergency made when it left; empty without one."""
    found = sheet(session, actor, ticket.id) if ticket.kind == "social_emergency" else None
    others = [other for _, made, other in found.links if made] if found is not None else []
    return next((other for other in others if kind_of(other) == "appointment"), "")


def _no_appointment(session: Session, ticket: Ticket) -> str:
    """R-US-4: why an emergency of somebody whom nobody accompanies asks for no appointment; empty for others."""
    details = session.get(SocialEmergencyDetails, ticket.id) if ticket.kind == "social_emergency" else None
    if details is None or details.scope_in or Referent(details.who_accompanies or "").accompanies:
        return ""
    why = details.scope_explanation or "l’événement que vit la famille n’est pas indiqué."
    return f"Aucun rendez-vous n’est demandé au service social de la Caf : {why[0].lower()}{why[1:]}"


def accompaniment_of(session: Session, actor: Actor, ticket: Ticket) -> UUID | None:
    """R-AC: the entry of the register that a closed request for an appointment opened, for whoever keeps it."""
    if (ticket.kind, ticket.state) != ("appointment", "closed"):
        return None
    details, person = session.get(AppointmentDetails, ticket.id), session.get(Person, ticket.id)
    if details is None or details.outcome != "accompaniment_opened" or person is None:
        return None
    entry = accompaniments.open_for(session, person.matricule)
    if entry is None or entry.ticket_id != ticket.id:
        return None
    kept = session.scalar(accompaniments.one(actor, entry.id))
    return kept.id if kept is not None else None
