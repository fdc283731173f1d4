"""Accounts as their managers and owners see them. Every list starts from what the reader may manage or owns."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, func, select, true
from sqlalchemy.orm import contains_eager

from service.models import Account, ApiToken, Invitation, LoginSession, Membership
from service.permissions import Actor, Permission, Role, may
from service.queries.keyset import Order, Place

BY_NAME = Order(Account.name, Account.id, unsaid=True)
"""In alphabetical order."""
BY_ARRIVAL = Order(Membership.starts_on, Account.id, descending=True)
"""The last to come into their unit or role first."""


_STATES = {
    "active": and_(Account.suspended_at.is_(None), Account.password_hash.is_not(None)),
    "invited": and_(Account.suspended_at.is_(None), Account.password_hash.is_(None)),
    "suspended": Account.suspended_at.is_not(None),
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What narrows the list, codes only."""

    unit: str | None = None
    role: str | None = None
    state: str | None = None


def manageable_by(actor: Actor) -> ColumnElement[bool]:
    """The open memberships whose accounts the actor may look after (`may_manage_accounts_of`)."""
    if not may(actor, Permission.MANAGE_ACCOUNTS):
        return false()
    return true() if actor.role is Role.ADMIN else Membership.unit_code == actor.unit_id


def listed(
    actor: Actor, filters: Filters, order: Order = BY_NAME, place: Place | None = None
) -> Select[Membership, datetime | None]:
    """Membership with account and unit, and until when an invitation stands: by name or another order, from a place."""
    query = (
        select(Membership, _invitation_until().label("invitation_until"))
        .join(Membership.account)
        .join(Membership.unit)
        .options(contains_eager(Membership.account), contains_eager(Membership.unit))
        .where(Membership.ends_on.is_(None), manageable_by(actor), *_conditions(filters))
    )
    return order.rows(query, place)


def counted(actor: Actor, filters: Filters) -> Select[UUID]:
    """The same accounts, to be counted."""
    return (
        select(Membership.id)
        .join(Membership.account)
        .where(Membership.ends_on.is_(None), manageable_by(actor), *_conditions(filters))
    )


_NOT_ENDED = (Invitation.used_at.is_(None), Invitation.expires_at > Invitation.created_at)
"""Neither used nor replaced; a link that came too late is one still."""


def invitation_until(account_id: UUID) -> Select[datetime | None]:
    """Until when the account's open invitation stands, past or to come; None without one."""
    return select(func.max(Invitation.expires_at)).where(Invitation.account_id == account_id, *_NOT_ENDED)


def living_sessions(account_id: UUID, now: datetime, seen_after: datetime) -> Select[LoginSession]:
    """The account's live sessions and those that the password alone opens again, the last seen first."""
    return (
        select(LoginSession)
        .where(
            LoginSession.account_id == account_id,
            LoginSession.expires_at > now,
            (LoginSession.last_seen_at > seen_after) | LoginSession.second_factor,
        )
        .order_by(LoginSession.last_seen_at.desc(), LoginSession.id.desc())
    )


def living_tokens(account_id: UUID, now: datetime) -> Select[ApiToken]:
    """The account's tokens that still open something, the newest first."""
    return (
        select(ApiToken)
        .where(ApiToken.account_id == account_id, ApiToken.revoked_at.is_(None), ApiToken.expires_at > now)
        .order_by(ApiToken.created_at.desc(), ApiToken.id.desc())
    )


def _conditions(filters: Filters) -> Iterator[ColumnElement[bool]]:
    if filters.unit is not None:
        yield Membership.unit_code == filters.unit
    if filters.role is not None:
        yield Membership.role == filters.role
    if filters.state is not None:
        yield _STATES[filters.state]


def _invitation_until() -> ColumnElement[datetime]:
    return (
        select(func.max(Invitation.expires_at))
        .where(Invitation.account_id == Account.id, *_NOT_ENDED)
        .correlate(Account)
        .scalar_subquery()
    )
