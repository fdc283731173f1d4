"""Codes of an application (RFC 6238) and codes for emergencies: made, checked, taken once.

A code is good for its half minute, the one before and the one after; the one that was taken, and every earlier one,
is not taken again. A code for emergencies is kept as its blind index, so that the database alone does not tell it.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import pyotp
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from service import clock
from service.models import Passkey, RecoveryCode, SecondFactor
from service.sealing import ring

RECOVERY_CODES = 10
_STEP_SECONDS = 30
_DRIFT = 1
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _GROUP = 3, 4


@dataclass(frozen=True, slots=True)
class Held:
    """What an account has: since when an application gives its codes, and how many codes for emergencies are left."""

    since: datetime
    recovery_codes: int


def fresh_secret() -> str:
    """A new secret of 160 random bits, as applications take it (base 32)."""
    return pyotp.random_base32()


def address_of(secret: str, email: str) -> str:
    """The `otpauth:` address that an application reads from a drawing."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name="Relais")


def code_at(secret: str, step: int) -> str:
    """The six digits of a half minute."""
    return pyotp.TOTP(secret).generate_otp(step)


def present_step() -> int:
    """The number of the present half minute."""
    return int(clock.now().timestamp()) // _STEP_SECONDS


def step_of(secret: str, code: str, after: int = 0) -> int | None:
    """The half minute, near enough and later than `after`, whose code this is; None for any other code."""
    now = present_step()
    for step in range(now - _DRIFT, now + _DRIFT + 1):
        if secrets.compare_digest(code_at(secret, step).encode(), code.encode()) and step > after:
            return step
    return None


def held(session: Session, account_id: UUID) -> Held | None:
    """What the account has; None where its password is all there is."""
    since = session.scalar(select(SecondFactor.enrolled_at).where(SecondFactor.account_id == account_id))
    if since is None:
        return None
    left = session.scalar(select(func.count(RecoveryCode.id)).where(RecoveryCode.account_id == account_id))
    return Held(since, left or 0)


def take(session: Session, account_id: UUID, code: str) -> str | None:
    """Take a code in the caller's transaction: `code` or `recovery_code` when it is right, None otherwise.

    Of two requests with the same code, one takes it.
    """
    code = plain(code)
    if len(code) == _GROUPS * _GROUP:
        return "recovery_code" if _take_recovery(session, account_id, code) else None
    factor = session.scalar(select(SecondFactor).where(SecondFactor.account_id == account_id))
    step = step_of(factor.secret, code, factor.last_step) if factor and factor.secret else None
    return "code" if step is not None and _take_step(session, account_id, step) else None


def enrol(session: Session, account_id: UUID, secret: str, step: int) -> list[str]:
    """Let the application that knows the secret give the account's codes from now on; its codes for emergencies.

    `step`: the half minute whose code proved it.
    """
    forget(session, account_id)
    factor = SecondFactor(account_id=account_id, last_step=step, enrolled_at=clock.now())
    factor.secret = secret
    session.add(factor)
    return renew_recovery_codes(session, account_id)


def renew_recovery_codes(session: Session, account_id: UUID) -> list[str]:
    """New codes for emergencies, to be shown this once; those before open nothing any more."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
    codes = [_fresh_code() for _ in range(RECOVERY_CODES)]
    session.add_all(
        RecoveryCode(account_id=account_id, code_index=_index(account_id, plain(code))) for code in codes
    )
    return codes


def forget(session: Session, account_id: UUID) -> bool:
    """Forget application, keys and codes of the account, in the caller's transaction; whether there was anything."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
    session.execute(delete(Passkey).where(Passkey.account_id == account_id))
    forgotten = session.execute(
        delete(SecondFactor).where(SecondFactor.account_id == account_id).returning(SecondFactor.id)
    )
    return forgotten.first() is not None


def _take_step(session: Session, account_id: UUID, step: int) -> bool:
    taken = session.execute(
        update(SecondFactor)
        .where(SecondFactor.account_id == account_id, SecondFactor.last_step < step)
        .values(last_step=step)
        .returning(SecondFactor.id)
    )
    return taken.first() is not None


def _take_recovery(session: Session, account_id: UUID, code: str) -> bool:
    taken = session.execute(
        delete(RecoveryCode)
        .where(RecoveryCode.account_id == account_id, RecoveryCode.code_index == _index(account_id, code))
        .returning(RecoveryCode.id)
    )
    return taken.first() is not None


def plain(code: str) -> str:
    """A code as it is compared: people type spaces and dashes."""
    return "".join(sign for sign in code.lower() if sign.isalnum())


def _index(account_id: UUID, code: str) -> bytes:
    return ring().blind_index(f"recovery code {account_id}", code)


def _fresh_code() -> str:
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))
