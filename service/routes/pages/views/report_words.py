"""What is said around the figures of a year, and who may write it where (R-GO-2)."""

from datetime import date
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from service.models import Meeting
from service.permissions import Actor, Institution, Permission, may
from service.queries import meetings as queries
from service.queries import remarks
from service.statistics.around import Around, Comment, Saying
from service.statistics.periods import Year
from service.workflows.french import local_day
from service.workflows.meetings import HELD


def around(session: Session, year: Year) -> Around:
    """The comments of its committee, and the remarks that both institutions read: the same for every reader."""
    committee = queries.committee_about(session, date(year.year, 1, 1))
    said = [] if committee is None else queries.comments(session, committee.id)
    return Around(
        committee_on=None if committee is None else committee.held_on,
        comments=[
            Comment(Institution(one.institution), one.heading, one.text, local_day(one.written_at))
            for one in said
            if one.text
        ],
        sayings=[
            Saying(Institution(one.institution), one.tone, one.theme, one.text, local_day(one.written_at))
            for one in session.scalars(remarks.shared(*_days(session, year, committee)))
        ],
    )


def writing(session: Session, actor: Actor, year: Year) -> list[dict[str, Any]]:
    """Where to write around the figures, for those who write; the committee's page, while it was not held."""
    if not may(actor, Permission.WRITE_MEETINGS):
        return []
    committee = queries.committee_about(session, date(year.year, 1, 1))
    if committee is None:
        return [{"label": "Prévoir le comité de suivi", "url": url_for("pages.meetings")}]
    label = "Voir le comité de suivi" if committee.state == HELD else "Écrire autour des chiffres"
    return [{"label": label, "url": url_for("pages.meeting", meeting_id=committee.id)}]


def _days(session: Session, year: Year, committee: Meeting | None) -> tuple[date, date]:
    """From one committee to the next; the year itself while none is planned."""
    first = date(year.year, 1, 1)
    if committee is None:
        return first, date(year.year, 12, 31)
    return queries.last_committee_before(session, committee.held_on) or first, committee.held_on
