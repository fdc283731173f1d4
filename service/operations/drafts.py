"""A draft that grows while it is typed, belongs to its author’s unit, and leaves once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from service import clock
from service.database import reading, transaction
from service.errors import NotVisible, StaleVersion, WrongState
from service.models import Draft, Ticket
from service.operations import acts, family_links, opening, urgent_rights
from service.operations.choosing import expect_asker
from service.operations.creation import create_ticket
from service.operations.creation import send as send_ticket
from service.operations.once import once
from service.operations.texts import refuse_nir
from service.permissions import Actor
from service.queries import tickets
from service.queries.reference import reference
from service.workflows import french, judging
from service.workflows.registry import WORKFLOWS
from service.workflows.urgency import Verdict

ReadForm = Callable[["Kept"], Mapping[str, Any]]

_PAGE = "form_key"


@dataclass(frozen=True, slots=True)
class Kept:
    """A draft as kept: its form as typed, when it was saved, and the mark by which a later save knows it."""

    reference: str
    form: Mapping[str, Any]
    saved_at: datetime | None

    @property
    def mark(self) -> str:
        """What the page gives back when it saves."""
        return self.saved_at.isoformat() if self.saved_at else ""


def save(actor: Actor, ticket_reference: str, form: Mapping[str, Any], *, page_key: str, seen: str) -> Kept:
    """Keep the form exactly as typed, but for a social-security number, which is refused even here (R-DP-7).

    Refuses (StaleVersion) when another page has saved it after the `seen` mark, (WrongState) once it has left, and who
    has a link with the family (R-DP-1).
    """
    with transaction() as session:
        ticket = _draft(session, actor, ticket_reference, to_write=True)
        kept = session.get(Draft, ticket.id)
        before = opening.form_of(session, ticket)
        mark = _kept(ticket, before, kept).mark
        if before and before.get(_PAGE) != page_key and mark != seen:
            raise StaleVersion(
                "Ce brouillon a été modifié ailleurs depuis que vous l’avez ouvert.",
                advice="Rechargez la page pour voir sa dernière version.",
            )
        family_links.expect_stranger(session, actor, form.get("matricule"))
        opening.keep_form(session, ticket, form, own={_PAGE: page_key})
        return Kept(ticket.reference, dict(form), clock.now())


def read(actor: Actor, ticket_reference: str) -> Kept:
    """The draft as kept. Refuses (NotVisible) what is absent or of another unit, (WrongState) what has left."""
    with reading() as session:
        ticket = _draft(session, actor, ticket_reference)
        return _kept(ticket, opening.form_of(session, ticket), session.get(Draft, ticket.id))


def delete(actor: Actor, ticket_reference: str) -> None:
    """Give the draft up; refuses like `read`: a request that has just left is not cancelled by it."""
    with transaction() as session:
        _draft(session, actor, ticket_reference, to_write=True)
        acts.perform(actor, ticket_reference, "cancel", {"reason": "Brouillon abandonné."})


def expect_ready(actor: Actor, ticket_reference: str, given: Mapping[str, Any], channel: str) -> Verdict:
    """The verdict of a draft that may leave by `channel`; else raises what `send` would refuse."""
    with reading() as session:
        ticket, known, now = _draft(session, actor, ticket_reference), reference(session), clock.now()
        refuse_nir(given)
        expect_asker(known, ticket, french.local_day(now))
        return urgent_rights.expect_sendable(known, ticket, given, now, channel)


def send(actor: Actor, ticket_reference: str, given: Mapping[str, Any], key: str) -> bool:
    """`submit` the draft with what is given, once per key; whether it left just now.

    Refuses what `urgent_rights.send` refuses, and (KeyReused) the same key with other values: the draft has left
    with the first ones. What is refused leaves the draft as it is.
    """
    return _send_once(
        actor, ticket_reference, lambda _: given, key, {"channel": "service", "given": dict(given)}
    )


def send_at_once(actor: Actor, given: Mapping[str, Any], key: str, call_id: UUID | None = None) -> str:
    """Open and `submit` in one transaction, once per key; the reference. Refuses as `send`, and then nothing is kept.

    A draft that this key has opened meanwhile is the one that leaves.
    """

    def make(session: Session) -> str:
        ticket_reference, _ = create_ticket(
            actor, "urgent_rights", {}, key, submit=False, form={}, call_id=call_id
        )
        return _leave(session, actor, ticket_reference, lambda _: given, "service")

    made, _ = once(actor, f"send-{key}", {"channel": "service", "given": dict(given)}, make)
    return made


def send_kept(actor: Actor, ticket_reference: str, read_form: ReadForm, key: str, channel: str) -> bool:
    """`submit` the draft as it was kept, by that channel, once per key; `read_form` gives its plain values."""
    return _send_once(actor, ticket_reference, read_form, key, {"channel": channel})


def _send_once(
    actor: Actor, ticket_reference: str, read_form: ReadForm, key: str, body: Mapping[str, Any]
) -> bool:
    def make(session: Session) -> str:
        return _leave(session, actor, ticket_reference, read_form, body["channel"])

    _, now = once(actor, f"send-{key}", {**body, "draft": ticket_reference}, make)
    return now


def _leave(session: Session, actor: Actor, ticket_reference: str, read_form: ReadForm, channel: str) -> str:
    ticket = _draft(session, actor, ticket_reference, to_write=True)
    given = read_form(_kept(ticket, opening.form_of(session, ticket), session.get(Draft, ticket.id)))
    refuse_nir(given)
    ticket.channel = channel
    send_ticket(session, ticket, actor, given)
    return ticket.reference


def _draft(session: Session, actor: Actor, ticket_reference: str, *, to_write: bool = False) -> Ticket:
    ticket: Ticket | None = (
        acts.locked(session, actor, ticket_reference)
        if to_write
        else session.scalar(tickets.only(actor, ticket_reference))
    )
    if ticket is None or not WORKFLOWS[ticket.kind].has_drafts:
        raise NotVisible
    workflow = WORKFLOWS[ticket.kind]
    row = workflow.transition(workflow.sends)
    judging.expect_party(row, acts.now_standing(session, ticket), actor)
    if ticket.state != "draft":
        state = reference(session).state(ticket.kind, ticket.state, ticket.asking_unit_id)
        raise WrongState(
            f"Ce n’est plus un brouillon : la demande est à l’état « {state.label} ».",
            rule=row.rule,
            advice="Ouvrez la demande pour voir où elle en est.",
        )
    return ticket


def _kept(ticket: Ticket, form: Mapping[str, Any], draft: Draft | None) -> Kept:
    typed = {name: value for name, value in form.items() if name != _PAGE}
    return Kept(ticket.reference, typed, draft.saved_at if draft else None)
