"""Home: whether the line is open, what awaits the reader, what awaits the other side, and where to begin."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from flask import g, render_template
from sqlalchemy import Select
from sqlalchemy.orm import Session

from service import clock
from service.database import reading
from service.models import Ticket, UrgentRightsDetails
from service.permissions import CDAS_ROLES, HEAD_ROLES, Actor, Permission, may
from service.queries import lists, news, openings, situations, team
from service.queries.reference import Reference, reference
from service.routes.guard import present_actor, requires
from service.routes.pages.blueprint import pages
from service.routes.pages.tickets import views_counted
from service.routes.pages.views import convention_sheet, news_page, queue_address
from service.routes.pages.views.home_page import OWN, HomePage, calm
from service.routes.pages.views.queue import ListedTicket, Rows
from service.routes.pages.views.team_table import TeamTable
from service.routes.pages.watch import watched
from service.workflows import french

SHOWN = 6


@pages.get("/")
@requires(Permission.LOGGED_IN)
def home() -> str:
    """A page for each role; somebody who reads no ticket finds what they may do."""
    actor, now = present_actor(), clock.now()
    if not may(actor, Permission.READ_TICKETS):
        with reading() as session:
            known = reference(session)
            desk = convention_sheet.desk(session, actor, known, now)
            to_review, looked_after = _to_review(session, actor), watched(session, actor, known, now)
        return render_template(
            "home/calm.html", desk=desk, to_review=to_review, watched=looked_after, **calm(actor)
        )
    with reading() as session:
        known = reference(session)
        mine, theirs, drafts = (
            session.scalars(query.limit(SHOWN)).all()
            for query in (_owed(actor), _theirs(actor, known), _drafts(actor))
        )
        marks = news.marks(session, actor, [*mine, *theirs], known, now)
        page = HomePage(
            actor=actor,
            counted=situations.counts(
                session,
                actor,
                views_counted(actor, known) | {OWN: _own(actor)},
                _own(actor),
                now,
                queue_address.tonight(now),
            ),
            mine=_rows(session, mine, actor, known, now, marks),
            theirs=_rows(session, theirs, actor, known, now, marks),
            drafts=_rows(session, drafts, actor, known, now, {}),
            triages=actor.unit_id == known.triage_unit().code,
            since=_since(session, actor, known, now),
            team=_team(session, actor, known, now),
        )
        desk = convention_sheet.desk(session, actor, known, now)
        to_review = _to_review(session, actor)
    return render_template("home/home.html", page=page, desk=desk, to_review=to_review)


def _to_review(session: Session, actor: Actor) -> str:
    """How many openings out of scope wait for the reader, in words; empty for none."""
    if not may(actor, Permission.READ_ACCESS_JOURNAL):
        return ""
    number = len(session.scalars(openings.to_review(actor)).all())
    return french.counted(number, "ouverture") if number else ""


def _since(session: Session, actor: Actor, known: Reference, now: datetime) -> str:
    """What moved since the last visit, in a sentence, and in the menu all that « Du nouveau » holds.

    Empty for who comes for the first time.
    """
    visit = news.visit(session, actor, g.session_id)
    unread, lately = news.counted(session, actor, news.since(visit, known, now), visit.last_at)
    g.counted = {"pages.news": unread}
    return news_page.since_words(visit.last_at, lately, now) if visit.last_at else ""


def _rows(
    session: Session,
    listed: Sequence[Ticket],
    actor: Actor,
    known: Reference,
    now: datetime,
    marks: Mapping[UUID, news.Mark],
) -> list[ListedTicket]:
    details, forms = situations.details_of(session, listed), situations.forms_of(session, listed)
    return Rows(actor, known, now, details, forms, marks).shown(listed)


def _team(session: Session, actor: Actor, known: Reference, now: datetime) -> TeamTable | None:
    """What a head looks after; None for everybody else."""
    if actor.role not in HEAD_ROLES:
        return None
    today, soon = french.local_day(now), queue_address.two_open_days(known, actor, now)
    shares = team.shares(session, actor, known.units_of_side(actor.institution), now, soon)
    members = [team.Member(*row) for row in session.execute(team.members(actor.unit_id, today))]
    wanted = [share.second_reading for share in shares if share.second_reading]
    again = session.scalars(lists.among(actor, wanted)).all() if wanted else []
    return TeamTable(actor, known, shares, members, _read_again(session, again, actor, known, now), today)


def _read_again(
    session: Session, listed: Sequence[Ticket], actor: Actor, known: Reference, now: datetime
) -> list[ListedTicket]:
    """The rows of requests that are to be read again, with the name of who refused: somebody else is to read them."""
    if not listed:
        return []
    details = situations.details_of(session, listed)
    refusers = [one.rejected_by for one in details.values() if isinstance(one, UrgentRightsDetails)]
    names = situations.names_of(session, filter(None, refusers))
    rows = Rows(actor, known, now, details, {}, {}).shown(listed)
    return [
        row._replace(refuser=names.get(one.rejected_by, "") if one.rejected_by else "")
        for row, one in zip(rows, (details[ticket.id] for ticket in listed), strict=True)
        if isinstance(one, UrgentRightsDetails)
    ]


def _own(actor: Actor) -> lists.Filters:
    return lists.Filters(owed_by=actor.unit_id)


def _owed(actor: Actor) -> Select[Ticket]:
    return lists.queue(actor, _own(actor))


def _theirs(actor: Actor, known: Reference) -> Select[Ticket]:
    view = "caf" if actor.role in CDAS_ROLES else "cdas"
    return lists.queue(actor, queue_address.read({"vue": view}, actor, known).filters)


def _drafts(actor: Actor) -> Select[Ticket]:
    return lists.queue(actor, lists.Filters(states=("draft",)), order=lists.BY_CHANGE)
