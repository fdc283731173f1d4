"""After an act: the sentence that says what it started, with the next deadline."""

from collections.abc import Mapping

from service import clock
from service.database import reading
from service.permissions import Actor
from service.queries import tickets
from service.queries.reference import reference
from service.routes.pages.views import moments
from service.workflows.machine import Transition

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


def what_follows(actor: Actor, ticket_reference: str, row: Transition) -> str:
    """What follows from the row of the table, and until when somebody has to act."""
    with reading() as session:
        ticket = session.scalar(tickets.only(actor, ticket_reference))
        known = reference(session)
    due = None
    if ticket is not None and ticket.next_step_unit_id is not None:
        hours = known.hours_of(ticket.next_step_unit_id)
        due = moments.deadline(ticket.next_deadline_at, ticket.next_deadline_of, clock.now(), hours)
    follows = _WHERE_IT_LED.get((row.name, ticket.state), row.follows) if ticket else row.follows
    if due is None:
        return follows
    return f"{follows} Prochaine échéance : {due['what']}, {due['at_words']}.".strip()
