"""Act on a ticket by the name of a transition: one transaction, the same for page, API, mail, job and command."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from service import clock
from service.database import transaction
from service.errors import NotVisible, StaleVersion
from service.models import Ticket
from service.operations import standing
from service.operations.effects import EFFECTS
from service.operations.texts import refuse_nir
from service.operations.transitions import fire
from service.permissions import Actor
from service.queries import tickets
from service.queries.readers import as_read_by, sort_of
from service.queries.reference import reference
from service.workflows import judging
from service.workflows.machine import Standing, Transition
from service.workflows.registry import WORKFLOWS


def perform(
    actor: Actor,
    ticket_reference: str,
    name: str,
    given: Mapping[str, Any],
    *,
    version: int | None = None,
    happened_at: datetime | None = None,
) -> int:
    """Do the transition `name` on a ticket that the actor may read; gives the version that this makes.

    `version` is the one the actor saw; refuses (StaleVersion) when it has moved since, nothing of the act is kept.
    """
    with transaction() as session:
        ticket = locked(session, actor, ticket_reference)
        workflow = WORKFLOWS[ticket.kind]
        if not workflow.has(name) or not workflow.transition(name).source:
            raise NotVisible
        row = workflow.transition(name)
        if version is not None and version != ticket.version:
            # permission is judged first: a stale version tells the new state
            judging.expect_party(row, now_standing(session, ticket), actor)
            state = reference(session).state(ticket.kind, ticket.state, ticket.asking_unit_id)
            raise StaleVersion(
                f"Cette demande a changé depuis que vous l’avez ouverte : elle est maintenant à l’état "
                f"« {state.label} ».",
                advice="Relisez l’historique ci-dessous, puis recommencez si c’est encore utile. "
                "Ce que vous avez saisi est gardé.",
            )
        judging.judge_row(workflow, row, now_standing(session, ticket), actor)
        refuse_nir(given)
        fire(session, ticket, name, actor, given, EFFECTS[ticket.kind].get(name), happened_at=happened_at)
        return ticket.version


def expect_possible(actor: Actor, ticket_reference: str, name: str) -> None:
    """Raise what refuses the transition before its input is even read (404, 403, 409, guard), if anything."""
    with transaction() as session:
        ticket = locked(session, actor, ticket_reference)
        workflow = WORKFLOWS[ticket.kind]
        if not workflow.has(name):
            raise NotVisible
        judging.judge_row(workflow, workflow.transition(name), now_standing(session, ticket), actor)


def possible_for(session: Session, ticket: Ticket, actor: Actor) -> tuple[Transition, ...]:
    """The transitions the actor can do now: buttons and API actions."""
    return judging.possible(WORKFLOWS[ticket.kind], now_standing(session, ticket), actor)


def now_standing(session: Session, ticket: Ticket) -> Standing:
    """Where the ticket stands at this moment, for the machine."""
    details = standing.details_of(session, ticket)
    return standing.standing_of(ticket, details, reference(session), clock.now())


def locked(session: Session, actor: Actor, ticket_reference: str) -> Ticket:
    """The ticket, held until the end of the transaction; NotVisible when absent or not for the actor."""
    if not tickets.is_stored_so(ticket_reference):
        raise NotVisible
    ticket = session.scalar(_to_lock(sort_of(actor)), as_read_by(actor, reference=ticket_reference))
    if ticket is None:
        raise NotVisible
    return ticket


@cache
def _to_lock(reader: Actor) -> Select[Ticket]:
    theirs = tickets.visible_to(reader)
    return select(Ticket).where(theirs, Ticket.reference == bindparam("reference")).with_for_update()
