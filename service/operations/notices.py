"""How people want to hear of what happens: for themselves, and for the mailbox of their unit."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service import logs
from service.database import transaction
from service.errors import InvalidInput, NotPermitted
from service.models import NoticeChoice
from service.notifications.choices import SORTS
from service.operations.revision import bump
from service.permissions import HEAD_ROLES, Actor, Role

log = logs.logger(__name__)


def may_choose_for_unit(actor: Actor) -> bool:
    """Heads choose for the mailbox of their unit; the secretariat for its own."""
    return actor.role in HEAD_ROLES or actor.role is Role.CAF_SECRETARIAT


def choose(actor: Actor, chosen: Mapping[str, str], *, for_unit: bool) -> None:
    """Keep the choices by sort of event; a sort that is not named stays as it is.

    Refuses (NotPermitted) the unit's mailbox to who does not head it, and (InvalidInput) an unknown sort or choice.
    """
    if for_unit and not may_choose_for_unit(actor):
        raise NotPermitted("La boîte du service revient à sa personne responsable.")
    wrong = {
        sort: ["Choisissez l’une des réponses proposées."]
        for sort, choice in chosen.items()
        if sort not in SORTS or choice not in SORTS[sort].choices
    }
    if wrong:
        raise InvalidInput(wrong)
    unit_code, account_id = (actor.unit_id, None) if for_unit else (None, actor.account_id)
    with transaction() as session:
        bump(session)  # the choices are reference data: read once, by every process
        kept = {row.event: row for row in _rows(session, unit_code, account_id)}
        for sort, choice in chosen.items():
            if sort in kept:
                kept[sort].choice = choice
            else:
                session.add(
                    NoticeChoice(unit_code=unit_code, account_id=account_id, event=sort, choice=choice)
                )
    log.info("notices.chosen", account_id=actor.account_id, unit_id=unit_code)


def chosen(
    session: Session, *, unit_code: str | None = None, account_id: UUID | None = None
) -> Mapping[str, str]:
    """The choices of a unit's mailbox, or of a person, by sort; the usual one where nothing was chosen."""
    kept = {row.event: row.choice for row in _rows(session, unit_code, account_id)}
    return {sort: kept.get(sort, one.choices[0]) for sort, one in SORTS.items()}


def _rows(session: Session, unit_code: str | None, account_id: UUID | None) -> list[NoticeChoice]:
    query = select(NoticeChoice).where(
        NoticeChoice.unit_code == unit_code if unit_code else NoticeChoice.account_id == account_id
    )
    return list(session.scalars(query))
