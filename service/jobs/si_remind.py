"""`si_remind`: the referents hear of a late list once a week, of the agreement's next date once (R-SI)."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from service import clock
from service.models import Membership, SiContact, SiReminder
from service.notifications.telling import tell_of_si
from service.operations import staff
from service.permissions import Role
from service.queries import si as queries
from service.queries.reference import Reference, reference
from service.workflows import french
from service.workflows.si import PARTIES
from service.workflows.si_watch import COMMITTEE, Due, dues
from service.workflows.weekly_hours import midnight


def run(session: Session) -> int:
    """Tell it on a day when the referents' unit opens; gives how many things. A late committee is only shown."""
    known, now = reference(session), clock.now()
    today = french.local_day(now)
    keepers = session.scalars(staff.members(now).where(Membership.role == Role.SI_REFERENT)).all()
    if not keepers or not _opens_today(known, keepers[0].unit_code, now):
        return 0
    waiting = [due for due in dues(queries.standing(session, today), today) if _is_to_tell(session, due, now)]
    if waiting:
        addresses = [keeper.account.email for keeper in keepers] + _referents(session)
        sentences = [due.sentence for due in waiting]
        tell_of_si(session, known.units[keepers[0].unit_code], dict.fromkeys(addresses), sentences, now)
    for due in waiting:
        key = {"subject": due.subject, "due_on": due.due_on, "week_on": due.week_of(today)}
        session.add(SiReminder(**key, told_at=now))
    return len(waiting)


def _is_to_tell(session: Session, due: Due, now: datetime) -> bool:
    key = (due.subject, due.due_on, due.week_of(french.local_day(now)))
    return due.subject != COMMITTEE and session.get(SiReminder, key) is None


def _referents(session: Session) -> list[str]:
    """The office addresses of the three local referents, of the Cpam and the SIAO too: they have no account."""
    query = select(SiContact.email).where(
        SiContact.role.in_(PARTIES), SiContact.ends_on.is_(None), SiContact.email.is_not(None)
    )
    return [address for address in session.scalars(query.order_by(SiContact.role)) if address]


def _opens_today(known: Reference, unit_code: str, now: datetime) -> bool:
    day = french.local_day(now)
    spans = known.hours_of(unit_code).open_spans(midnight(day), midnight(day + timedelta(days=1)))
    return any(True for _ in spans)
