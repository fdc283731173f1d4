"""After an act: the sentence that says what it started, with the next deadline."""

from service import clock
from service.database import reading
from service.permissions import Actor
from service.queries import tickets
from service.queries.reference import reference
from service.routes.pages.views import moments
from service.workflows.machine import Transition


def what_follows(actor: Actor, ticket_reference: str, row: Transition) -> str:
    """What follows from the row of the table, and until when somebody has to act."""
    with reading() as session:
        ticket = session.scalar(tickets.only(actor, ticket_reference))
        known = reference(session)
    due = None
    if ticket is not None and ticket.next_step_unit_id is not None:
        hours = known.hours_of(ticket.next_step_unit_id)
        due = moments.deadline(ticket.next_deadline_at, ticket.next_deadline_of, clock.now(), hours)
    if due is None:
        return row.follows
    return f"{row.follows} Prochaine échéance : {due['what']}, {due['at_words']}.".strip()
