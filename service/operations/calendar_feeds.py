"""The private address of somebody's calendar: made, renewed, ended by its owner; it opens references only (R-DP-5)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from service import clock, logs
from service.database import reading, transaction
from service.errors import NotPermitted
from service.models import CalendarFeed, Membership
from service.operations import login, secrets_shown_once, staff
from service.permissions import Actor, Permission, may
from service.workflows.french import local_day

log = logs.logger(__name__)


def renew(actor: Actor) -> str:
    """A new address, of which the secret is shown this once; the one before opens nothing any more.

    Refuses (NotPermitted) a role that has neither requests nor meetings.
    """
    if not may(actor, Permission.READ_MEETINGS):
        raise NotPermitted("Votre rôle n’a ni demandes ni réunions à mettre dans un agenda.")
    secret = secrets_shown_once.fresh()
    with transaction() as session:
        login.hold(session, actor.account_id)
        _end(session, actor.account_id)
        session.add(
            CalendarFeed(
                account_id=actor.account_id,
                token_digest=secrets_shown_once.digest(secret),
                created_at=clock.now(),
            )
        )
    log.info("calendar_feed.made", account_id=actor.account_id)
    return secret


def end(actor: Actor) -> None:
    """Close the actor's own address, if there is one."""
    with transaction() as session:
        _end(session, actor.account_id)
    log.info("calendar_feed.ended", account_id=actor.account_id)


def since(session: Session, actor: Actor) -> datetime | None:
    """Since when the actor has an address; None: they have none."""
    made = select(CalendarFeed.created_at).where(CalendarFeed.account_id == actor.account_id)
    return session.scalar(made)


def owner(secret: str) -> Actor | None:
    """Whose address it is, as they are now; None: nobody's, or of somebody suspended or gone."""
    query = staff.ACTORS.join(CalendarFeed, CalendarFeed.account_id == Membership.account_id).where(
        CalendarFeed.token_digest == secrets_shown_once.digest(secret)
    )
    with reading() as session:
        row = session.execute(query, {"day": local_day(clock.now())}).first()
    return None if row is None else staff.actor_and_unit(row)[0]


def _end(session: Session, account_id: UUID) -> None:
    session.execute(delete(CalendarFeed).where(CalendarFeed.account_id == account_id))
