"""`unusual_reads`: the readings of the week before that deserve a question. Each day, so that none is missed."""

from datetime import timedelta

from sqlalchemy.orm import Session

from service import clock
from service.operations.unusual_reading import list_week
from service.workflows import french


def run(session: Session) -> int:
    """Work out the week that ended on Sunday; how many signs."""
    today = french.local_day(clock.now())
    return list_week(session, today - timedelta(days=today.weekday() + 7))
