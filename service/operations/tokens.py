"""API tokens: made by their owner or by the administrator of the machine, shown once, ended at any time.

A program has no telephone: a token asks for no code. Its owner gave one to open the session in which it was made.
"""

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import bindparam, delete, func, or_, select, update
from sqlalchemy.orm import Session

from service import clock, logs
from service.database import looking, transaction
from service.errors import GuardRefused, InvalidInput, NotVisible
from service.models import Account, ApiToken, CalendarFeed, Membership
from service.operations import secrets_shown_once, staff
from service.operations.login import canonical_email
from service.operations.texts import refuse_nir
from service.permissions import Actor
from service.queries.reference import REVISION, note_revision
from service.workflows.french import local_day

log = logs.logger(__name__)

PREFIX = "relais_"
MOST_TOKENS = 10
LIFETIMES_DAYS = (30, 90, 365)
USUAL_LIFETIME_DAYS = 90
_LIVE = (
    staff.ACTORS.join(ApiToken, ApiToken.account_id == Membership.account_id)
    .add_columns(ApiToken.id, ApiToken.last_used_on, REVISION.label("revision"))
    .where(
        ApiToken.token_digest == bindparam("digest"),
        ApiToken.expires_at > bindparam("now"),
        ApiToken.revoked_at.is_(None),
    )
)


def create(actor: Actor, label: str, days: int = USUAL_LIFETIME_DAYS) -> str:
    """A new token that acts as the actor, in the unit and role of the moment of each request; its secret.

    Refuses a lifetime out of the list, a social-security number as label (R-DP-7), an eleventh living token.
    """
    if days not in LIFETIMES_DAYS:
        raise InvalidInput({"days": ["Choisissez dans la liste."]})
    with transaction() as session:
        return _keep(session, actor.account_id, label, days)


def create_for(email: str, label: str, days: int = USUAL_LIFETIME_DAYS) -> str:
    """The same from the command line, for a program's account. Refuses an account that could not log in."""
    now = clock.now()
    with transaction() as session:
        membership = session.scalar(staff.members(now).where(Account.email == canonical_email(email)))
        if membership is None:
            raise InvalidInput({"email": ["Aucun compte en activité n’a cette adresse."]})
        return _keep(session, membership.account_id, label, days)


def revoke(actor: Actor, token_id: UUID) -> None:
    """End one of the actor's own tokens. Refuses (NotVisible) another's, and one that has ended."""
    with transaction() as session:
        token = session.get(ApiToken, token_id)
        if token is None or token.account_id != actor.account_id or token.revoked_at is not None:
            raise NotVisible
        token.revoked_at = clock.now()
    log.info("token.revoked", account_id=actor.account_id)


def revoke_all(session: Session, account_id: UUID) -> None:
    """End every token of the account and the address of its calendar, in the caller's transaction."""
    session.execute(delete(CalendarFeed).where(CalendarFeed.account_id == account_id))
    session.execute(
        update(ApiToken)
        .where(ApiToken.account_id == account_id, ApiToken.revoked_at.is_(None))
        .values(revoked_at=clock.now())
    )


def find(secret: str) -> tuple[Actor, str] | None:
    """Who acts with that secret now, and the name of the unit; one statement, and a second once a day."""
    now = clock.now()
    with looking() as connection:
        asked = {"digest": secrets_shown_once.digest(secret), "day": local_day(now), "now": now}
        found = connection.execute(_LIVE, asked).first()
    if found is None:
        return None
    note_revision(found.revision)
    _note_used(found.id, local_day(now), found.last_used_on)
    return staff.actor_and_unit(found)


def _keep(session: Session, account_id: UUID, label: str, days: int) -> str:
    refuse_nir({"label": label})
    now = clock.now()
    # Two requests at once wait for each other here, so that neither forgets to count the other's token.
    session.execute(select(Account.id).where(Account.id == account_id).with_for_update())
    living = session.scalar(
        select(func.count(ApiToken.id)).where(
            ApiToken.account_id == account_id, ApiToken.revoked_at.is_(None), ApiToken.expires_at > now
        )
    )
    if (living or 0) >= MOST_TOKENS:
        raise GuardRefused(
            f"Un compte a {MOST_TOKENS} jetons au plus.", advice="Révoquez d’abord ceux qui ne servent plus."
        )
    secret = secrets_shown_once.fresh(PREFIX)
    session.add(
        ApiToken(
            account_id=account_id,
            token_digest=secrets_shown_once.digest(secret),
            label=label,
            created_at=now,
            expires_at=now + timedelta(days=days),
        )
    )
    log.info("token.created", account_id=account_id)
    return secret


def _note_used(token_id: UUID, day: date, known: date | None) -> None:
    if known == day:
        return
    with transaction() as session:
        session.execute(
            update(ApiToken)
            .where(ApiToken.id == token_id, or_(ApiToken.last_used_on.is_(None), ApiToken.last_used_on < day))
            .values(last_used_on=day)
        )
