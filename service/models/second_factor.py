"""What proves a login besides the password: an application of codes, codes for emergencies, and a login half done."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.models.base import Identified, Sealed


class SecondFactor(Identified):
    """The application that gives an account its codes (RFC 6238). `last_step`: the last one taken, never again."""

    __tablename__ = "second_factor"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), unique=True)
    secret_sealed: Mapped[bytes]
    last_step: Mapped[int]
    enrolled_at: Mapped[datetime]

    secret = Sealed()


class RecoveryCode(Identified):
    """A code that stands in for the application once, by its blind index; used, it is gone."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("account_id", "code_index"),)

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    code_index: Mapped[bytes]


class Passkey(Identified):
    """A key of a browser, a telephone or a stick (WebAuthn) that stands in for the code; only its public half is here.

    `uses`: the authenticator's own counter, where it has one: a copy that lags behind is refused.
    """

    __tablename__ = "passkey"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    credential_id: Mapped[bytes] = mapped_column(unique=True)
    public_key: Mapped[bytes]
    uses: Mapped[int] = mapped_column(BigInteger)
    label: Mapped[str] = mapped_column(String(60))
    added_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]


class BegunLogin(Identified):
    """A login whose password was right, or whom ProConnect named, and whose code or key is awaited; it serves once.

    `candidate`: the secret that its account is about to give to an application, where one is to be enrolled.
    `id_token`: as in the session that it is about to open.
    """

    __tablename__ = "begun_login"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    token_digest: Mapped[bytes] = mapped_column(unique=True)
    candidate_sealed: Mapped[bytes | None]
    id_token_sealed: Mapped[bytes | None]
    expires_at: Mapped[datetime] = mapped_column(index=True)

    candidate = Sealed()
    id_token = Sealed()
