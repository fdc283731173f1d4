"""`fire`: the heart. One transition, in the caller's transaction: state, journal entry, clocks, mails."""

import json
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from service import clock
from service.errors import InvalidInput
from service.models import Base, Details, JournalEntry, Message, OutboxMail, Ticket, WebhookDelivery
from service.notifications import webhooks
from service.notifications.telling import tell
from service.operations import standing
from service.operations.choosing import expect_asker
from service.operations.staff import somebody_of
from service.operations.standing import Line
from service.permissions import Actor, UnitKind
from service.queries.reference import Reference, reference
from service.workflows import french, journal, judging
from service.workflows.machine import UNDO, UNDO_WITHIN, Transition
from service.workflows.registry import WORKFLOWS
from service.workflows.webhooks import event_name

Mapped = TypeVar("Mapped", bound=Base)


@dataclass
class Act:
    """One transition being done: what its effect may read and change.

    `payload` goes to the journal, codes and identifiers only; texts are messages. `instead`: the effect sets it
    when the act lands in the row's other state.
    """

    session: Session
    reference: Reference
    ticket: Ticket
    details: Details | None
    actor: Actor | None
    row: Transition
    given: Mapping[str, Any]
    happened_at: datetime
    sequence: int
    payload: dict[str, Any] = field(default_factory=dict)
    instead: bool = False

    @property
    def target(self) -> str | None:
        """The state where the act leads; None: it stays."""
        return self.row.instead if self.instead else self.row.target

    def write_message(self, text: str | None, channel: str = "service") -> None:
        """Keep what was written with this act where both sides read it."""
        if not text:
            return
        self.keep(
            Message,
            ticket_id=self.ticket.id,
            author_id=self.actor.account_id if self.actor else None,
            unit_id=self.actor.unit_id if self.actor else None,
            institution=self.actor.institution if self.actor else None,
            sequence=self.sequence,
            channel=channel,
            written_at=self.happened_at,
            body=text,
        )

    def keep(self, mapped: type[Mapped], **values: Any) -> Mapped:
        """Store one row more with this act; the row."""
        row = mapped(**values)
        self.session.add(row)
        return row


Effect = Callable[[Act], None]


def keep(act: Act) -> None:
    """What the row alone says: asked values that the details have a place for, codes for the journal, the message.

    A blank leaves things as they are.
    """
    for name in act.row.asks:
        if act.details is not None and hasattr(act.details, name) and act.given.get(name) is not None:
            setattr(act.details, name, act.given[name])
    act.payload |= {
        name: as_code(act.given[name]) for name in act.row.notes if act.given.get(name) is not None
    }
    if act.row.says:
        act.write_message(act.given.get(act.row.says))


def as_code(value: Any) -> Any:
    """A code, a number, a date or an identifier as the journal keeps it."""
    return value if isinstance(value, (bool, int, str, list)) else str(value)


def fire(
    session: Session,
    ticket: Ticket,
    name: str,
    actor: Actor | None,
    given: Mapping[str, Any],
    effect: Effect | None = None,
    *,
    happened_at: datetime | None = None,
    part_of: str | None = None,
) -> JournalEntry:
    """Do the transition `name`: judge it by its row, apply the effect, write state, journal, clocks and mails.

    `happened_at` (UTC) defaults to now; refused when in the future or before the last entry (R-CLK-8).
    `part_of` names the permitted act that this one carries out (an outcome given during a call).
    Refuses in the order of `judging.judge`.
    """
    now = clock.now()
    known = reference(session)
    workflow = WORKFLOWS[ticket.kind]
    lines = standing.lines_of(session, ticket)
    if ticket.submitted_at is not None:
        session.flush()  # this act reads what one before it, in the same transaction, has written
    details = standing.details_of(session, ticket)
    when = _happened(happened_at, now, lines)
    if part_of is not None:
        row = workflow.transition(name)
    else:
        state = standing.standing_of(ticket, details, known, now)
        row = judging.judge(workflow, name, state, actor, given)
        if name == workflow.sends:
            expect_asker(known, ticket, french.local_day(when))
    if lines and name != UNDO:
        _let_leave(session, ticket, lines[-1], now)
    act = Act(session, known, ticket, details, actor, row, given, when, len(lines) + 1)
    before = ticket.state if row.source else None
    undoable = row.may_be_undone(to_caf=known.to_caf(ticket.asking_unit_id))
    if undoable:
        act.payload["before"] = _as_it_stands(ticket)
    (effect or keep)(act)
    with session.no_autoflush:  # state, owing unit and deadline are true together or not at all
        _move(act, now)
        entry = _write(act, before, max(now, when), part_of, lines[-1].hash if lines else journal.FIRST)
        lines = [*lines, standing.line_of(entry)]
        standing.keep_clocks(session, ticket, lines, known)
        if ticket.submitted_at is not None:  # a draft is private to its unit: nobody hears that it ended
            facts = act.details.facts() if act.details is not None else {}
            told = [standing.unit_for(owes, ticket, facts) for owes in row.tells]
            tell(session, ticket, row, known, told, now)
            webhooks.note(session, ticket, row.name, act.happened_at, now)
        if undoable:
            _hold_back(session, now + UNDO_WITHIN)
    standing.keep_lines(session, ticket, lines)
    return entry


