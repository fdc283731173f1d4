"""Figures that no ticket holds, typed in month by month (R-IND-I-1)."""

from sqlalchemy.orm import Session

from service import clock
from service.errors import NotPermitted
from service.models import ReportedCount
from service.permissions import Actor, Permission, may


def report_count(session: Session, actor: Actor, month: str, name: str, number: int) -> None:
    """Keep the number for the month; typed again, it replaces the one before. Refuses who does not keep it."""
    if not may(actor, Permission.NOTE_COUNTS):
        raise NotPermitted("Ce chiffre est relevé par la Caf.", rule="R-IND-I-1")
    session.merge(
        ReportedCount(month=month, name=name, number=number, noted_at=clock.now(), noted_by=actor.account_id)
    )
