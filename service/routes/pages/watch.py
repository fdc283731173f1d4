"""What those who read no request look after, on their home page: each part where its own page is open to them."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from service.permissions import Actor, Institution, Permission, may
from service.queries import meetings, si
from service.queries.documents import documents
from service.queries.reference import Reference
from service.queries.seals import latest_seals
from service.routes.pages.documents import line_of
from service.routes.pages.health import signs_now
from service.routes.pages.views import meeting_sheet, moments
from service.statistics.periods import Month
from service.workflows import french
from service.workflows.si_watch import Due, dues

Shown = dict[str, Any]


def watched(session: Session, actor: Actor, known: Reference, now: datetime) -> Shown:
    """The next meeting with what its agenda holds, the last edition, what does not run, the last seal, what is due.

    A part that is not the actor's to read is None.
    """
    parts: dict[str, tuple[Permission, Callable[[], Any]]] = {
        "meeting": (Permission.READ_MEETINGS, lambda: _meeting(session, actor, known)),
        "edition": (Permission.READ_FIGURES, lambda: _edition(session, now)),
        "signs": (Permission.READ_HEALTH, lambda: signs_now(session, now)),
        "seals": (Permission.READ_SEALS, lambda: _seals(session, now)),
        "dues": (Permission.READ_SI_REGISTER, lambda: _dues(session, now)),
    }
    return {name: read() if may(actor, permission) else None for name, (permission, read) in parts.items()}


def _meeting(session: Session, actor: Actor, known: Reference) -> Shown | None:
    found = session.scalars(meetings.coming().limit(1)).first()
    if found is None:
        return None
    agenda = meeting_sheet.agenda_of(session, actor, found, known)
    invited = [one["invited"] for one in meeting_sheet.participants_of(session, found, known)]
    return {
        **meeting_sheet.meeting_of(found),
        "invited": bool(invited) and all(invited),
        "agenda": [
            *([french.counted(len(agenda["cases"]), "demande")] if agenda["cases"] else []),
            *(
                [french.counted(len(agenda["free"]), "point ajouté", "points ajoutés")]
                if agenda["free"]
                else []
            ),
        ],
    }


def _edition(session: Session, now: datetime) -> Shown:
    last = next((row for row in documents(session) if row.digest), None)
    month = Month.of(now)
    return {
        "month": month.label,
        "figures_url": url_for("pages.statistics", mois=month.key),
        "last": line_of(last) if last else None,
    }


def _seals(session: Session, now: datetime) -> str:
    """When the journal was sealed last, whichever list; empty before."""
    last = [seal.sealed_at for one in Institution for seal in latest_seals(session, one, 1)]
    return moments.near(max(last), now) if last else ""


def _dues(session: Session, now: datetime) -> list[Due]:
    today = french.local_day(now)
    return dues(si.standing(session, today), today)
