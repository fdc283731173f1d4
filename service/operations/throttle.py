"""Failed logins slow the next tries down, before any password is hashed. Addresses are kept as blind indexes.

The wait falls on an account *from one network address*, and on a network address: a stranger who hammers an account
does not lock its owner out. Only under a wide attack does an account let each address try once an hour. Where a try
already took the password, an account may be slowed down from wherever it is tried (`most_of_account`).
"""

import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, func, select
from sqlalchemy.orm import Session

from service import clock
from service.database import reading, transaction
from service.errors import TooManyAttempts
from service.models import LoginAttempt
from service.sealing import ring

REMEMBERED = timedelta(hours=1)
FREE_TRIES = 5
FREE_TRIES_OF_AN_ADDRESS = 60
"""A whole institution may come from one network address."""
WIDE_ATTACK = 100

_FIRST_WAIT = 30
_LONGEST_WAIT = 900


@dataclass(frozen=True, slots=True)
class Origin:
    """Who is tried, from where; neither can be read back."""

    email_index: bytes
    address_index: bytes

    @classmethod
    def of(cls, email: str, address: str) -> "Origin":
        """The indexes of an account's address and of a network address."""
        return cls(
            ring().blind_index("login email", email), ring().blind_index("login address", _network(address))
        )


def admit(origin: Origin, most_of_account: int | None = None) -> None:
    """Count this try as failed until `forgive` says otherwise. Refuses (TooManyAttempts) while a wait holds.

    A refused try is not counted: the wait ends whatever happens meanwhile.
    """
    with reading() as session:
        _refuse(_wait(session, origin, most_of_account))
    attempt = LoginAttempt(email_index=origin.email_index, address_index=origin.address_index, at=clock.now())
    with transaction() as session:
        session.add(attempt)
    # Looked at once more after the commit: simultaneous tries then see each other, and none slips through.
    with reading() as session:
        seconds = _wait(session, origin, most_of_account, besides=attempt)
    if seconds:
        with transaction() as session:
            session.execute(delete(LoginAttempt).where(LoginAttempt.id == attempt.id))
    _refuse(seconds)


def forgive(session: Session, origin: Origin) -> None:
    """Forget the failures of the account from this address: the password was right."""
    session.execute(delete(LoginAttempt).where(_of_pair(origin)))


def forget(session: Session, before: datetime) -> None:
    """Delete tries that no longer count."""
    session.execute(delete(LoginAttempt).where(LoginAttempt.at < before))


def _wait(
    session: Session, origin: Origin, most_of_account: int | None, besides: LoginAttempt | None = None
) -> int:
    """Seconds still to wait, by the failures of the last hour."""
    now = clock.now()
    of_email = LoginAttempt.email_index == origin.email_index
    of_address = LoginAttempt.address_index == origin.address_index
    query = select(
        func.count(LoginAttempt.id).filter(of_email, of_address),
        func.max(LoginAttempt.at).filter(of_email, of_address),
        func.count(LoginAttempt.id).filter(of_address),
        func.max(LoginAttempt.at).filter(of_address),
        func.count(LoginAttempt.id).filter(of_email),
        func.max(LoginAttempt.at).filter(of_email),
    ).where(LoginAttempt.at > now - REMEMBERED, of_email | of_address)
    if besides is not None:
        query = query.where(LoginAttempt.id != besides.id)
    of_pair, last_of_pair, from_address, last_from_address, on_account, last_on_account = session.execute(
        query
    ).one()
    ends = (
        _end(on_account - most_of_account, last_on_account) if most_of_account else None,
        _end(of_pair - (1 if on_account >= WIDE_ATTACK else FREE_TRIES), last_of_pair),
        _end(from_address - FREE_TRIES_OF_AN_ADDRESS, last_from_address),
    )
    return max((int((end - now).total_seconds()) for end in ends if end is not None and end > now), default=0)


def _end(excess: int, last: datetime | None) -> datetime | None:
    if excess < 0 or last is None:
        return None
    return last + timedelta(seconds=min(_FIRST_WAIT * 2 ** min(excess, 10), _LONGEST_WAIT))


def _network(address: str) -> str:
    """What one subscriber holds: an IPv4 address, or the 2⁶⁴ addresses of an IPv6 network."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return str(parsed)
    mapped = parsed.ipv4_mapped
    return str(mapped) if mapped else str(ipaddress.IPv6Network((int(parsed), 64), strict=False))


def _refuse(seconds: int) -> None:
    if seconds:
        raise TooManyAttempts("Trop d’essais de connexion ont échoué.", retry_after=seconds)


def _of_pair(origin: Origin) -> ColumnElement[bool]:
    return and_(
        LoginAttempt.email_index == origin.email_index, LoginAttempt.address_index == origin.address_index
    )
