"""Plan a meeting, change its day, gather who takes part, invite them, open it (R-GO-1 to 3)."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from service import clock
from service.database import transaction
from service.errors import GuardRefused, InvalidInput
from service.models import Meeting, MeetingParticipant
from service.notifications import meetings as mails
from service.operations import meeting_agenda, meeting_people
from service.operations.impersonal import refuse_numbers
from service.operations.meeting_guards import expect_writer, planned_one
from service.permissions import Actor
from service.queries import meetings as queries
from service.queries.reference import reference
from service.workflows import french, meetings
from service.workflows.meetings import HELD, PLANNED, MeetingKind

FARTHEST = timedelta(days=500)


def plan(actor: Actor, given: Mapping[str, Any]) -> UUID:
    """Plan a meeting; who took part in the last one of its kind takes part again.

    Refuses (NotPermitted) who only reads meetings, (InvalidInput) a past or far day, a month or year that has its
    meeting already, a particular meeting without its reason, numbers of persons.
    """
    expect_writer(actor)
    refuse_numbers({name: given.get(name) for name in ("place", "reason")})
    _expect_day(given["held_on"])
    kind = MeetingKind(given["kind"])
    with transaction() as session:
        meeting = Meeting(
            kind=kind.value,
            state=PLANNED,
            held_on=given["held_on"],
            starts_at=given["starts_at"],
            place=given["place"],
            planned_by=actor.account_id,
            **_about(actor, kind, given),
        )
        session.add(meeting)
        _flush_alone(session, kind)
        _same_people(session, meeting)
        return meeting.id


def change(actor: Actor, meeting_id: UUID, held_on: date, starts_at: str, place: str) -> int:
    """Another day, hour or place; those who were invited are told of it: gives how many.

    Refuses a meeting that was held, a past or far day, numbers of persons.
    """
    expect_writer(actor)
    refuse_numbers({"place": place})
    _expect_day(held_on)
    with transaction() as session:
        meeting = planned_one(session, meeting_id)
        if (meeting.held_on, meeting.starts_at, meeting.place) == (held_on, starts_at, place):
            return 0
        meeting.held_on, meeting.starts_at, meeting.place = held_on, starts_at, place
        meeting.version += 1
        return _invite(session, meeting, again=True)


def add_participant(actor: Actor, meeting_id: UUID, who: str) -> None:
    """Somebody, or a whole unit, takes part. Refuses who is not known here, and who takes part already."""
    expect_writer(actor)
    with transaction() as session:
        meeting = planned_one(session, meeting_id)
        unit_code, account_id = meeting_people.known(session, who, "participant")
        session.add(MeetingParticipant(meeting_id=meeting.id, unit_code=unit_code, account_id=account_id))
        try:
            session.flush()
        except IntegrityError as twice:
            raise InvalidInput({"participant": ["Déjà parmi les participants."]}) from twice


def remove_participant(actor: Actor, meeting_id: UUID, participant_id: UUID) -> None:
    """Somebody does not take part any more; nobody is told."""
    expect_writer(actor)
    with transaction() as session:
        meeting = planned_one(session, meeting_id)
        session.execute(
            delete(MeetingParticipant).where(
                MeetingParticipant.id == participant_id, MeetingParticipant.meeting_id == meeting.id
            )
        )


def invite(actor: Actor, meeting_id: UUID) -> int:
    """Send the invitation, for their calendars, to those who did not get it yet; gives how many."""
    expect_writer(actor)
    with transaction() as session:
        return _invite(session, planned_one(session, meeting_id), again=False)


def hold(actor: Actor, meeting_id: UUID) -> None:
    """Open the meeting: its agenda is frozen, decisions and actions can be typed. Refuses before its day."""
    expect_writer(actor)
    with transaction() as session:
        meeting = planned_one(session, meeting_id)
        now = clock.now()
        if french.local_day(now) < meeting.held_on:
            raise GuardRefused(
                f"Cette réunion est prévue le {french.long_date(meeting.held_on)} : elle s’ouvre ce jour-là.",
                rule="R-GO-1",
                advice="Jusque-là, préparez son ordre du jour.",
            )
        meeting_agenda.freeze(session, meeting, now)
        meeting.state, meeting.held_at = HELD, now


def _about(actor: Actor, kind: MeetingKind, given: Mapping[str, Any]) -> dict[str, Any]:
    if kind is MeetingKind.PARTICULAR:
        if not given.get("reason"):
            raise InvalidInput({"reason": ["Dites pourquoi cette réunion est demandée."]}, rule="R-GO-3")
        return {"about_on": None, "asked_by": actor.institution.value, "reason": given["reason"]}
    if given.get("about_on") is None:
        raise InvalidInput(
            {"about_on": ["Dites de quel mois, ou de quelle année, il s’agit."]}, rule="R-GO-1"
        )
    return {"about_on": meetings.begins(kind, given["about_on"])}


def _expect_day(held_on: date) -> None:
    today = french.local_day(clock.now())
    if held_on < today:
        raise InvalidInput({"held_on": ["Une réunion se prévoit à partir d’aujourd’hui."]})
    if held_on > today + FARTHEST:
        raise InvalidInput({"held_on": ["Cette date est bien loin : vérifiez l’année."]})


def _flush_alone(session: Session, kind: MeetingKind) -> None:
    try:
        session.flush()
    except IntegrityError as twice:
        which = (
            "Cette année a déjà son comité" if kind is MeetingKind.COMMITTEE else "Ce mois a déjà sa réunion"
        )
        raise InvalidInput({"about_on": [f"{which} : ouvrez la page pour la changer."]}) from twice


def _same_people(session: Session, meeting: Meeting) -> None:
    last = session.scalar(
        select(Meeting)
        .where(Meeting.kind == meeting.kind, Meeting.id != meeting.id)
        .order_by(Meeting.held_on.desc(), Meeting.id.desc())
        .limit(1)
    )
    if last is None:
        return
    for one, _, _ in session.execute(queries.participants(last.id)):
        if one.account_id is None or meeting_people.still_here(session, one.account_id):
            session.add(
                MeetingParticipant(meeting_id=meeting.id, unit_code=one.unit_code, account_id=one.account_id)
            )


def _invite(session: Session, meeting: Meeting, *, again: bool) -> int:
    """Those not told yet; `again`: those who were told of an earlier day or place, and they alone."""
    told, now, known = 0, clock.now(), reference(session)
    for one, _, _ in session.execute(queries.participants(meeting.id)):
        behind = one.invited_version is not None and one.invited_version < meeting.version
        if not (behind if again else one.invited_version is None):
            continue
        unit = meeting_people.mailbox_of(session, one, known)
        if unit is not None:
            mails.tell_invited(session, meeting, unit, now)
            one.invited_version = meeting.version
            told += 1
    return told
