"""Mails of the meetings: the invitation for one's calendar, and the call for remarks before a committee (R-DP-5)."""

from datetime import datetime, time

from sqlalchemy.orm import Session

from service.models import Meeting
from service.notifications.invitation import invitation
from service.notifications.telling import tell_address
from service.queries.reference import UnitCard
from service.workflows import french, meetings
from service.workflows.meetings import MeetingKind


def tell_invited(session: Session, meeting: Meeting, unit: UnitCard, now: datetime) -> None:
    """The day, hour and place, with an event that replaces the one of an earlier day."""
    title, starts_at = title_of(meeting), time.fromisoformat(meeting.starts_at)
    begins_at = datetime.combine(meeting.held_on, starts_at, french.PARIS)

    def calendar(link: str, domain: str) -> str:
        return invitation(
            f"reunion-{meeting.id}",
            begins_at,
            link=link,
            domain=domain,
            sequence=meeting.version,
            written_at=now,
            attendee=unit.email or "",
            summary=title,
            description=f"Ordre du jour (connexion nécessaire) : {link}",
            place=meeting.place,
        )

    tell_address(
        session,
        None,
        unit,
        "meeting",
        f"Relais – {title}",
        "meeting.txt",
        now,
        path=f"/reunions/{meeting.id}",
        calendar=calendar,
        title=title,
        when=french.instant(begins_at),
        place=meeting.place,
        moved=meeting.version > 1,
    )


def tell_called(session: Session, meeting: Meeting, unit: UnitCard, now: datetime) -> None:
    """What works, what to improve: where to say it, until when."""
    tell_address(
        session,
        None,
        unit,
        "remarks_asked",
        f"Relais – {title_of(meeting)} : dites ce qui marche ou non",
        "remarks_asked.txt",
        now,
        path="/remarques",
        title=title_of(meeting),
        when=french.long_date(meeting.held_on),
    )


def title_of(meeting: Meeting) -> str:
    """Its name, with what it is about."""
    return meetings.title(MeetingKind(meeting.kind), meeting.about_on, meeting.held_on)
