"""The facts of a period from the database: four statements and one for each kind's coded details."""

from collections.abc import Mapping
from operator import attrgetter
from sys import intern
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select, union
from sqlalchemy.orm import Session

from service.models import (
    DETAILS,
    Call,
    ClockRecord,
    JournalEntry,
    Ticket,
)
from service.permissions import UnitKind
from service.queries.reference import Reference, reference
from service.statistics import beside
from service.statistics.facts import (
    OUT_OF_FIGURES,
    Event,
    Facts,
    TicketFacts,
    Timing,
    UnitFacts,
)
from service.statistics.periods import Period
from service.workflows.journal import holding
from service.workflows.registry import WORKFLOWS

_AT_ONCE = 5_000
"""Rows read from the database at a time: a year has hundreds of thousands."""

CODES: Mapping[str, tuple[str, ...]] = {
    "urgent_rights": (
        "benefit",
        "event",
        "cdap_no_access",
        "line_was_open",
        "line_open_reason",
        "repeats_id",
    ),
    "co_intervention": ("regime", "need", "scope_event"),
    "handover": ("regime", "relay_case", "scope_event", "communication"),
    "social_emergency": ("motives", "unaccompanied_sent"),
    "appointment": ("source", "scope_event", "first_reached_at"),
    "orientation": ("reason", "accompanied_by"),
    "rights_meeting": ("code", "target_group", "held_on", "rights_opened", "checked_on"),
}
"""The coded columns that figures read, kind by kind: written by one act, they outlive what people wrote."""

_NOTHING: Mapping[str, Any] = {}
_OWING = (UnitKind.CDAS, UnitKind.CAF_SECRETARIAT, UnitKind.CAF_PRESTATIONS, UnitKind.CAF_SOCIAL)


def facts_of(session: Session, period: Period) -> Facts:
    """Everything that the figures of a period are computed from; its cost does not grow with older years."""
    known = reference(session)
    concerned = _concerning(period)
    codes = _codes(session, concerned)
    events = _events(session, concerned)
    timings = _timings(session, concerned)
    return Facts(
        period=period,
        tickets=tuple(
            _ticket(row, known, codes.get(row.id, {}), events.get(row.id, ()), timings.get(row.id, ()))
            for row in _rows(session, concerned)
        ),
        calls=beside.calls(session, period),
        mails=beside.mails(session, period),
        reported=beside.reported(session, period),
        units={
            card.code: UnitFacts(card.code, card.name, card.kind.value)
            for kind in _OWING
            for card in known.units_of(kind)
        },
        hours_of=known.hours_of,
        notices=beside.notices(session, period),
        actions=beside.actions(session, period),
        remarks=beside.remarks(session, period),
    )


def is_empty(session: Session, period: Period) -> bool:
    """Whether no request was open in the period and nobody called: a time before Relais, or a very quiet one."""
    called = exists().where(Call.started_at >= period.start, Call.started_at < period.end)
    return not session.scalar(select(or_(*(part.exists() for part in _open_in(period)), called)))


def _concerning(period: Period) -> ColumnElement[bool]:
    """Open at some time in the period – or so it seems by the journal or by a clock, where the row says otherwise.

    A row that was ended by mistake is read too, so that its flows do not add up (R-IND-I-15). Each part has its index:
    what ended before the period is not looked at.
    """
    moved = select(JournalEntry.ticket_id).where(
        JournalEntry.recorded_at
        >= period.start,  # the index; what happened in the period was not recorded before
        JournalEntry.happened_at >= period.start,
        JournalEntry.happened_at < period.end,
    )
    timed = select(ClockRecord.ticket_id).where(ClockRecord.stopped_at.is_(None))
    return _sent_before(period) & Ticket.id.in_(union(*_open_in(period), moved, timed))


def _open_in(period: Period) -> tuple[Select[UUID], Select[UUID]]:
    """By their own rows: those that are open now, and those that have ended since the period began."""
    counted = {kind: workflow for kind, workflow in WORKFLOWS.items() if kind != OUT_OF_FIGURES}
    live = or_(
        *(
            and_(Ticket.kind == kind, Ticket.state.in_(sorted(workflow.live_states)))
            for kind, workflow in counted.items()
        )
    )
    ended = Ticket.kind.in_(sorted(counted)) & (Ticket.ended_at >= period.start)
    sent = select(Ticket.id).where(_sent_before(period))
    return sent.where(live), sent.where(ended)