def _happened(happened_at: datetime | None, now: datetime, lines: list[Line]) -> datetime:
    when = happened_at or now
    if when > now:
        raise InvalidInput({"happened_at": ["Cette heure est dans le futur."]}, rule="R-CLK-8")
    if lines and when < lines[-1].happened_at:
        if happened_at is None:
            return lines[-1].happened_at
        raise InvalidInput(
            {"happened_at": ["Cette heure est avant le dernier fait noté dans l’historique."]}, rule="R-CLK-8"
        )
    return when


def _as_it_stands(ticket: Ticket) -> Mapping[str, str | None]:
    return {
        "unit": ticket.assigned_unit_id,
        "holder": None if ticket.holder_id is None else str(ticket.holder_id),
        "since": ticket.state_since.isoformat(),
    }


def _hold_back(session: Session, until: datetime) -> None:
    """What this act tells leaves once it can no longer be undone."""
    for row in session.new:
        if isinstance(row, OutboxMail | WebhookDelivery):
            row.next_try_at = until


def _let_leave(session: Session, ticket: Ticket, last: Line, now: datetime) -> None:
    """Once another act follows, the one before is undone no more: what it tells leaves first."""
    if (
        not WORKFLOWS[ticket.kind].transition(last.transition).undoable
        or now >= ticket.changed_at + UNDO_WITHIN
    ):
        return
    mails = update(OutboxMail).where(OutboxMail.ticket_id == ticket.id, OutboxMail.event == last.transition)
    named = event_name(ticket.kind, last.transition)
    told = update(WebhookDelivery).where(
        WebhookDelivery.reference == ticket.reference, WebhookDelivery.event == named
    )
    session.execute(
        mails.where(OutboxMail.next_try_at > now, OutboxMail.attempts == 0).values(next_try_at=now)
    )
    session.execute(
        told.where(WebhookDelivery.next_try_at > now, WebhookDelivery.attempts == 0).values(next_try_at=now)
    )


def _move(act: Act, now: datetime) -> None:
    ticket, row = act.ticket, act.row
    workflow = WORKFLOWS[ticket.kind]
    if act.target is not None:
        ticket.state, ticket.state_since = act.target, act.happened_at
    ticket.ended_at = act.happened_at if workflow.state(ticket.state).final else None
    if ticket.ended_at is None:
        _leave_closed_services(act, french.local_day(now))
    ticket.next_step_unit_id = standing.owing_unit(workflow, ticket, act.details)
    ticket.responsible_unit_id = standing.responsible_unit(workflow, ticket)
    ticket.changed_at = now
    if row.source:
        ticket.version += 1


def _leave_closed_services(act: Act, today: date) -> None:
    """What would go on at a service of the Caf that has closed down goes on at the first of its kind that stays.

    Nobody there has it in hand yet, but what is under treatment keeps its holder until it is confided (its state asks
    for one). Who is still counted in the closed service ends what they hold.
    """
    ticket = act.ticket
    for place in ("triage_unit_id", "assigned_unit_id"):
        unit = act.reference.units.get(getattr(ticket, place) or "")
        if unit is None or unit.kind is UnitKind.CDAS or not unit.closed_by(today):
            continue
        if act.actor is not None and act.actor.unit_id == unit.code:
            continue
        staying = act.reference.desk(unit.kind).code
        setattr(ticket, place, staying)
        if place == "assigned_unit_id" and ticket.holder_id is not None and ticket.state != "in_progress":
            there = somebody_of(act.session, ticket.holder_id, staying, clock.now())
            ticket.holder_id = None if there is None else ticket.holder_id


def _write(act: Act, before: str | None, now: datetime, part_of: str | None, previous: bytes) -> JournalEntry:
    ticket, salt = act.ticket, os.urandom(16)
    payload = json.dumps({**act.payload, **({"part_of": part_of} if part_of else {})}, sort_keys=True)
    chained = {
        "ticket_id": ticket.id,
        "sequence": act.sequence,
        "transition": act.row.name,
        "from_state": before,
        "to_state": ticket.state,
        "actor_id": act.actor.account_id if act.actor else None,
        "actor_unit_id": act.actor.unit_id if act.actor else None,
        "next_step_unit_id": ticket.next_step_unit_id,
        "happened_at": act.happened_at,
        "recorded_at": now,
        "payload_digest": journal.payload_digest(salt, payload.encode()),
    }
    return act.keep(
        JournalEntry,
        **chained,
        codes=_kept_for_figures(act),
        payload_salt=salt,
        previous_hash=previous,
        hash=journal.chain_hash(_link(chained[name] for name in journal.Link._fields), previous),
        payload=payload,
    )


def _kept_for_figures(act: Act) -> dict[str, Any]:
    return {name: code for name in act.row.figures if (code := act.payload.get(name)) is not None}


def link_of(entry: JournalEntry) -> journal.Link:
    """What the entry's hash covers."""
    return _link(getattr(entry, name) for name in journal.Link._fields)


def _link(said: Iterable[Any]) -> journal.Link:
    return journal.Link._make(str(one) if isinstance(one, UUID) else one for one in said)
