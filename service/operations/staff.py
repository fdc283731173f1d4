"""Who works where on a day: dated memberships."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Select, bindparam, or_, select
from sqlalchemy.orm import Session, contains_eager

from service.models import Account, Membership, Unit
from service.permissions import HEAD_ROLES, Actor, Institution, Role, UnitKind
from service.queries import memberships
from service.workflows.french import local_day


def in_force(instant: datetime) -> list[ColumnElement[bool]]:
    """The conditions of a membership in force on the Paris day of the instant, of an account not suspended."""
    return memberships.on(local_day(instant))


def members(instant: datetime) -> Select[Membership]:
    """Memberships in force at the instant, with account and unit."""
    return (
        select(Membership)
        .join(Membership.account)
        .join(Membership.unit)
        .options(contains_eager(Membership.account), contains_eager(Membership.unit))
        .where(*in_force(instant))
        .order_by(Account.name, Account.id)
    )


def somebody_of(session: Session, account_id: UUID, unit_code: str, instant: datetime) -> Membership | None:
    """The account's membership of that unit at the instant, if any."""
    query = members(instant).where(Account.id == account_id, Unit.code == unit_code)
    return session.scalar(query)


def actor_of(session: Session, account_id: UUID, instant: datetime) -> Actor | None:
    """The account as an actor now; None without a membership in force, or suspended."""
    membership = session.scalar(members(instant).where(Account.id == account_id))
    if membership is None:
        return None
    return as_actor(membership)


ACTORS: Select[UUID, str, str, str, str, str, str, bool, bool] = (
    select(
        Membership.account_id,
        Account.name,
        Unit.institution,
        Membership.unit_code,
        Unit.kind,
        Membership.role,
        Unit.name,
        Membership.named,
        Membership.deputy,
    )
    .join(Membership.account)
    .join(Membership.unit)
    .where(*memberships.on(bindparam("day", type_=Date)))
)
"""What every request asks of memberships in force on a `day` in Paris: the values of an `Actor`, the unit's name.

Made once: who asks joins the key that they know, and gives the day with it.
"""


def actor_and_unit(row: Sequence[Any]) -> tuple[Actor, str]:
    """The actor and the name of the unit, from the first columns of a row of `ACTORS`."""
    account_id, name, institution, unit_code, kind, role, unit_name, named, deputy = row[:9]
    actor = Actor(
        account_id, name, Institution(institution), unit_code, UnitKind(kind), Role(role), named, deputy
    )
    return actor, unit_name


def as_actor(membership: Membership) -> Actor:
    """The actor behind a membership whose account and unit are loaded."""
    return Actor(
        account_id=membership.account_id,
        name=membership.account.name,
        institution=Institution(membership.unit.institution),
        unit_id=membership.unit_code,
        unit_kind=UnitKind(membership.unit.kind),
        role=Role(membership.role),
        named=membership.named,
        deputy=membership.deputy,
    )


def heads_of(session: Session, unit_code: str, instant: datetime) -> Sequence[Membership]:
    """Who heads the unit at the instant, or stands in for its head."""
    heads = or_(Membership.role.in_([role.value for role in HEAD_ROLES]), Membership.deputy)
    return session.scalars(members(instant).where(Unit.code == unit_code, heads)).all()
