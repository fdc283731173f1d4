"""Answer somebody who asks what is held about them: note the request, search, say that it was answered (R-DP-9)."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from service import clock
from service.database import transaction
from service.errors import InvalidInput, NotPermitted, NotVisible
from service.models import SubjectRequest
from service.operations.consultation import note_act
from service.operations.family_links import expect_stranger
from service.operations.texts import refuse_nir
from service.permissions import Actor, Permission, may
from service.queries import subject_access as queries
from service.queries.subject_access import Holding
from service.workflows import french
from service.workflows.urgency import add_months

ANSWERS_KEPT = timedelta(days=5 * 366)
"""To prove that somebody was answered (*ours*)."""


def note_request(actor: Actor, given: Mapping[str, Any]) -> UUID:
    """Keep that somebody asks; gives the identifier.

    Refuses who is no head, a NIR, a day to come, and a head who has a link with the family: nothing of it is shown to
    them, and the person would be told that nothing is held (R-DP-1).
    """
    _expect_head(actor)
    refuse_nir(given)
    if given["received_on"] > french.local_day(clock.now()):
        raise InvalidInput({"received_on": ["Cette date est dans le futur."]})
    with transaction() as session:
        expect_stranger(session, actor, given.get("matricule"))
        asked = SubjectRequest(
            institution=actor.institution,
            unit_code=actor.unit_id,
            received_on=given["received_on"],
            noted_at=clock.now(),
            noted_by=actor.account_id,
        )
        for name in ("written_reference", "last_name", "first_name", "matricule"):
            setattr(asked, name, given.get(name))
        asked.birth_date = given["birth_date"].isoformat()
        session.add(asked)
    return asked.id


def find(actor: Actor, request_id: UUID) -> tuple[SubjectRequest, list[Holding]]:
    """The request and the tickets found, logged as a search. Refuses (NotVisible) another unit's."""
    with transaction() as session:
        asked = asked_of(session, actor, request_id)
        note_act(actor, "subject_search")
        return asked, queries.holdings(session, actor, asked)


def answer(actor: Actor, request_id: UUID) -> None:
    """Say that the person has been answered; a second time changes nothing."""
    with transaction() as session:
        asked = asked_of(session, actor, request_id)
        if asked.answered_at is None:
            asked.answered_at, asked.answered_by = clock.now(), actor.account_id


def forget_old_answers(session: Session) -> int:
    """Delete the requests that were answered more than five years ago, in the caller's transaction; gives how many."""
    limit = clock.now() - ANSWERS_KEPT
    return len(
        session.scalars(
            delete(SubjectRequest).where(SubjectRequest.answered_at < limit).returning(SubjectRequest.id)
        ).all()
    )


def due_on(asked: SubjectRequest) -> date:
    """One month after the request came (RGPD, art. 12): the same day of the next month, or its last one."""
    return add_months(asked.received_on, 1)


def asked_of(session: Session, actor: Actor, request_id: UUID) -> SubjectRequest:
    """The request of that identifier. Refuses (NotVisible) another unit's."""
    asked = session.scalar(queries.requests_of(actor).where(SubjectRequest.id == request_id))
    if asked is None:
        raise NotVisible
    return asked


def _expect_head(actor: Actor) -> None:
    if not may(actor, Permission.ANSWER_SUBJECTS):
        raise NotPermitted("Répondre à une personne sur ses données revient à son responsable (R-DP-9).")
