"""What a head looks after: the requests under way by who follows them and by CDAS, and who is away.

Of the requests that the head reads in lists, in the order of their deadlines, up to `COUNT_LIMIT`: as far as any list
is counted. So the table is read from the same indexes as the list, whatever the archive holds.
"""

from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Select, and_, bindparam, case, func, select
from sqlalchemy.orm import Session, aliased

from service.models import Absence, Account, Membership, Ticket, UrgentRightsDetails
from service.permissions import CDAS_ROLES, Actor
from service.queries import lists, memberships, tickets
from service.queries.keyset import COUNT_LIMIT
from service.queries.readers import as_read_by, sort_of
from service.queries.tickets import spelled


class Share(NamedTuple):
    """Requests under way that stand alike: who of the unit follows them, which unit asked, whether read again.

    `late`: those that their own institution owes and whose deadline has passed; `soon`: it comes within the days asked.
    `second_reading`: the one request of the share, where the Caf has still to read its refusal again (R-UD-8).
    """

    person: UUID | None
    asking_unit: str | None
    second_reading: UUID | None
    open: int
    late: int
    soon: int


class Member(NamedTuple):
    """Somebody who works in the unit; with one of their absences, present or to come, if there is any."""

    account_id: UUID
    name: str
    away_from: date | None
    away_to: date | None
    replacement: str | None


def shares(
    session: Session, actor: Actor, own_side: tuple[str, ...], now: datetime, soon: datetime
) -> Sequence[Share]:
    """The requests under way that the actor reads, in one statement. `own_side`: the units of their institution."""
    values = as_read_by(actor, present=now, soon=soon)
    return [Share(*row) for row in session.execute(_shares(sort_of(actor), own_side), values)]


def members(unit: str, today: date) -> Select[UUID, str, date, date, str]:
    """Who works in the unit that day, by name, as the columns of `Member`: a row for each absence not over."""
    replacement = aliased(Account)
    return (
        select(Account.id, Account.name, Absence.starts_on, Absence.ends_on, replacement.name)
        .select_from(Membership)
        .join(Membership.account)
        .outerjoin(Absence, and_(Absence.account_id == Account.id, Absence.ends_on >= today))
        .outerjoin(replacement, replacement.id == Absence.replacement_id)
        .where(Membership.unit_code == unit, *memberships.on(today))
        .order_by(Account.name, Account.id, Absence.starts_on)
    )


@lru_cache(maxsize=32)
def _shares(reader: Actor, own_side: tuple[str, ...]) -> Select[UUID, str, UUID, int, int, int]:
    under_way = (
        lists.bare(reader, lists.Filters(states=lists.LIVE_STATES))
        .with_only_columns(
            Ticket.id,
            Ticket.asking_unit_id,
            Ticket.next_deadline_at,
            tickets.follower(reader.unit_id).label("person"),
            Ticket.next_step_unit_id.in_(spelled(own_side)).label("owed"),
        )
        .order_by(Ticket.next_deadline_at.asc().nulls_last(), Ticket.id)
        .limit(COUNT_LIMIT + 1)
        .subquery()
    )
    row, details = under_way.c, UrgentRightsDetails
    with_the_caf = ~row.owed if reader.role in CDAS_ROLES else row.owed
    again = case((and_(details.contested, details.outcome.is_(None), with_the_caf), row.id))
    until = bindparam("soon", type_=Ticket.next_deadline_at.type)
    late = and_(row.owed, row.next_deadline_at < tickets.NOW)
    soon = and_(row.owed, row.next_deadline_at >= tickets.NOW, row.next_deadline_at <= until)
    stands = (row.person, row.asking_unit_id, again)
    return (
        select(*stands, func.count(), func.count().filter(late), func.count().filter(soon))
        .select_from(under_way)
        .outerjoin(details, details.ticket_id == row.id)
        .group_by(*stands)
    )
