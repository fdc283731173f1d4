"""A new ticket of any kind: its reference, who receives it first, the convention version of the moment (R-CLK-7)."""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from service import chance, clock
from service.models import Draft, Ticket
from service.operations.family_links import index_of
from service.operations.standing import keep_lines
from service.operations.texts import as_typed
from service.operations.transitions import Act
from service.permissions import Actor, UnitKind
from service.queries.reference import Reference, reference
from service.workflows import reference as references
from service.workflows.registry import WORKFLOWS


def new_ticket(
    session: Session, kind: str, actor: Actor | None, channel: str, asking_unit_id: str | None
) -> Ticket:
    """A ticket not yet fired, in the name of a unit; nothing of it is judged here."""
    known, now = reference(session), clock.now()
    ticket = Ticket(
        reference=_free_reference(session, WORKFLOWS[kind].prefix),
        kind=kind,
        state="draft",
        version=1,
        channel=channel,
        asking_unit_id=asking_unit_id,
        triage_unit_id=_first_receiver(known, kind, asking_unit_id),
        author_id=actor.account_id if actor else None,
        convention_version=known.version_at(now).number,
        opened_at=now,
        state_since=now,
        changed_at=now,
    )
    session.add(ticket)
    session.flush()  # before what refers to it
    keep_lines(session, ticket, [])
    session.info.setdefault(_WITHOUT_FORM, set()).add(ticket.id)
    return ticket


_WITHOUT_FORM = "relais_without_form"
"""The tickets that a transaction has made and for which it kept no form: there is none to forget."""


def keep_form(
    session: Session, ticket: Ticket, form: Mapping[str, Any], own: Mapping[str, str] | None = None
) -> None:
    """Keep the form as typed, sealed, until it is sent or the draft is deleted; refuses a NIR even here (R-DP-7).

    `own`: what Relais itself notes beside it; nobody typed it, and chance alone may give it the digits of a NIR.
    """
    typed = as_typed(form)
    draft = session.get(Draft, ticket.id)
    if draft is None:
        draft = Draft(ticket_id=ticket.id)
        session.add(draft)
        session.info.get(_WITHOUT_FORM, set()).discard(ticket.id)
    draft.form = json.dumps({**typed, **(own or {})}, ensure_ascii=False)
    draft.matricule_index = index_of(typed.get("matricule"))
    draft.saved_at = clock.now()


def form_of(session: Session, ticket: Ticket) -> dict[str, Any]:
    """The draft's form as typed; empty when none is kept."""
    draft = session.get(Draft, ticket.id)
    typed: dict[str, Any] = json.loads(draft.form or "{}") if draft else {}
    return typed


def forget_form(act: Act) -> None:
    """The form goes with the draft: it was sent, or given up."""
    if act.ticket.id in act.session.info.get(_WITHOUT_FORM, ()):
        return
    with act.session.no_autoflush:  # what the act writes, it writes at once
        draft = act.session.get(Draft, act.ticket.id)
    if draft is not None:
        act.session.delete(draft)


def _first_receiver(known: Reference, kind: str, asking_unit_id: str | None) -> str:
    """Before it is routed: the Caf secretariat for what a CDAS asks, the asking unit for what the Caf asks."""
    if kind == "urgent_rights":
        return known.triage_unit().code
    asking = known.units.get(asking_unit_id or "")
    if asking is not None and asking.kind is not UnitKind.CDAS:
        return asking.code
    return known.desk(UnitKind.CAF_SECRETARIAT).code


_TAKEN = select(Ticket.id).where(Ticket.reference == bindparam("reference"))


def _free_reference(session: Session, prefix: str) -> str:
    """A reference that no ticket has: among a million, chance repeats one in every thirty thousand."""
    while True:
        found = references.new(prefix, chance.choose)
        if session.scalar(_TAKEN, {"reference": found}) is None:
            return found
