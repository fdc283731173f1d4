"""The directory as it is read: who covers a place, how to reach a unit, who is away."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, aliased

from service.models import Absence, Account, Coverage, Invitation, Membership, Ticket, Unit
from service.queries.lists import UNDER_WAY
from service.workflows import french


@dataclass(frozen=True, slots=True)
class Covered:
    """A quarter of a commune that the map splits, with its CDAS."""

    quarter: str
    name: str
    cdas_code: str


@dataclass(frozen=True, slots=True)
class Held:
    """What still leads to a unit: the steps that it owes, what goes on with its part, the links into it."""

    owed: int
    awaited: int
    invitations: int

    @property
    def words(self) -> str:
        """The requests in the words that follow the unit's name; empty where there is none."""
        said = []
        if self.owed:
            said.append(f"doit encore la suite de {french.counted(self.owed, 'demande')}")
        if self.awaited:
            said.append(f"a part à {french.counted(self.awaited, 'autre demande')} en cours")
        return " et ".join(said)


@dataclass(frozen=True, slots=True)
class Closing:
    """A unit that has closed down, or will on a day that is written down, and what leads to it, in words."""

    name: str
    day: date
    words: str


def held_by(session: Session, unit_code: str, now: datetime) -> Held:
    """What would be left in the air if the unit closed: what it owes, has asked for or has to treat.

    What it only triaged is not: an act that would lead there leads to the unit of its kind that stays (`transitions`).
    """
    owes = Ticket.next_step_unit_id == unit_code
    has_part = or_(
        Ticket.asking_unit_id == unit_code,
        func.coalesce(Ticket.assigned_unit_id, Ticket.triage_unit_id) == unit_code,
    )
    not_owed = Ticket.next_step_unit_id.is_distinct_from(unit_code)  # by another, or by nobody for now
    awaited = select(func.count(Ticket.id)).where(has_part, *UNDER_WAY, not_owed)
    standing = (
        select(func.count(Invitation.id))
        .join(Account, Account.id == Invitation.account_id)
        .join(Membership, Membership.account_id == Account.id)
        .where(
            Membership.unit_code == unit_code,
            Membership.ends_on.is_(None),
            Invitation.used_at.is_(None),
            Invitation.expires_at > now,
            Account.suspended_at.is_(None),
        )
    )
    return Held(
        owed=session.scalar(select(func.count(Ticket.id)).where(owes)) or 0,
        awaited=session.scalar(awaited) or 0,
        invitations=session.scalar(standing) or 0,
    )


def closings(session: Session, now: datetime) -> list[Closing]:
    """The units that have closed down, or are to, and to which requests lead all the same."""
    written_down = select(Unit).where(Unit.closed_on.is_not(None)).order_by(Unit.name)
    found = (
        Closing(unit.name, unit.closed_on, held_by(session, unit.code, now).words)
        for unit in session.scalars(written_down)
        if unit.closed_on is not None
    )
    return [closing for closing in found if closing.words]


def cdas_of(session: Session, commune_insee: str | None, quarter: str | None = None) -> list[str]:
    """The codes of the competent CDAS: one, or all those of the quarters where they split it and none is given.

    None for an unknown commune or quarter. A quarter is not looked at where the commune is whole.
    """
    query = select(Coverage.cdas_code).where(Coverage.commune_insee == commune_insee).distinct()
    if quarter:
        query = query.where(Coverage.quarter.in_((quarter, "")))
    return list(session.scalars(query.order_by(Coverage.cdas_code)))


def quarters(session: Session) -> Mapping[str, list[Covered]]:
    """The quarters of the communes that are split, by INSEE code, in the order of their names."""
    query = select(Coverage).where(Coverage.quarter != "").order_by(Coverage.quarter_name, Coverage.quarter)
    found: dict[str, list[Covered]] = {}
    for row in session.scalars(query):
        covered = Covered(row.quarter, row.quarter_name or row.quarter, row.cdas_code)
        found.setdefault(row.commune_insee, []).append(covered)
    return found


def addresses(session: Session) -> Mapping[str, str]:
    """The postal addresses of the units that have one."""
    rows = session.execute(select(Unit.code, Unit.address).where(Unit.address.is_not(None)))
    return {code: address for code, address in rows if address}


def absences_of(account_ids: Sequence[UUID], today: date) -> Select[Absence, str, str | None, str]:
    """The absences of those people, present and to come: with the person's name, the replacement's, the noter's."""
    replacement, noter = aliased(Account), aliased(Account)
    return (
        select(Absence, Account.name, replacement.name, noter.name)
        .join(Account, Account.id == Absence.account_id)
        .outerjoin(replacement, replacement.id == Absence.replacement_id)
        .join(noter, noter.id == Absence.noted_by_id)
        .where(Absence.account_id.in_(account_ids), Absence.ends_on >= today)
        .order_by(Absence.starts_on, Account.name, Absence.id)
    )


def away_until(session: Session, account_ids: Sequence[UUID], day: date) -> Mapping[UUID, date]:
    """The last day of the absence of those who are away on that day."""
    query = select(Absence.account_id, Absence.ends_on).where(
        Absence.account_id.in_(account_ids), Absence.starts_on <= day, Absence.ends_on >= day
    )
    return {row[0]: row[1] for row in session.execute(query)}
