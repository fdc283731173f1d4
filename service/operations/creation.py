"""Create a request of any kind once, sent at once or kept as a draft; the same for the page and the API."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service import clock
from service.errors import InvalidInput, NotPermitted, NotVisible
from service.models import Call, Ticket
from service.operations import family_links, opening
from service.operations.choosing import cdas_mistake
from service.operations.effects import EFFECTS
from service.operations.links import link
from service.operations.once import once
from service.operations.texts import refuse_nir
from service.operations.transitions import fire
from service.permissions import ON_BEHALF_ONLY, Actor, Role, UnitKind, may_open
from service.queries import tickets
from service.queries.calls import readable_calls
from service.queries.reference import reference
from service.workflows import french, submission
from service.workflows.machine import Workflow
from service.workflows.registry import WORKFLOWS


def create_ticket(
    actor: Actor,
    kind: str,
    given: Mapping[str, Any],
    key: str,
    *,
    submit: bool,
    channel: str = "service",
    asking_unit: str | None = None,
    happened_at: datetime | None = None,
    form: Mapping[str, Any] | None = None,
    call_id: UUID | None = None,
    made_from: tuple[str, str] | None = None,
) -> tuple[str, bool]:
    """Create a request once per key: its reference, and whether it was created just now.

    `given`: the plain values that sending takes. `form`: what a draft keeps, as typed. `call_id`: the unanswered
    call that the request is made of. `made_from`: the reference it comes from, and why (`workflows.links`).
    Refuses (NotPermitted) who does not open this kind or speaks for another unit – the secretariat may, for a CDAS –
    who has a link with the family (R-DP-1), and, when it is sent, whatever sending refuses.
    """
    workflow = WORKFLOWS[kind]
    _expect_opener(actor, workflow)
    refuse_nir(given)
    _refuse_backdating(channel, happened_at)

    def make(session: Session) -> str:
        unit = _asking_unit(session, actor, workflow, asking_unit)
        ticket = opening.new_ticket(session, kind, actor, channel, unit)
        if workflow.has_drafts:
            fire(session, ticket, "open", actor, {}, happened_at=happened_at)
        if call_id is not None:
            _link_call(session, actor, call_id, ticket)
        if made_from is not None:
            session.flush()
            link(session, _origin(session, actor, made_from[0]), ticket, made_from[1])
        if leaves(kind, submit=submit):
            send(session, ticket, actor, given, happened_at)
        else:
            family_links.expect_stranger(session, actor, (form or {}).get("matricule"))
            opening.keep_form(session, ticket, form or {})
        return ticket.reference

    body = {
        **given,
        "kind": kind,
        "form": form,
        "submit": submit,
        "channel": channel,
        "asking_unit": asking_unit,
        "happened_at": happened_at,
        "call": call_id,
        "made_from": made_from,
    }
    return once(actor, key, {"ticket": body}, make)


def leaves(kind: str, *, submit: bool) -> bool:
    """Whether a request made so leaves at once: a kind without drafts always does."""
    return submit or not WORKFLOWS[kind].has_drafts


def send(
    session: Session,
    ticket: Ticket,
    actor: Actor,
    given: Mapping[str, Any],
    happened_at: datetime | None = None,
) -> None:
    """The sending row of the ticket's kind, with what is given; refuses what its effect refuses."""
    row = WORKFLOWS[ticket.kind].sends
    fire(session, ticket, row, actor, given, EFFECTS[ticket.kind][row], happened_at=happened_at)


def _expect_opener(actor: Actor, workflow: Workflow) -> None:
    if not may_open(actor, workflow.kind):
        rule = workflow.transition(workflow.sends).rule
        raise NotPermitted(f"Votre rôle n’ouvre pas de demande « {workflow.label} ».", rule=rule)


def _asking_unit(session: Session, actor: Actor, workflow: Workflow, wanted: str | None) -> str:
    """One's own unit, or the CDAS for which the secretariat writes.

    Refuses (NotPermitted) any other one.
    """
    known = reference(session)
    if wanted in (None, actor.unit_id):
        if workflow.kind in ON_BEHALF_ONLY.get(actor.role, frozenset()):
            raise NotPermitted(
                "Le secrétariat note cette demande au nom d’un CDAS : indiquez lequel.", rule="R-RV"
            )
        return actor.unit_id
    unit = known.units.get(wanted or "")
    on_behalf = actor.role is Role.CAF_SECRETARIAT and workflow.kind not in (
        "urgent_rights",
        "social_emergency",
    )
    if unit is None or not on_behalf or unit.kind is not UnitKind.CDAS:
        raise NotPermitted("Une demande se fait au nom de son propre service.", rule="R-DP-1")
    if mistake := cdas_mistake(known, unit.code, french.local_day(clock.now())):
        raise InvalidInput({"asking_unit": [mistake]}, rule="R-OR-1")
    return unit.code


def _origin(session: Session, actor: Actor, origin: str) -> Ticket:
    found = session.scalar(tickets.only(actor, origin))
    if found is None:
        raise NotVisible
    return found


def _refuse_backdating(channel: str, happened_at: datetime | None) -> None:
    """R-CLK-8: what left by another road may be noted later; a request made here leaves now."""
    if happened_at is not None and channel == "service":
        raise InvalidInput(
            {"happened_at": ["Une demande faite dans Relais part maintenant : n’indiquez pas d’heure."]},
            rule="R-CLK-8",
        )
    if happened_at is not None and happened_at < clock.now() - submission.NOTED_WITHIN:
        raise InvalidInput(
            {"happened_at": ["Une demande se note dans le mois : vérifiez la date."]}, rule="R-CLK-8"
        )


def _link_call(session: Session, actor: Actor, call_id: UUID, ticket: Ticket) -> None:
    """R-UD-3: one click makes a request of an unanswered call."""
    call = session.scalar(select(Call).where(Call.id == call_id, readable_calls(actor)).with_for_update())
    if call is None:
        raise NotVisible
    if call.ticket_id is not None:
        raise InvalidInput({"call": ["Une demande a déjà été faite de cet appel."]}, rule="R-UD-3")
    call.ticket_id = ticket.id
