"""Accounts, sessions and tokens as the screen says them."""

from datetime import datetime, timedelta
from typing import Any

from service.models import ApiToken, LoginSession, Membership
from service.operations.second_factor import Held
from service.permissions import ROLE_LABELS, Role
from service.routes.pages.views import moments
from service.workflows import french

STATES = {"active": "En activité", "invited": "Invité", "suspended": "Suspendu"}
"""Whether somebody can enter, in words, by the code that narrows the list (`queries.accounts`)."""


def shown_session(one: LoginSession, now: datetime, idle: timedelta, *, here: bool) -> dict[str, Any]:
    """A session of mine; locked once nobody has used it for the idle time."""
    return {
        "id": one.id,
        "here": here,
        "locked": not here and one.last_seen_at <= now - idle,
        "device": one.device or "Un navigateur",
        "began": moments.near(one.created_at, now),
        "seen": moments.near(one.last_seen_at, now),
        "ends": moments.near(one.expires_at, now),
    }


def second_factor_sentence(held: Held | None) -> str:
    """What stands behind one's password."""
    if held is None:
        return "Votre mot de passe est seul à protéger votre compte."
    left = f"Il vous reste {french.counted(held.recovery_codes, 'code')} de secours."
    if not held.recovery_codes:
        left = "Vous n’avez plus de code de secours."
    return f"Un téléphone donne vos codes depuis le {_day(held.since)}. {left}"


def shown_token(one: ApiToken, now: datetime) -> dict[str, Any]:
    """A token of mine, without its secret, which nobody knows any more."""
    used = one.last_used_on
    return {
        "id": one.id,
        "label": one.label,
        "made": moments.near(one.created_at, now),
        "ends": _day(one.expires_at),
        "used": "jamais" if used is None else moments.near_day(used, french.local_day(now)),
    }


def shown_member(membership: Membership, invitation_until: datetime | None, now: datetime) -> dict[str, Any]:
    """An account in its manager's list: who, where, and whether the person can enter."""
    account = membership.account
    level, state, detail = _state(membership, invitation_until, now)
    return {
        "id": account.id,
        "name": account.name,
        "email": account.email,
        "institution": membership.unit.institution,
        "unit": membership.unit.name,
        "role": ROLE_LABELS[Role(membership.role)],
        "since": french.short_date(membership.starts_on),
        "level": level,
        "state": state,
        "state_detail": detail,
        "suspended": account.suspended_at is not None,
        "never_opened": account.password_hash is None,
    }


def _state(membership: Membership, invitation_until: datetime | None, now: datetime) -> tuple[str, str, str]:
    """Level and words of the pill, and the sentence beside it."""
    account = membership.account
    if account.suspended_at is not None:
        return "late", STATES["suspended"], f"depuis le {_day(account.suspended_at)}"
    if account.password_hash is not None:
        return "fine", STATES["active"], ""
    if invitation_until is not None and invitation_until > now:
        return "soon", STATES["invited"], f"lien valable jusqu’au {_day(invitation_until)}"
    return "late", STATES["invited"], "le lien a expiré"


def _day(at: datetime) -> str:
    return french.short_date(french.local_day(at))
