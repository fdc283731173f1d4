"""Local meetings and governance bodies (R-GO-7), and the territories that one may be of."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, Select, extract, select
from sqlalchemy.orm import Session

from service.models import Commune, LocalMeeting
from service.queries.reference import reference
from service.workflows import local_meetings as rules


def of_year(year: int) -> Select[LocalMeeting]:
    """The meetings held in a year, the last one first."""
    return (
        select(LocalMeeting)
        .where(LocalMeeting.removed_at.is_(None), _year() == year)
        .order_by(LocalMeeting.held_on.desc(), LocalMeeting.id.desc())
    )


def one(meeting_id: UUID) -> Select[LocalMeeting]:
    """The meeting of that identifier."""
    return select(LocalMeeting).where(LocalMeeting.id == meeting_id, LocalMeeting.removed_at.is_(None))


def years(session: Session) -> Sequence[int]:
    """The years in which meetings were held, the last one first."""
    query = select(_year()).where(LocalMeeting.removed_at.is_(None)).distinct().order_by(_year().desc())
    return [int(year) for year in session.scalars(query)]


def territories(session: Session) -> Sequence[tuple[str, list[tuple[str, str]]]]:
    """The EPCI of the directory of communes, and the Pays of the Setting, by scale."""
    epci = session.scalars(select(Commune.epci).where(Commune.epci != "").distinct().order_by(Commune.epci))
    return rules.territories(epci, rules.pays_of(reference(session).settings.text("pays")))


def _year() -> ColumnElement[int]:
    return extract("year", LocalMeeting.held_on)
