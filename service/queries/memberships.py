"""Who works where on a day: dated memberships."""

from datetime import date

from sqlalchemy import BindParameter, ColumnElement, or_

from service.models import Account, Membership


def on(day: date | BindParameter[date]) -> list[ColumnElement[bool]]:
    """The conditions of a membership in force on that day, of an account, joined to it, that is not suspended."""
    return [
        Membership.starts_on <= day,
        or_(Membership.ends_on.is_(None), Membership.ends_on > day),
        Account.suspended_at.is_(None),
    ]
