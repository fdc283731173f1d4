"""The convention's dates in sentences (R-GO-6), and what home says of its life."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from service.permissions import Actor, Permission, may
from service.queries import announcements
from service.queries.reference import Reference
from service.routes.pages.views import announcement_sheet
from service.workflows import french
from service.workflows.convention_term import Term

Shown = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Desk:
    """What home shows: what the reader's unit has to read, and the end of the convention once it is near."""

    to_read: Sequence[Shown]
    ending: str


def desk(session: Session, actor: Actor, known: Reference, now: datetime) -> Desk:
    """For who reads these pages; the end is for those who keep them: heads, secretariat, those who steer."""
    if not may(actor, Permission.READ_CONVENTION_LIFE):
        return Desk((), "")
    today = french.local_day(now)
    rows = session.scalars(announcements.to_read(actor, today)).all()
    keeps = may(actor, Permission.KEEP_CONVENTION_LIFE)
    return Desk(
        [announcement_sheet.line(row, today) for row in rows],
        ending_sentence(term(known), today) if keeps else "",
    )


def term(known: Reference) -> Term | None:
    """The dates of the Settings; None while the first one is empty."""
    starts_on = known.settings.day("convention_starts_on")
    if starts_on is None:
        return None
    return Term(
        starts_on,
        known.settings.day("convention_ends_on"),
        known.settings.flag("convention_renews"),
        known.settings.number("convention_notice_months"),
    )


def ending_sentence(term: Term | None, today: date) -> str:
    """« La convention prend fin le … », from six months before; empty earlier."""
    last = None if term is None else term.announced_end(today)
    if last is None:
        return ""
    if last < today:
        return f"La convention a pris fin le {french.long_date(last)}."
    return f"La convention prend fin le {french.long_date(last)} : sa suite est à préparer."


def dates(term: Term | None, today: date) -> list[tuple[str, str]]:
    """The dates of the convention, as facts."""
    if term is None:
        return []
    facts = [("Prise d’effet", french.short_date(term.starts_on))]
    if renewal := term.next_renewal(today):
        facts.append(("Prochaine reconduction", french.short_date(renewal)))
    if notice := term.notice_by(today):
        facts.append(("Préavis, au plus tard le", french.short_date(notice)))
    if last := term.last_day(today):
        facts.append(("Fin", french.short_date(last)))
    return facts