def _sent_before(period: Period) -> ColumnElement[bool]:
    return (Ticket.submitted_at < period.end) & (Ticket.kind != OUT_OF_FIGURES)


def _rows(session: Session, concerned: ColumnElement[bool]) -> list[Any]:
    columns = (
        Ticket.id,
        Ticket.reference,
        Ticket.kind,
        Ticket.channel,
        Ticket.asking_unit_id,
        Ticket.assigned_unit_id,
        Ticket.triage_unit_id,
        Ticket.submitted_at,
        Ticket.state,
        Ticket.next_step_unit_id,
    )
    return list(session.execute(select(*columns).where(concerned).order_by(Ticket.submitted_at, Ticket.id)))


def _ticket(
    row: Any,
    known: Reference,
    codes: Mapping[str, Any],
    events: tuple[Event, ...],
    timings: tuple[Timing, ...],
) -> TicketFacts:
    asked = row.assigned_unit_id or row.triage_unit_id
    parties = [code for code in (row.asking_unit_id, asked) if code is not None]
    cdas = [code for code in parties if known.units[code].kind is UnitKind.CDAS]
    return TicketFacts(
        id=row.id,
        reference=row.reference,
        kind=row.kind,
        channel=row.channel,
        asking=row.asking_unit_id,
        cdas=cdas[0] if cdas else None,
        from_caf=row.asking_unit_id is not None and row.asking_unit_id not in cdas,
        to_caf=asked not in cdas,
        submitted_at=row.submitted_at,
        state=row.state,
        owes=row.next_step_unit_id,
        codes=codes,
        events=events,
        timings=timings,
    )


def _codes(session: Session, concerned: ColumnElement[bool]) -> dict[UUID, Mapping[str, Any]]:
    found: dict[UUID, Mapping[str, Any]] = {}
    for kind, names in CODES.items():
        model = DETAILS[kind]
        rows = session.execute(
            select(model.ticket_id, *(getattr(model, name) for name in names))
            .join(Ticket, Ticket.id == model.ticket_id)
            .where(concerned, Ticket.kind == kind)
        )
        found |= {row[0]: dict(zip(names, row[1:], strict=True)) for row in rows}
    return found


def _events(session: Session, concerned: ColumnElement[bool]) -> dict[UUID, tuple[Event, ...]]:
    entry = JournalEntry
    rows = session.execute(
        select(
            entry.ticket_id,
            entry.transition,
            entry.from_state,
            entry.to_state,
            entry.happened_at,
            entry.recorded_at,
            entry.actor_unit_id,
            entry.next_step_unit_id,
            entry.codes,
        )
        .join(Ticket, Ticket.id == entry.ticket_id)
        .where(concerned)
        .order_by(entry.ticket_id, entry.sequence),
        execution_options={"yield_per": _AT_ONCE},
    )
    found: dict[UUID, list[Event]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(_event(row))
    return {ticket_id: tuple(holding(events, attrgetter("name"))) for ticket_id, events in found.items()}


def _event(row: Any) -> Event:
    # Words once for all rows, an instant once for the row: a year has to hold in memory.
    _, name, source, target, happened_at, recorded_at, unit, owes, codes = row
    return Event(
        name=intern(name),
        source=source and intern(source),
        target=intern(target),
        happened_at=happened_at,
        recorded_at=happened_at if recorded_at == happened_at else recorded_at,
        unit=unit and intern(unit),
        owes=owes and intern(owes),
        codes=codes or _NOTHING,
    )


def _timings(session: Session, concerned: ColumnElement[bool]) -> dict[UUID, tuple[Timing, ...]]:
    record = ClockRecord
    rows = session.execute(
        select(
            record.ticket_id,
            record.name,
            record.started_at,
            record.stopped_at,
            record.business_seconds,
            record.elapsed_seconds,
            record.waited_seconds,
            record.within_target,
            record.target_at,
        )
        .join(Ticket, Ticket.id == record.ticket_id)
        .where(concerned)
        .order_by(record.ticket_id, record.started_at, record.name),
        execution_options={"yield_per": _AT_ONCE},
    )
    found: dict[UUID, list[Timing]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(Timing(intern(row[1]), *row[2:]))
    return {ticket_id: tuple(timings) for ticket_id, timings in found.items()}
