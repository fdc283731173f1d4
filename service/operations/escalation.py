"""Who hears that a unit missed a deadline: its head, else who replaces the head, else the last resort. Never nobody."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.models import Account, Membership, Ticket
from service.operations.absences import standing_in_for
from service.operations.staff import heads_of, members
from service.permissions import Role, UnitKind
from service.queries.reference import Reference, UnitCard
from service.queries.tickets import accounts_kept_from
from service.workflows import french


def who_hears(session: Session, known: Reference, unit_code: str, now: datetime, of: Ticket) -> Sequence[str]:
    """The addresses to tell when the unit lets a deadline of a ticket pass (R-CLK-4), in order, each once.

    The secretariat answers to the head of the social service. Who is kept out of the ticket hears nothing of it
    (R-DP-1). With nobody else at work: the Setting
    `last_resort_address`, else the administration, else the mailbox of the unit.
    """
    heading = _headed_by(known, known.units[unit_code])
    heads = [one.account_id for one in heads_of(session, heading.code, now)]
    acting = standing_in_for(session, heads, french.local_day(now))
    there = {one.account_id for one in acting.values() if one.account_id is not None}
    told = select(Account.email).where(Account.id.in_(there), Account.id.not_in(accounts_kept_from(of.id)))
    emails = session.scalars(told.order_by(Account.email)).all()
    return emails or _last_resort(session, known, known.units[unit_code], now)


def _headed_by(known: Reference, unit: UnitCard) -> UnitCard:
    if unit.kind is not UnitKind.CAF_SECRETARIAT:
        return unit
    return known.desk(UnitKind.CAF_SOCIAL) if known.units_of(UnitKind.CAF_SOCIAL) else unit


def _last_resort(session: Session, known: Reference, unit: UnitCard, now: datetime) -> Sequence[str]:
    if (address := known.settings["last_resort_address"]) is not None:
        return [str(address)]
    administration = session.scalars(members(now).where(Membership.role == Role.ADMIN))
    emails = [one.account.email for one in administration]
    return emails or [address for address in (unit.email,) if address]
