"""The directory as it is read: who covers a place, how to reach a unit, who is away."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from service.models import Absence, Account, Coverage, Unit


@dataclass(frozen=True, slots=True)
class Covered:
    """A quarter of a commune that the map splits, with its CDAS."""

    quarter: str
    name: str
    cdas_code: str


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
