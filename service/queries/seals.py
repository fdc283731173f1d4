"""The seals of the journal, as they are kept."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.models import JournalSeal
from service.workflows.seals import Seal


def last_seal(session: Session, institution: str) -> Seal | None:
    """The last seal of an institution's list."""
    row = session.scalar(
        select(JournalSeal)
        .where(JournalSeal.institution == institution)
        .order_by(JournalSeal.number.desc())
        .limit(1)
    )
    return None if row is None else seal_of(row)


def latest_seals(session: Session, institution: str, limit: int) -> list[Seal]:
    """The last seals of an institution's list, the newest first."""
    query = select(JournalSeal).where(JournalSeal.institution == institution)
    return [seal_of(row) for row in session.scalars(query.order_by(JournalSeal.number.desc()).limit(limit))]


def every_seal(session: Session) -> Iterator[Seal]:
    """All seals, list by list, in their order; read as they are asked for."""
    query = select(JournalSeal).order_by(JournalSeal.institution, JournalSeal.number)
    for row in session.scalars(query.execution_options(yield_per=1000)):
        yield seal_of(row)


def seal_of(row: JournalSeal) -> Seal:
    """The seal that the row keeps."""
    return Seal(row.institution, row.number, row.sealed_at, row.tickets, row.heads, row.previous, row.digest)
