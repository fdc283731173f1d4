"""The facts of a period from the database: four statements and one for each kind's coded details."""

import sys
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session

from service.models import (
    DETAILS,
    AwarenessAction,
    Call,
    ClockRecord,
    IncomingMail,
    JournalEntry,
    Remark,
    ReportedCount,
    Ticket,
)
from service.permissions import UnitKind
from service.queries.reference import Reference, reference
from service.statistics.facts import (
    OUT_OF_FIGURES,
    ActionFacts,
    CallFacts,
    Event,
    Facts,
    MailFacts,
    TicketFacts,
    Timing,
    UnitFacts,
)
from service.statistics.periods import Month, Period
from service.workflows.french import local_day

_AT_ONCE = 5_000
"""Rows read from the database at a time: a year has hundreds of thousands."""

CODES: Mapping[str, tuple[str, ...]] = {
    "urgent_rights": (
        "benefit",
        "event",
        "kept_benefit",
        "kept_event",
        "cdap_no_access",
        "line_was_open",
        "line_open_reason",
        "outcome_on",
        "repeats_id",
    ),
    "co_intervention": ("regime", "need", "scope_event"),
    "handover": ("regime", "relay_case", "scope_event", "communication", "meeting_on"),
    "social_emergency": ("motives", "unaccompanied_sent"),
    "appointment": ("source", "scope_event"),
    "orientation": ("reason", "accompanied_by"),
    "rights_meeting": ("code", "target_group", "rights_opened", "check_due_on"),
}
"""The coded columns that figures read, kind by kind; they outlive what people wrote."""

_OWING = (UnitKind.CDAS, UnitKind.CAF_SECRETARIAT, UnitKind.CAF_PRESTATIONS, UnitKind.CAF_SOCIAL)


def facts_of(session: Session, period: Period) -> Facts:
    """Everything that the figures of a period are computed from; its cost does not grow with older years."""
    known = reference(session)
    concerned = _open_in(period)
    codes = _codes(session, concerned)
    events = _events(session, concerned)
    timings = _timings(session, concerned)
    return Facts(
        period=period,
        tickets=tuple(
            _ticket(row, known, codes.get(row.id, {}), events.get(row.id, ()), timings.get(row.id, ()))
            for row in _rows(session, concerned)
        ),
        calls=_calls(session, period),
        mails=_mails(session, period),
        reported=_reported(session, period),
        units={
            card.code: UnitFacts(card.code, card.name, card.kind.value)
            for kind in _OWING
            for card in known.units_of(kind)
        },
        hours_of=known.hours_of,
        notices=_notices(session, period),
        actions=_actions(session, period),
        remarks=_remarks(session, period),
    )


def is_empty(session: Session, period: Period) -> bool:
    """Whether no request was open in the period and nobody called: a time before Relais, or a very quiet one."""
    called = exists().where(Call.started_at >= period.start, Call.started_at < period.end)
    return not session.scalar(select(or_(exists().where(_open_in(period)), called)))


def _open_in(period: Period) -> ColumnElement[bool]:
    return (
        (Ticket.submitted_at < period.end)
        & or_(Ticket.ended_at.is_(None), Ticket.ended_at >= period.start)
        & (Ticket.kind != OUT_OF_FIGURES)
    )


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
            entry.code,
        )
        .join(Ticket, Ticket.id == entry.ticket_id)
        .where(concerned)
        .order_by(entry.ticket_id, entry.sequence),
        execution_options={"yield_per": _AT_ONCE},
    )
    found: dict[UUID, list[Event]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(Event(*_lean(row[1:])))
    return {ticket_id: tuple(events) for ticket_id, events in found.items()}


def _lean(values: Any) -> Iterator[Any]:
    """The values of a row, words once for all rows and an instant once for the row: a year holds in less memory."""
    instants: dict[datetime, datetime] = {}
    for value in values:
        if isinstance(value, str):
            yield sys.intern(value)
        else:
            yield instants.setdefault(value, value) if isinstance(value, datetime) else value


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
        )
        .join(Ticket, Ticket.id == record.ticket_id)
        .where(concerned)
        .order_by(record.ticket_id, record.started_at, record.name),
        execution_options={"yield_per": _AT_ONCE},
    )
    found: dict[UUID, list[Timing]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(Timing(*_lean(row[1:])))
    return {ticket_id: tuple(timings) for ticket_id, timings in found.items()}


def _calls(session: Session, period: Period) -> tuple[CallFacts, ...]:
    rows = session.execute(
        select(
            Call.cdas_code,
            Call.started_at,
            Call.recorded_at,
            Call.minutes,
            Call.answered,
            Call.outcome.is_not(None),
        )
        .where(Call.started_at >= period.start, Call.started_at < period.end)
        .order_by(Call.started_at, Call.id)
    )
    return tuple(CallFacts(*row) for row in rows)


def _mails(session: Session, period: Period) -> tuple[MailFacts, ...]:
    rows = session.execute(
        select(IncomingMail.received_at, IncomingMail.nature)
        .where(
            IncomingMail.fate == "qualified",
            IncomingMail.received_at >= period.start,
            IncomingMail.received_at < period.end,
        )
        .order_by(IncomingMail.received_at, IncomingMail.id)
    )
    return tuple(MailFacts(received_at, str(nature)) for received_at, nature in rows)


def _reported(session: Session, period: Period) -> dict[str, int]:
    keys = [period.key] if isinstance(period, Month) else [month.key for month in period.months]
    rows = session.execute(
        select(ReportedCount.name, func.sum(ReportedCount.number))
        .where(ReportedCount.month.in_(keys))
        .group_by(ReportedCount.name)
    )
    return {name: int(number) for name, number in rows}


def _actions(session: Session, period: Period) -> tuple[ActionFacts, ...]:
    action = AwarenessAction
    rows = session.execute(
        select(action.kind, action.participants)
        .where(
            action.held_on >= local_day(period.start),
            action.held_on < local_day(period.end),
            action.removed_at.is_(None),
        )
        .order_by(action.held_on, action.id)
    )
    return tuple(ActionFacts(*row) for row in rows)


def _remarks(session: Session, period: Period) -> int:
    query = select(func.count()).where(Remark.written_at >= period.start, Remark.written_at < period.end)
    return session.scalar(query) or 0


def _notices(session: Session, period: Period) -> int:
    query = select(func.count()).where(
        Ticket.kind == OUT_OF_FIGURES, Ticket.submitted_at >= period.start, Ticket.submitted_at < period.end
    )
    return session.scalar(query) or 0
