"""Who is away on a day."""

from datetime import date
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, Select, select

from service.models import Absence


def covering(day: date | BindParameter[date]) -> list[ColumnElement[bool]]:
    """The conditions of an absence that covers the day, both ends included."""
    return [Absence.starts_on <= day, Absence.ends_on >= day]


def away_on(day: date | BindParameter[date]) -> Select[UUID]:
    """The accounts away on that day."""
    return select(Absence.account_id).where(*covering(day))
