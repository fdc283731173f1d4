"""Packs and reports that were published, and why one was not."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from service.errors import NotVisible
from service.models import SharedDocument


def documents(session: Session) -> Sequence[SharedDocument]:
    """Every edition, the latest period first, then the latest revision; without their text."""
    order = (SharedDocument.period.desc(), SharedDocument.revision.desc())
    return session.scalars(select(SharedDocument).order_by(*order)).all()


def edition(session: Session, period: str, revision: int | None = None) -> SharedDocument:
    """A published edition with its text, the last one unless a revision is named. Refuses (NotVisible) any other."""
    query = (
        select(SharedDocument)
        .where(SharedDocument.period == period, SharedDocument.body.is_not(None))
        .options(undefer(SharedDocument.body))
        .order_by(SharedDocument.revision.desc())
        .limit(1)
    )
    if revision is not None:
        query = query.where(SharedDocument.revision == revision)
    found = session.scalar(query)
    if found is None:
        raise NotVisible
    return found


def published(session: Session, kind: str, period: str) -> bool:
    """Whether an edition of that document was published."""
    query = select(SharedDocument.id).where(
        SharedDocument.kind == kind, SharedDocument.period == period, SharedDocument.body.is_not(None)
    )
    return session.scalar(query.limit(1)) is not None
