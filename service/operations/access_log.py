"""The end of the access log: kept for the months of its Setting, then deleted, never without a trace (P-09)."""

from datetime import datetime, time

from sqlalchemy import delete, exists, func, select
from sqlalchemy.orm import Session

from service import clock
from service.models import AccessEntry, AccessPurge, NamedList, ReadingStop
from service.queries.reference import reference
from service.workflows.french import PARIS, local_day
from service.workflows.retention import first_kept


def forget_old_access(session: Session) -> int:
    """Delete what is past its months, in the caller's transaction; gives how many lines.

    Stops of readings and lists taken away go with it.
    The database lets a line go only where a row, which nothing alters, says until when and how many: a log that is
    shorter than it was has its reason written beside it.
    """
    months = reference(session).settings.number("access_log_months")
    before = datetime.combine(first_kept(local_day(clock.now()), months), time(), PARIS)
    session.execute(delete(ReadingStop).where(ReadingStop.until < before))
    session.execute(delete(NamedList).where(NamedList.asked_at < before))
    old = AccessEntry.at < before
    if not session.scalar(select(exists().where(old))):
        return 0
    lines = session.scalar(select(func.count()).select_from(AccessEntry).where(old)) or 0
    session.add(AccessPurge(before=before, purged_at=clock.now(), lines=lines))
    session.flush()
    session.execute(delete(AccessEntry).where(old), execution_options={"synchronize_session": False})
    return lines
