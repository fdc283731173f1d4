"""What goes into the calendars of both sides with the mails of an event: an appointment, or that it falls through."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.models import AppointmentDetails, Details, OutboxMail, RightsMeetingDetails, Ticket
from service.notifications.invitation import called_off, invitation, invites_after
from service.queries.reference import Reference
from service.workflows import french

STANDS = frozenset({"scheduled", "held", "follow_up", "closed"})
"""The states in which the appointment is to take place, or has; one closed before its hour was held early."""

MET: Mapping[str, type[Details]] = {
    "appointment": AppointmentDetails,
    "rights_meeting": RightsMeetingDetails,
}
"""The kinds in which somebody is met at a day and hour."""


def calendars(
    session: Session,
    ticket: Ticket,
    event: str,
    unit_codes: Iterable[str | None],
    reference: Reference,
    now: datetime,
    *,
    link: str,
    domain: str,
) -> Mapping[str, str]:
    """By unit: an invitation for those told of an appointment (R-RV, R-RD), a cancellation for those once invited.

    A unit may get the cancellation of what the act's row does not tell it: its calendar would be wrong otherwise.
    """
    if ticket.kind not in MET:
        return {}
    if event == "schedule":
        return _invitations(session, ticket, unit_codes, reference, now, link, domain)
    return {} if ticket.state in STANDS else _cancellations(session, ticket, now)


def _invitations(
    session: Session,
    ticket: Ticket,
    unit_codes: Iterable[str | None],
    reference: Reference,
    now: datetime,
    link: str,
    domain: str,
) -> Mapping[str, str]:
    details = session.get(MET[ticket.kind], ticket.id)
    if not isinstance(details, AppointmentDetails | RightsMeetingDetails):
        return {}
    if details.meeting_on is None or details.meeting_time is None:
        return {}
    desk = reference.units.get(ticket.triage_unit_id or "")
    told = [unit for code in unit_codes if (unit := reference.units.get(code or "")) is not None]
    return {
        unit.code: invitation(
            ticket.reference,
            datetime.combine(details.meeting_on, details.meeting_time, french.PARIS),
            link=link,
            domain=domain,
            sequence=ticket.version,
            written_at=now,
            attendee=unit.email,
            organizer=desk.email if desk else None,
        )
        for unit in told
        if unit.email
    }


def _cancellations(session: Session, ticket: Ticket, now: datetime) -> Mapping[str, str]:
    query = (
        select(OutboxMail.unit_id, OutboxMail.calendar)
        .where(OutboxMail.ticket_id == ticket.id, OutboxMail.calendar.is_not(None))
        .order_by(OutboxMail.created_at, OutboxMail.id)
    )
    last = {code: calendar for code, calendar in session.execute(query) if code and calendar}
    return {
        code: called_off(calendar, sequence=ticket.version, written_at=now)
        for code, calendar in last.items()
        if invites_after(calendar, now)
    }
