"""« Tout marquer comme lu »: somebody says that they know of what has moved. It is no reading (R-DP-4)."""

from datetime import datetime

from sqlalchemy import or_, select, update

from service import clock, logs
from service.database import transaction
from service.models import Account
from service.permissions import Actor

log = logs.logger(__name__)


def see_all(actor: Actor, until: datetime) -> datetime | None:
    """What moved until then is no news to the actor any more; what the log of readings says stays as it was.

    Never later than now, nor earlier than what was said before: a page left open takes nothing back.
    Gives the instant until which it was so before, which `unsee` takes.
    """
    known = min(until, clock.now())
    with transaction() as session:
        before = session.scalar(select(Account.news_seen_at).where(Account.id == actor.account_id))
        session.execute(
            update(Account)
            .where(
                Account.id == actor.account_id,
                or_(Account.news_seen_at.is_(None), Account.news_seen_at < known),
            )
            .values(news_seen_at=known)
        )
    log.info("news.seen", account_id=actor.account_id)
    return before


def unsee(actor: Actor, before: datetime | None) -> None:
    """What the actor said that they knew of since that instant is news again; never later than what they said."""
    with transaction() as session:
        said = Account.news_seen_at.is_not(None) if before is None else Account.news_seen_at > before
        session.execute(
            update(Account).where(Account.id == actor.account_id, said).values(news_seen_at=before)
        )
    log.info("news.unseen", account_id=actor.account_id)
