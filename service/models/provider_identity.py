"""Whom ProConnect names: bound to an account by an invitation, never by an electronic address."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from service.models.base import Identified


class ProviderIdentity(Identified):
    """A person of a provider, by its issuer and the blind index of its subject, and the account that is theirs.

    `behind`: the organisation's own provider, as ProConnect names it. `open_until`: until when ProConnect may let the
    account back in from some browser without asking anything; a logout in one browser does not shorten it.
    `exit_digest`: of the logout that is under way.
    """

    __tablename__ = "provider_identity"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), unique=True)
    issuer: Mapped[str] = mapped_column(String(200))
    subject_index: Mapped[bytes] = mapped_column(unique=True)
    behind: Mapped[str] = mapped_column(String(120))
    bound_at: Mapped[datetime]
    open_until: Mapped[datetime | None]
    exit_digest: Mapped[bytes | None] = mapped_column(unique=True)


class ProviderReturn(Identified):
    """A return from the provider that has been taken: the same one is not taken again."""

    __tablename__ = "provider_return"

    token_digest: Mapped[bytes] = mapped_column(unique=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)
