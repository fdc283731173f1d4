"""Failed logins slow the next tries down, before any password is hashed. Addresses are kept as blind indexes.

The wait falls on an account *from one network address*, and on a network address: a stranger who hammers an account
does not lock its owner out. Only under a wide attack does an account let each address try once an hour.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, func, select
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
        return cls(ring().blind_index("login email", email), ring().blind_index("login address", address))


def admit(origin: Origin) -> None:
    """Count this try as failed until `forgive` says otherwise. Refuses (TooManyAttempts) while a wait holds.

    A refused try is not counted: the wait ends whatever happens meanwhile.
    """
    with reading() as session:
        _refuse(_wait(session, origin, failures_before=0))
    with transaction() as session:
        session.add(LoginAttempt(email_index=origin.email_index, address_index=origin.address_index, at=clock.now()))
    # Counted once more after the commit: simultaneous tries then see each other, and none slips through.
    with reading() as session:
        _refuse(_wait(session, origin, failures_before=1))


def forgive(session: Session, origin: Origin) -> None:
    """Forget the failures of the account from this address: the password was right."""
    session.execute(delete(LoginAttempt).where(_of_pair(origin)))


def forget(session: Session, before: datetime) -> None:
    """Delete tries that no longer count."""
    session.execute(delete(LoginAttempt).where(LoginAttempt.at < before))


def _wait(session: Session, origin: Origin, failures_before: int) -> int:
    """Seconds still to wait. `failures_before`: how many of the counted tries are the present one."""
    now = clock.now()
    of_email = LoginAttempt.email_index == origin.email_index
    of_address = LoginAttempt.address_index == origin.address_index
    pair, address, account, last_of_pair, last_of_address = session.execute(
        select(
            func.count(LoginAttempt.id).filter(of_email, of_address),
            func.count(LoginAttempt.id).filter(of_address),
            func.count(LoginAttempt.id).filter(of_email),
            func.max(LoginAttempt.at).filter(of_email, of_address),
            func.max(LoginAttempt.at).filter(of_address),
        ).where(LoginAttempt.at > now - REMEMBERED, of_email | of_address)
    ).one()
    allowed = 1 if account - failures_before >= WIDE_ATTACK else FREE_TRIES
    ends = [
        _end(pair - failures_before - allowed, last_of_pair),
        _end(address - failures_before - FREE_TRIES_OF_AN_ADDRESS, last_of_address),
    ]
    return max((int((end - now).total_seconds()) for end in ends if end is not None), default=0)


def _end(excess: int, last: datetime | None) -> datetime | None:
    if excess < 0 or last is None:
        return None
    return last + timedelta(seconds=min(_FIRST_WAIT * 2 ** min(excess, 10), _LONGEST_WAIT))


def _refuse(seconds: int) -> None:
    if seconds > 0:
        raise TooManyAttempts("Trop d’essais de connexion ont échoué.", retry_after=seconds)


def _of_pair(origin: Origin) -> object:
    return and_(
        LoginAttempt.email_index == origin.email_index, LoginAttempt.address_index == origin.address_index
    )
