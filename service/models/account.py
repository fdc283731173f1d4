"""Accounts: who enters, in which unit and role, from when to when, and with which keys."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, false, text, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from service.models.base import Identified, Sealed
from service.models.unit import Unit, one_of
from service.permissions import Institution


class Account(Identified):
    """A person who may log in. Belongs to one institution; without password until the invitation is accepted.

    `news_seen_at`: they said that they knew of all that had moved until then; it is no reading of anything (R-DP-4).
    `shortcuts`: whether the shortcuts of one character work for them.
    """

    __tablename__ = "account"
    __table_args__ = (
        CheckConstraint(one_of("institution", Institution), name="institution"),
        CheckConstraint("email = lower(email)", name="email_lower"),
    )

    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    institution: Mapped[str] = mapped_column(String(12))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    suspended_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    news_seen_at: Mapped[datetime | None]
    shortcuts: Mapped[bool] = mapped_column(default=True, server_default=true())


class Membership(Identified):
    """The unit and role of an account between two days, the second excluded; one open at a time.

    `named`: named by the unit for reception or concertation; `deputy`: stands in for its head (R-PE-4).
    """

    __tablename__ = "membership"
    __table_args__ = (
        CheckConstraint("ends_on IS NULL OR ends_on > starts_on", name="ends_after_start"),
        Index(
            "uq_membership_one_open",
            "account_id",
            unique=True,
            sqlite_where=text("ends_on IS NULL"),
            postgresql_where=text("ends_on IS NULL"),
        ),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    unit_code: Mapped[str] = mapped_column(ForeignKey("unit.code"), index=True)
    role: Mapped[str] = mapped_column(String(20))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    named: Mapped[bool] = mapped_column(default=False)
    deputy: Mapped[bool] = mapped_column(default=False)

    account: Mapped[Account] = relationship(lazy="raise")
    unit: Mapped[Unit] = relationship(lazy="raise")


class Invitation(Identified):
    """A link to choose a password, sent to its account or shown once to the inviter; its digest is kept."""

    __tablename__ = "invitation"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    token_digest: Mapped[bytes] = mapped_column(unique=True)
    invited_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class LoginSession(Identified):
    """A login that lives on the server: deleting the row ends it at the next request.

    `second_factor`: a code was given besides the password, or ProConnect vouched for as much; `device`: browser and
    system in plain words, no more; `id_token`: what ProConnect wants back to end its own session.
    """

    __tablename__ = "login_session"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    token_digest: Mapped[bytes] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    second_factor: Mapped[bool] = mapped_column(default=False, server_default=false())
    device: Mapped[str] = mapped_column(String(60), default="", server_default="")
    id_token_sealed: Mapped[bytes | None]

    id_token = Sealed()


class ApiToken(Identified):
    """A bearer token of an account, shown once; only its digest is kept."""

    __tablename__ = "api_token"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    token_digest: Mapped[bytes] = mapped_column(unique=True)
    label: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    last_used_on: Mapped[date | None]


class LoginAttempt(Identified):
    """A failed login, by blind index of the account's address and of the network address."""

    __tablename__ = "login_attempt"

    email_index: Mapped[bytes] = mapped_column(index=True)
    address_index: Mapped[bytes] = mapped_column(index=True)
    at: Mapped[datetime] = mapped_column(index=True)
