"""A ticket made from another, in the transaction of the act that made it; each keeps its own rights."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service import clock
from service.models import DETAILS, Ticket, TicketLink
from service.operations import opening
from service.operations.family_links import pass_to
from service.operations.transitions import Act, Effect, fire
from service.workflows.links import WHY
from service.workflows.registry import WORKFLOWS

_SENDING: dict[str, Effect] = {}


def declare(kind: str, effect: Effect) -> None:
    """Say what sending a ticket of that kind does; called once for each kind when the operations are loaded."""
    _SENDING[kind] = effect


def spawn(
    act: Act,
    kind: str,
    *,
    why: str,
    asking_unit_id: str | None,
    given: Mapping[str, Any] | None = None,
    form: Mapping[str, Any] | None = None,
) -> Ticket:
    """Make the linked ticket: sent at once with plain values (`given`), or kept as a draft with a `form`.

    Refuses what sending a ticket of that kind refuses; then the act that wanted it is refused with it.
    """
    workflow = WORKFLOWS[kind]
    made = opening.new_ticket(act.session, kind, act.actor, "service", asking_unit_id)
    link(act.session, act.ticket, made, why)
    if workflow.has_drafts:
        fire(act.session, made, "open", act.actor, {}, part_of=act.row.name)
    if given is not None:
        fire(act.session, made, workflow.sends, act.actor, given, _SENDING.get(kind), part_of=act.row.name)
    else:
        opening.keep_form(act.session, made, form or {})
    act.payload["made"] = made.reference
    return made


def link(session: Session, origin: Ticket, made: Ticket, why: str) -> None:
    """Note that one stored ticket comes from another, and keep out of it whoever is kept out of that one (R-DP-1).

    ValueError for a reason that is not in the list.
    """
    if why not in WHY:
        raise ValueError(f"unknown reason of a link: {why}")
    session.add(TicketLink(from_id=origin.id, to_id=made.id, why=why, made_at=clock.now()))
    pass_to(session, origin, made)


def made_from_protected(session: Session, ticket: Ticket) -> bool:
    """Whether a request that it was made from has a protected telephone (R-DP-8)."""
    origins = select(Ticket).join(TicketLink, TicketLink.from_id == Ticket.id)
    return any(
        getattr(session.get(DETAILS[origin.kind], origin.id), "phone_protected", False)
        for origin in session.scalars(origins.where(TicketLink.to_id == ticket.id))
    )
