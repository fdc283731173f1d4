"""« Vie de la convention »: one page that leads to notices, actions, local meetings, good practices, the Cnaf."""

from datetime import date

from flask import render_template
from sqlalchemy.orm import Session

from service import clock
from service.database import reading
from service.permissions import Permission, may
from service.queries import announcements, awareness, cdap_practice, local_meetings
from service.queries.reference import reference
from service.routes.guard import present_actor, requires
from service.routes.pages.blueprint import pages
from service.routes.pages.views import awareness_sheet, convention_sheet
from service.workflows import french
from service.workflows.announcements import Phase
from service.workflows.cnaf import FOLLOWING


@pages.get("/convention")
@requires(Permission.READ_CONVENTION_LIFE)
def convention_life() -> str:
    """What each page holds now, the dates of the convention, and what one's unit has to read."""
    actor, now = present_actor(), clock.now()
    today = french.local_day(now)
    with reading() as session:
        known = reference(session)
        term = convention_sheet.term(known)
        desk = convention_sheet.desk(session, actor, known, now)
        ways = _ways(session, today)
    return render_template(
        "convention/life.html",
        ways=ways,
        to_read=desk.to_read,
        ending=convention_sheet.ending_sentence(term, today),
        dates=convention_sheet.dates(term, today),
        may_change_dates=may(actor, Permission.READ_SETTINGS),
    )


def _ways(session: Session, today: date) -> list[tuple[str, str, str]]:
    """Each page: its endpoint, its name, what it holds in a sentence."""
    coming = len(session.execute(announcements.listed(Phase.COMING, today)).all())
    standing = len(session.execute(announcements.listed(Phase.IN_FORCE, today)).all())
    actions = session.scalars(awareness.of_year(today.year)).all()
    meetings = len(session.scalars(local_meetings.of_year(today.year)).all())
    asked = sum(1 for one in session.scalars(cdap_practice.requests()) if FOLLOWING[one.status])
    version = cdap_practice.present(session).version
    return [
        (
            "pages.announcements",
            "Informations",
            f"{coming} à venir, {standing} en vigueur : ce qui change d’un côté et que l’autre doit savoir.",
        ),
        (
            "pages.awareness_actions",
            "Actions de sensibilisation et ateliers CDAP",
            awareness_sheet.sentence(actions, today.year),
        ),
        (
            "pages.local_meetings",
            "Rencontres locales",
            f"{french.counted(meetings, 'rencontre ou instance', 'rencontres et instances')} en {today.year}, "
            "par intercommunalité ou par Pays.",
        ),
        (
            "pages.cdap_practice",
            "Bonnes pratiques pour CDAP",
            f"Version {version}." if version else "Le texte fourni avec Relais, à adapter ensemble.",
        ),
        (
            "pages.cnaf_requests",
            "Demandes à la Cnaf sur CDAP",
            f"{french.counted(asked, 'demande')} en cours : profils, contenu."
            if asked
            else "Aucune demande en cours.",
        ),
    ]
