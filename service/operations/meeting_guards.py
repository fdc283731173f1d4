"""Who may write what a meeting keeps, and when it still may change (R-GO-1)."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.errors import GuardRefused, NotPermitted, NotVisible
from service.models import Meeting
from service.permissions import Actor, Permission, may
from service.workflows.meetings import HELD


def expect_writer(actor: Actor) -> None:
    """Refuse (NotPermitted) whose role only reads meetings."""
    if not may(actor, Permission.WRITE_MEETINGS):
        raise NotPermitted(
            "Les réunions sont tenues par les responsables, le secrétariat et le pilotage.", rule="R-GO-1"
        )


def known_one(session: Session, meeting_id: UUID) -> Meeting:
    """The meeting, held against another change until the end of the transaction; NotVisible when there is none."""
    meeting = session.scalar(select(Meeting).where(Meeting.id == meeting_id).with_for_update())
    if meeting is None:
        raise NotVisible
    return meeting


def planned_one(session: Session, meeting_id: UUID) -> Meeting:
    """The same; refuses (GuardRefused) one that was held."""
    meeting = known_one(session, meeting_id)
    if meeting.state == HELD:
        raise GuardRefused(
            "Cette réunion a été tenue : son ordre du jour ne change plus.",
            rule="R-GO-1",
            advice="Ce qui est oublié se met à l’ordre du jour de la prochaine.",
        )
    return meeting


def held_one(session: Session, meeting_id: UUID) -> Meeting:
    """The meeting, if it was opened; refuses (GuardRefused) one that was not."""
    meeting = known_one(session, meeting_id)
    if meeting.state != HELD:
        raise GuardRefused(
            "Cette réunion n’est pas encore ouverte.",
            rule="R-GO-1",
            advice="Ouvrez la séance le jour venu, puis notez décisions et actions.",
        )
    return meeting
