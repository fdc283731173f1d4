"""The link by which somebody enters a first time, or chooses another password: made, sent, used once, or ended."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from service import clock
from service.database import reading
from service.errors import GuardRefused, NotVisible
from service.models import Account, Invitation, Membership, Unit
from service.models.unit import has_closed
from service.notifications import sending, telling
from service.operations import secrets_shown_once
from service.queries.reference import reference
from service.workflows.french import local_day

DAYS = 7


@dataclass(frozen=True, slots=True)
class Invited:
    """An open invitation. `secret`: what the inviter hands over, once; empty when it leaves by mail."""

    account_id: UUID
    secret: str
    expires_at: datetime

    @property
    def path(self) -> str:
        """Where the link leads, after the public address."""
        return f"/invitation/{self.secret}"


def account_of(secret: str) -> Account:
    """Whose invitation it is.

    Refuses (NotVisible) a link that is unknown, used, replaced or too old, and (GuardRefused) one into a unit that has
    closed down since.
    """
    with reading() as session:
        return _standing(session, _open_ones(secret))[1]


def use(session: Session, secret: str) -> Account:
    """Use a link up, in the caller's transaction; whose it was. Refuses like `account_of`."""
    invitation, account = _standing(session, _open_ones(secret).with_for_update(of=Invitation))
    invitation.used_at = clock.now()
    session.flush()  # what is ended next are the links that are still open
    return account


def send(session: Session, account: Account, unit_code: str, inviter: UUID | None) -> Invited:
    """A new link by mail, so that not even the inviter has the link (R-DP-5); by hand where no mail can leave."""
    link = make(session, account, inviter)
    if sending.server() is None:
        return link
    unit = reference(session).units[unit_code]
    telling.tell_invited(session, unit, account.email, link.path, link.expires_at, clock.now())
    return replace(link, secret="")


def make(session: Session, account: Account, inviter: UUID | None) -> Invited:
    """A new link, in the caller's transaction; those before it open nothing any more."""
    now = clock.now()
    end(session, account.id)
    secret = secrets_shown_once.fresh()
    expires_at = now + timedelta(days=DAYS)
    session.add(
        Invitation(
            account_id=account.id,
            token_digest=secrets_shown_once.digest(secret),
            invited_by=inviter,
            created_at=now,
            expires_at=expires_at,
        )
    )
    return Invited(account.id, secret, expires_at)


def end(session: Session, account_id: UUID) -> None:
    """End the links that are open. The rows stay: two heads who approve are asked who sent one (P-06)."""
    session.execute(
        update(Invitation)
        .where(Invitation.account_id == account_id, Invitation.used_at.is_(None))
        .values(expires_at=Invitation.created_at)
    )


def _open_ones(secret: str) -> Select[Invitation, Account]:
    return (
        select(Invitation, Account)
        .join(Account, Account.id == Invitation.account_id)
        .where(
            Invitation.token_digest == secrets_shown_once.digest(secret),
            Invitation.used_at.is_(None),
            Invitation.expires_at > clock.now(),
            Account.suspended_at.is_(None),
        )
    )


def _standing(session: Session, query: Select[Invitation, Account]) -> tuple[Invitation, Account]:
    found = session.execute(query).first()
    if found is None:
        raise NotVisible
    invitation, account = found
    into = select(Unit).join(Membership, Membership.unit_code == Unit.code)
    unit = session.scalars(
        into.where(Membership.account_id == account.id, Membership.ends_on.is_(None))
    ).one()
    if has_closed(unit.closed_on, local_day(clock.now())):
        raise GuardRefused(
            f"{unit.name} est fermé : cette invitation ne sert plus.",
            advice="Demandez-en une autre, dans le service qui le remplace, à qui vous a invité ou à l’administration.",
        )
    return invitation, account
