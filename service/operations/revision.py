"""The counter that tells every process to read the reference data again."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from service.models import Revision
from service.queries.reference import MOVED


def bump(session: Session) -> None:
    """Say that units, calendars, Settings or convention versions changed; in the transaction of the change."""
    session.info[MOVED] = True
    session.execute(update(Revision).where(Revision.id == 1).values(number=Revision.number + 1))
