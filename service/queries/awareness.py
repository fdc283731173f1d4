"""Awareness actions and CDAP workshops, by the day they were held (R-GO-4); those that were taken back apart."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, Select, extract, select
from sqlalchemy.orm import Session

from service.models import Account, AwarenessAction


def of_year(year: int) -> Select[AwarenessAction, str]:
    """The actions held in a year, the last one first, each with who recorded it."""
    return _standing().where(_year() == year)


def one(action_id: UUID) -> Select[AwarenessAction]:
    """The action of that identifier."""
    return select(AwarenessAction).where(
        AwarenessAction.id == action_id, AwarenessAction.removed_at.is_(None)
    )


def years(session: Session) -> Sequence[int]:
    """The years in which actions were held, the last one first."""
    query = select(_year()).where(AwarenessAction.removed_at.is_(None)).distinct().order_by(_year().desc())
    return [int(year) for year in session.scalars(query)]


def _standing() -> Select[AwarenessAction, str]:
    return (
        select(AwarenessAction, Account.name)
        .join(Account, Account.id == AwarenessAction.recorded_by)
        .where(AwarenessAction.removed_at.is_(None))
        .order_by(AwarenessAction.held_on.desc(), AwarenessAction.id.desc())
    )


def _year() -> ColumnElement[int]:
    return extract("year", AwarenessAction.held_on)
