"""« Mes listes »: a list of requests is kept under a name, for oneself or for one's whole unit."""

from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from service import clock, logs
from service.database import transaction
from service.errors import InvalidInput, NotPermitted, NotVisible
from service.models import SavedList
from service.operations.impersonal import refuse_numbers
from service.operations.revision import bump
from service.permissions import Actor, Permission, may
from service.queries.reference import KeptList

log = logs.logger(__name__)

MOST = 20
"""So many of one's own, and so many of a unit."""


def save(actor: Actor, name: str, address: str, *, for_unit: bool) -> UUID:
    """Keep the address of a list, which holds codes only, under that name; gives its identifier.

    Refuses (NotPermitted) a whole unit to who does not share, (InvalidInput) a name that holds a number of a person or
    is taken already, and a list more than `MOST`.
    """
    refuse_numbers({"name": name})
    if for_unit and not may(actor, Permission.SHARE_LISTS):
        raise NotPermitted(
            "Partager une liste avec tout le service revient aux responsables et au secrétariat.",
            advice="Enregistrez-la pour vous.",
        )
    with transaction() as session:
        bump(session)  # reference data, read once by every process; and two savings wait for each other here
        unit_code = actor.unit_id if for_unit else None
        _expect_free(session, actor, unit_code, name)
        if _number(session, actor, unit_code) >= MOST:
            whose = "Votre service a" if for_unit else "Vous avez"
            raise InvalidInput(
                {"name": [f"{whose} déjà {MOST} listes, le maximum : supprimez-en une d’abord."]}
            )
        kept = SavedList(
            account_id=actor.account_id,
            unit_code=unit_code,
            name=name,
            address=address,
            saved_at=clock.now(),
        )
        session.add(kept)
    log.info("list.saved", account_id=actor.account_id, unit_id=unit_code)
    return kept.id


def rename(actor: Actor, list_id: UUID, name: str) -> None:
    """Another name for a list. Refuses like `save`, and (NotVisible) one that the actor does not keep."""
    refuse_numbers({"name": name})
    with transaction() as session:
        bump(session)
        kept = _kept_by(session, actor, list_id)
        _expect_free(session, actor, kept.unit_code, name, besides=list_id)
        kept.name = name


def remove(actor: Actor, list_id: UUID) -> SavedList:
    """Keep a list no longer; gives what it was. Refuses (NotVisible) one that the actor does not keep."""
    with transaction() as session:
        bump(session)
        kept = _kept_by(session, actor, list_id)
        session.delete(kept)
    return kept


def may_tend(actor: Actor, kept: SavedList | KeptList) -> bool:
    """Whether the actor renames and removes it: one of their own, or of their unit's where they may share."""
    if kept.unit_code is None:
        return kept.account_id == actor.account_id
    return kept.unit_code == actor.unit_id and may(actor, Permission.SHARE_LISTS)


def _kept_by(session: Session, actor: Actor, list_id: UUID) -> SavedList:
    kept = session.get(SavedList, list_id)
    if kept is None or not may_tend(actor, kept):
        raise NotVisible
    return kept


def _expect_free(
    session: Session, actor: Actor, unit_code: str | None, name: str, besides: UUID | None = None
) -> None:
    taken = select(SavedList.id).where(*_beside(actor, unit_code), func.lower(SavedList.name) == name.lower())
    if any(found != besides for found in session.scalars(taken)):
        raise InvalidInput({"name": ["Une liste porte déjà ce nom : choisissez-en un autre."]})


def _number(session: Session, actor: Actor, unit_code: str | None) -> int:
    return session.scalar(select(func.count(SavedList.id)).where(*_beside(actor, unit_code))) or 0


def _beside(actor: Actor, unit_code: str | None) -> tuple[ColumnElement[bool], ...]:
    """The lists among which a name is one: the actor's own, or those of the unit."""
    if unit_code is not None:
        return (SavedList.unit_code == unit_code,)
    return (SavedList.unit_code.is_(None), SavedList.account_id == actor.account_id)
