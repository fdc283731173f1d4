"""« Réunions » in words: a meeting, its agenda, what was decided, who takes part; the same for page and minutes."""

from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import Any

from sqlalchemy.orm import Session

from service import clock
from service.models import Meeting, MeetingLine, MeetingRecord, Ticket
from service.notifications.meetings import title_of
from service.operations import meeting_agenda, meeting_records
from service.permissions import Actor, Institution
from service.queries import agenda
from service.queries import meetings as queries
from service.queries.agenda import Case
from service.queries.reference import Reference
from service.workflows import french
from service.workflows.meetings import HELD, INSTITUTION_LABELS, KIND_LABELS, REASONS, MeetingKind, lateness
from service.workflows.registry import WORKFLOWS

Shown = dict[str, Any]


def meeting_of(meeting: Meeting) -> Shown:
    """Its name, day, hour, place, and where it stands."""
    day, kind = meeting.held_on, MeetingKind(meeting.kind)
    name = title_of(meeting)
    return {
        "id": meeting.id,
        "kind": kind.value,
        "kind_label": KIND_LABELS[kind],
        "title": name,
        "short": french.capital(name.partition(" – ")[2]) if kind is MeetingKind.MONTHLY else name,
        "monthly": kind is MeetingKind.MONTHLY,
        "day": french.long_date(day),
        "iso": day.isoformat(),
        "hour": french.clock_time(time.fromisoformat(meeting.starts_at)),
        "place": meeting.place,
        "asked_by": INSTITUTION_LABELS[Institution(meeting.asked_by)] if meeting.asked_by else "",
        "reason": meeting.reason or "",
        "held": meeting.state == HELD,
        "today": day <= french.local_day(clock.now()),
        "called": french.long_date(french.local_day(meeting.called_at)) if meeting.called_at else "",
        "frozen": french.instant(meeting.held_at) if meeting.held_at else "",
    }


def agenda_of(session: Session, actor: Actor, meeting: Meeting, known: Reference) -> Shown:
    """`free`: lines typed; `cases`: those of the month, frozen once held; `aside`: those put aside; `reasons`: why."""
    kept = session.execute(queries.lines(meeting.id)).all()
    free = [{"id": line.id, "text": line.text} for line, ticket in kept if ticket is None]
    aside = {ticket.id for line, ticket in kept if ticket is not None and line.set_aside}
    found = _frozen(kept) if meeting.state == HELD else meeting_agenda.present(session, meeting)
    readable = agenda.readable_among(session, actor, [case.ticket_id for case in found])
    shown = [(case.ticket_id in aside, _case(case, known, case.ticket_id in readable)) for case in found]
    present = {code for case in found for code in case.reasons}
    return {
        "reasons": [(one.label, one.sentence) for code, one in REASONS.items() if code in present],
        "free": free,
        "cases": [case for out, case in shown if not out],
        "aside": [case for out, case in shown if out],
    }


def records_of(session: Session, meeting: Meeting, known: Reference) -> Shown:
    """`decisions`, `actions` of this meeting, and `carried`: the open actions of the earlier ones of its kind."""
    own = [_record(row, name, meeting, known) for row, name in session.execute(queries.records(meeting.id))]
    carried = session.execute(queries.carried_over(meeting)).all()
    return {
        "decisions": [one for one in own if one["kind"] == "decision"],
        "actions": [one for one in own if one["kind"] == "action"],
        "carried": [_record(row, name, meeting, known) for row, name in carried],
    }


def participants_of(session: Session, meeting: Meeting, known: Reference) -> list[Shown]:
    """Who takes part, the Département first, and whether they were invited to the present day and place."""
    shown = []
    for one, name, institution in session.execute(queries.participants(meeting.id)):
        unit = known.units[one.unit_code] if one.unit_code else None
        shown.append(
            {
                "id": one.id,
                "name": unit.name if unit else name,
                "side": unit.institution.value if unit else institution,
                "invited": one.invited_version == meeting.version,
            }
        )
    return sorted(shown, key=lambda one: (one["side"] != Institution.DEPARTEMENT, one["name"]))


def comments_of(session: Session, meeting: Meeting) -> dict[tuple[str, str], tuple[str, int]]:
    """Text and version, by institution and heading."""
    rows = queries.comments(session, meeting.id)
    return {(row.institution, row.heading): (row.text, row.version) for row in rows}


def _frozen(kept: Sequence[Any]) -> list[Case]:
    return [_kept_case(line, ticket) for line, ticket in kept if ticket is not None and not line.set_aside]


def _kept_case(line: MeetingLine, ticket: Ticket) -> Case:
    return Case(
        ticket_id=ticket.id,
        reference=ticket.reference,
        kind=ticket.kind,
        state=line.state or ticket.state,
        asking_unit_id=ticket.asking_unit_id,
        age_days=line.age_days or 0,
        reasons=tuple(line.reasons),
        questions=tuple((line.question or "").splitlines()),
    )


def _case(case: Case, known: Reference, readable: bool) -> Shown:
    workflow = WORKFLOWS[case.kind]
    reasons = [REASONS[code] for code in case.reasons if code in REASONS]
    return {
        "reference": case.reference,
        "readable": readable,
        "kind": workflow.label,
        "state": known.state(case.kind, case.state, case.asking_unit_id).label,
        "age": _age(case.age_days),
        "reasons": [{"label": one.label, "level": one.level} for one in reasons],
        "questions": list(case.questions),
    }


def _record(row: MeetingRecord, name: str | None, meeting: Meeting, known: Reference) -> Shown:
    unit = known.units.get(row.unit_code or "")
    today = french.local_day(clock.now())
    return {
        "id": row.id,
        "kind": row.kind,
        "text": row.text,
        "owner": unit.name if unit else name or "",
        "due": french.short_date(row.due_on) if row.due_on else "",
        "late": _late(row, today),
        "done": french.short_date(row.done_on) if row.done_on else "",
        "done_on": row.done_on,
        "note": row.done_note or "",
        "removable": row.meeting_id == meeting.id and meeting_records.may_be_removed(row),
    }


def _late(row: MeetingRecord, today: date) -> str:
    return "" if row.due_on is None or row.done_on is not None else lateness(row.due_on, today)


def _age(days: int) -> str:
    """« du jour », « 12 jours », never cut."""
    return "du jour" if days == 0 else french.counted(days, "jour").replace(" ", "\u00a0")


def said(forms: Mapping[str, Sequence[Shown]]) -> list[Shown]:
    """Every field of the forms of a page, for the summary of errors."""
    return [field for fields in forms.values() for field in fields]
