"""The register of the convention Caf, Cpam, SIAO as the plain facts of a year's evaluation (R-SI)."""

from datetime import date

from sqlalchemy import or_
from sqlalchemy.orm import Session

from service.models import SiAction, SiEvaluation, SiMeeting, SiRefresh, SiStructure
from service.permissions import Actor
from service.queries import si as queries
from service.statistics import si
from service.workflows.si import COMMITTEE

REMARKS = {
    "difficulties": "Difficultés rencontrées",
    "good_practices": "Bonnes pratiques",
    "proposals": "Évolutions proposées",
    "objectives": "Objectifs de l’année suivante",
}


def facts_of(session: Session, actor: Actor, year: int, today: date) -> si.Facts:
    """What the actor may read of the year, up to its last day, or to today."""
    until = min(date(year, 12, 31), today)
    return si.Facts(
        year=year,
        until=until,
        over=today > until,
        signed=session.scalar(queries.agreement_on(until)) is not None,
        shelters=_shelters(session, actor, year, until),
        actions=_actions(session, actor, year, until),
        refreshes=_refreshes(session, actor, year, until),
        committees=_committees(session, actor, year, until),
        remarks=_remarks(session.scalar(queries.evaluation(actor, year))),
    )


def _shelters(session: Session, actor: Actor, year: int, until: date) -> list[si.Shelter]:
    first = date(year, 1, 1)
    still = or_(SiStructure.closed_on.is_(None), SiStructure.closed_on > first)
    rows = session.scalars(queries.structures(actor).where(SiStructure.opened_on <= until, still))
    return [si.Shelter(str(row.id), row.name, row.commune.name) for row in rows]


def _actions(session: Session, actor: Actor, year: int, until: date) -> list[si.Action]:
    query = queries.actions(actor).where(SiAction.held_on.between(date(year, 1, 1), until))
    return [
        si.Action(
            shelter=str(row.structure_id),
            kind=row.kind,
            team=row.team,
            files=row.files,
            people=row.people_met,
            rights={right.code: right.number for right in row.rights},
        )
        for row in session.scalars(query)
    ]


def _refreshes(session: Session, actor: Actor, year: int, until: date) -> list[si.Refresh]:
    rows = session.scalars(queries.refreshes(actor).where(SiRefresh.received_on <= until)).all()
    told = [si.Refresh(row.received_on, row.structures, row.places, row.ddets_told) for row in reversed(rows)]
    before = [one for one in told if one.day.year < year]
    return [*before[-1:], *(one for one in told if one.day.year == year)]


def _committees(session: Session, actor: Actor, year: int, until: date) -> list[si.Committee]:
    query = queries.meetings(actor).where(
        SiMeeting.kind == COMMITTEE, SiMeeting.held_on.between(date(year, 1, 1), until)
    )
    return [si.Committee(row.held_on, row.present) for row in reversed(session.scalars(query).all())]


def _remarks(written: SiEvaluation | None) -> list[tuple[str, str]]:
    if written is None:
        return []
    return [(label, text) for name, label in REMARKS.items() if (text := getattr(written, name))]
