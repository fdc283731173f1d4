"""Accounts as their managers and owners see them. Every list starts from what the reader may manage or owns."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, false, func, select, true, tuple_
from sqlalchemy.orm import aliased, contains_eager

from service.models import Account, ApiToken, Invitation, LoginSession, Membership
from service.permissions import Actor, Permission, Role, may

PAGE = 50


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of the list starts: after this account, or before it. Its name stays out of the address."""

    account_id: UUID
    backwards: bool = False


def manageable_by(actor: Actor) -> ColumnElement[bool]:
    """The open memberships whose accounts the actor may look after (`may_manage_accounts_of`)."""
    if not may(actor, Permission.MANAGE_ACCOUNTS):
        return false()
    return true() if actor.role is Role.ADMIN else Membership.unit_code == actor.unit_id


def listed(
    actor: Actor, *, unit_code: str | None = None, place: Place | None = None
) -> Select[Membership, datetime | None]:
    """One page and a row more, by name: membership with account and unit, and until when an invitation stands.

    A page before its place comes in reverse order.
    """
    backwards = place is not None and place.backwards
    order = (Account.name.desc(), Account.id.desc()) if backwards else (Account.name, Account.id)
    query = (
        select(Membership, _invitation_until().label("invitation_until"))
        .join(Membership.account)
        .join(Membership.unit)
        .options(contains_eager(Membership.account), contains_eager(Membership.unit))
        .where(Membership.ends_on.is_(None), manageable_by(actor), _of_unit(unit_code))
        .order_by(*order)
        .limit(PAGE + 1)
    )
    if place is None:
        return query
    here = tuple_(Account.name, Account.id)
    other = aliased(Account)
    there = select(other.name, other.id).where(other.id == place.account_id).scalar_subquery()
    return query.where(here < there if place.backwards else here > there)


def counted(actor: Actor, *, unit_code: str | None = None) -> Select[int]:
    """How many accounts the whole list has."""
    return (
        select(func.count(Membership.id))
        .join(Membership.account)
        .where(Membership.ends_on.is_(None), manageable_by(actor), _of_unit(unit_code))
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


def _of_unit(unit_code: str | None) -> ColumnElement[bool]:
    return true() if unit_code is None else Membership.unit_code == unit_code


def _invitation_until() -> ColumnElement[datetime]:
    return (
        select(func.max(Invitation.expires_at))
        .where(Invitation.account_id == Account.id, *_NOT_ENDED)
        .correlate(Account)
        .scalar_subquery()
    )
